import {
  provider = vestibule

  to = mongodbatlas_org_invitation.ann
  id = "5f1e0c8a2b3d4e5f60718293-ann@example.com"
}
