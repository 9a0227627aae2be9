import {
  to = vestibule_api_key.ci
  id = "key_0d3kq9x2m7v5t8w1y4z0"
}
