data "vestibule_teams" "all" {}

output "team_ids" {
  value = { for team in data.vestibule_teams.all.teams : team.name => team.id }
}
