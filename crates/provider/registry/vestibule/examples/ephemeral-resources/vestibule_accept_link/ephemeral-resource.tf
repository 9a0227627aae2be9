resource "vestibule_invitation" "ann" {
  email = "ann@example.com"
}

ephemeral "vestibule_accept_link" "ann" {
  invitation = vestibule_invitation.ann.id
}

# For a write-only argument of another resource, or an ephemeral output.
output "link" {
  value     = ephemeral.vestibule_accept_link.ann.url
  ephemeral = true
}
