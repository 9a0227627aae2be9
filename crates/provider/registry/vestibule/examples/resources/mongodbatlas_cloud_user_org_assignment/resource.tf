resource "mongodbatlas_cloud_user_org_assignment" "ann" {
  provider = vestibule

  org_id   = "5f1e0c8a2b3d4e5f60718293"
  username = "ann@example.com"
  roles = {
    org_roles = ["ORG_MEMBER"]
  }
}
