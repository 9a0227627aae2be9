import {
  to = vestibule_invitation.ann
  id = "inv_0d3kq9x2m7v5t8w1y4z0"
}
