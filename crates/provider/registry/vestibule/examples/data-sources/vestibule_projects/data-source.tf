data "vestibule_projects" "all" {}

output "project_ids" {
  value = { for project in data.vestibule_projects.all.projects : project.name => project.id }
}
