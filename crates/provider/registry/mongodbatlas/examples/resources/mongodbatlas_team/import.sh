# The id of the organization, a hyphen, the id of the team.
terraform import mongodbatlas_team.platform 5f1e0c8a2b3d4e5f60718293-5f1e0c8a2b3d4e5f60718294
