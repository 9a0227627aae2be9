data "mongodbatlas_org_invitation" "ann" {
  provider = vestibule

  org_id        = "5f1e0c8a2b3d4e5f60718293"
  username      = "ann@example.com"
  invitation_id = "5f1e0c8a2b3d4e5f60718297"
}
