# The ids of the organization and of the team, then the address or the id of the user.
terraform import mongodbatlas_cloud_user_team_assignment.ann 5f1e0c8a2b3d4e5f60718293/5f1e0c8a2b3d4e5f60718294/ann@example.com
terraform import mongodbatlas_cloud_user_team_assignment.bob 5f1e0c8a2b3d4e5f60718293/5f1e0c8a2b3d4e5f60718294/5f1e0c8a2b3d4e5f60718296
