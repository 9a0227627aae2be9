import {
  to = vestibule_member.ann
  id = "ann@example.com"
}
