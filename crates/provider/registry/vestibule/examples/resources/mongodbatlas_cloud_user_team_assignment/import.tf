import {
  provider = vestibule

  to = mongodbatlas_cloud_user_team_assignment.ann
  id = "5f1e0c8a2b3d4e5f60718293/5f1e0c8a2b3d4e5f60718294/ann@example.com"
}
