# The id of the organization, then the address or the id of the user.
terraform import mongodbatlas_cloud_user_org_assignment.ann 5f1e0c8a2b3d4e5f60718293/ann@example.com
terraform import mongodbatlas_cloud_user_org_assignment.bob 5f1e0c8a2b3d4e5f60718293/5f1e0c8a2b3d4e5f60718296
