resource "vestibule_project" "payments" {
  name = "Payments"
}

# Whoever is to work in it, from the invitation to the removal.
resource "vestibule_member" "ann" {
  email = "ann@example.com"

  project_roles = [{
    project = vestibule_project.payments.id
    roles   = ["data_reader"]
  }]
}
