resource "vestibule_invitation" "ann" {
  email = "ann@example.com"
}

# terraform apply -invoke=action.vestibule_invitation_resend.ann
action "vestibule_invitation_resend" "ann" {
  config {
    invitation = vestibule_invitation.ann.id
  }
}
