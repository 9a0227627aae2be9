resource "vestibule_invitation" "ann" {
  email      = "ann@example.com"
  roles      = ["member"]
  message    = "Welcome! The wiki has the rest."
  expires_in = 3 * 24 * 60 * 60
  on_expiry  = "renew"
}
