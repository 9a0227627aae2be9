# By username or by user_id.
data "mongodbatlas_cloud_user_team_assignment" "ann" {
  provider = vestibule

  org_id   = "5f1e0c8a2b3d4e5f60718293"
  team_id  = "5f1e0c8a2b3d4e5f60718294"
  username = "ann@example.com"
}

output "membership" {
  value = data.mongodbatlas_cloud_user_team_assignment.ann.org_membership_status
}
