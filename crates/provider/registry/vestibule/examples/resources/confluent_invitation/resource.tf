resource "confluent_invitation" "ann" {
  provider = vestibule

  email = "ann@example.com"
}

# Destroying an accepted invitation removes nobody: it only leaves Terraform's care,
# and only if it is allowed to.
resource "confluent_invitation" "bob" {
  provider = vestibule

  email          = "bob@example.com"
  auth_type      = "AUTH_TYPE_SSO"
  allow_deletion = true
}
