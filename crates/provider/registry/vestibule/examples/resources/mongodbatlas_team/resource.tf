resource "mongodbatlas_team" "platform" {
  provider = vestibule

  org_id = "5f1e0c8a2b3d4e5f60718293"
  name   = "platform"
}

# Whoever is in the team is said one by one.
resource "mongodbatlas_cloud_user_org_assignment" "ann" {
  provider = vestibule

  org_id   = "5f1e0c8a2b3d4e5f60718293"
  username = "ann@example.com"
  roles    = { org_roles = ["ORG_MEMBER"] }
}

resource "mongodbatlas_cloud_user_team_assignment" "ann" {
  provider = vestibule

  org_id  = mongodbatlas_team.platform.org_id
  team_id = mongodbatlas_team.platform.team_id
  user_id = mongodbatlas_cloud_user_org_assignment.ann.user_id
}
