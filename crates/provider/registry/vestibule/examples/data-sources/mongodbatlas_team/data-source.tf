# By team_id or by name.
data "mongodbatlas_team" "platform" {
  provider = vestibule

  org_id = "5f1e0c8a2b3d4e5f60718293"
  name   = "platform"
}

output "members" {
  value = data.mongodbatlas_team.platform.users[*].username
}
