data "vestibule_invitations" "unanswered" {
  status = "sent"
}

output "unanswered" {
  value = data.vestibule_invitations.unanswered.invitations[*].email
}
