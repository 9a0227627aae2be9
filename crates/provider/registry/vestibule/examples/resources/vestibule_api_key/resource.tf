resource "vestibule_api_key" "ci" {
  name       = "ci"
  kind       = "confluent"
  roles      = ["member"]
  expires_in = 90 * 24 * 60 * 60

  # Whoever can read the state can read the secret. The ephemeral resource of the same name keeps
  # it out.
  store_secret = true
}

output "ci_secret" {
  value     = vestibule_api_key.ci.secret
  sensitive = true
}
