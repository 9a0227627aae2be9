import {
  to = vestibule_organization.acme
  id = "org_0d3kq9x2m7v5t8w1y4z0"
}
