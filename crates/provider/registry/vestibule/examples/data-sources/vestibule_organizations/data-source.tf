data "vestibule_organizations" "mine" {}

output "organizations" {
  value = data.vestibule_organizations.mine.organizations[*].name
}
