import {
  to = mongodbatlas_cloud_user_project_assignment.ann
  id = "5f1e0c8a2b3d4e5f60718295/ann@example.com"
}
