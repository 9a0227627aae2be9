# What was a vestibule_invitation goes on as a member, however it stands: nobody is invited again.
# OpenTofu 1.12 cannot plan this: there, a removed block for the invitation (with destroy = false)
# and an import block for the member do the same.
moved {
  from = vestibule_invitation.ann
  to   = vestibule_member.ann
}

resource "vestibule_member" "ann" {
  email = "ann@example.com"
}
