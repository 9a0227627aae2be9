# The id of the project, then the address or the id of the user.
terraform import mongodbatlas_cloud_user_project_assignment.ann 5f1e0c8a2b3d4e5f60718295/ann@example.com
terraform import mongodbatlas_cloud_user_project_assignment.bob 5f1e0c8a2b3d4e5f60718295/5f1e0c8a2b3d4e5f60718296
