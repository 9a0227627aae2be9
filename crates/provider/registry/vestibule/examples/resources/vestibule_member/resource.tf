resource "vestibule_team" "platform" {
  name = "platform"
}

locals {
  people = ["ann@example.com", "Bob@example.com"]
}

# From the invitation to the removal. The key makes another spelling of an address the same person.
resource "vestibule_member" "people" {
  for_each = { for address in local.people : provider::vestibule::address_key(address) => address }

  email = each.value
  roles = ["member"]
  teams = [vestibule_team.platform.id]

  # Whoever leaves, or declines, is not invited again.
  on_leave = "forget"
}
