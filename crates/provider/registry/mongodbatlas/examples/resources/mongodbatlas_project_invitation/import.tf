import {
  to = mongodbatlas_project_invitation.ann
  id = "5f1e0c8a2b3d4e5f60718295-ann@example.com"
}
