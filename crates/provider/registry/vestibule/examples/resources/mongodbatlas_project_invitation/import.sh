# The id of the project, a hyphen, the invited address.
terraform import mongodbatlas_project_invitation.ann 5f1e0c8a2b3d4e5f60718295-ann@example.com
