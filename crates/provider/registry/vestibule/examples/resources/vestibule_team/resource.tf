resource "vestibule_team" "platform" {
  name = "platform"
}
