import {
  to = vestibule_project.payments
  id = "prj_0d3kq9x2m7v5t8w1y4z0"
}
