resource "mongodbatlas_cloud_user_team_assignment" "ann" {
  org_id  = "5f1e0c8a2b3d4e5f60718293"
  team_id = "5f1e0c8a2b3d4e5f60718294"
  user_id = "5f1e0c8a2b3d4e5f60718296"
}
