# The id of the organization, a hyphen, the invited address.
terraform import mongodbatlas_org_invitation.ann 5f1e0c8a2b3d4e5f60718293-ann@example.com
