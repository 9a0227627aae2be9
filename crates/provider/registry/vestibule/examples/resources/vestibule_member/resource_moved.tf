# What was a vestibule_invitation goes on as a member, however it stands: nobody is invited again.
moved {
  from = vestibule_invitation.ann
  to   = vestibule_member.ann
}

resource "vestibule_member" "ann" {
  email = "ann@example.com"
}
