# Goes on with what was a mongodbatlas_org_invitation, without inviting again.
moved {
  from = mongodbatlas_org_invitation.ann
  to   = mongodbatlas_cloud_user_org_assignment.ann
}

resource "mongodbatlas_cloud_user_org_assignment" "ann" {
  provider = vestibule

  org_id   = "5f1e0c8a2b3d4e5f60718293"
  username = "ann@example.com"
  roles = {
    org_roles = ["ORG_MEMBER"]
  }
}
