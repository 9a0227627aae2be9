data "mongodbatlas_organization" "acme" {
  provider = vestibule

  org_id = "5f1e0c8a2b3d4e5f60718293"
}

output "members" {
  value = [
    for user in data.mongodbatlas_organization.acme.users :
    user.username if user.org_membership_status == "ACTIVE"
  ]
}
