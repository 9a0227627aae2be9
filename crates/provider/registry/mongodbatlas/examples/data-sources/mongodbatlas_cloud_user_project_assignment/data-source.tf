# By username or by user_id.
data "mongodbatlas_cloud_user_project_assignment" "ann" {
  project_id = "5f1e0c8a2b3d4e5f60718295"
  username   = "ann@example.com"
}

output "membership" {
  value = data.mongodbatlas_cloud_user_project_assignment.ann.org_membership_status
}
