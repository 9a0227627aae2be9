import {
  to = vestibule_member.ann
  identity = {
    organization = "org_0d3kq9x2m7v5t8w1y4z0"
    email        = "ann@example.com"
  }
}
