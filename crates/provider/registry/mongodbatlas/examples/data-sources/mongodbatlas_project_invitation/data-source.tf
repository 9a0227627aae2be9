data "mongodbatlas_project_invitation" "ann" {
  project_id    = "5f1e0c8a2b3d4e5f60718295"
  username      = "ann@example.com"
  invitation_id = "5f1e0c8a2b3d4e5f60718297"
}
