data "vestibule_members" "all" {}

output "addresses" {
  value = data.vestibule_members.all.members[*].email
}
