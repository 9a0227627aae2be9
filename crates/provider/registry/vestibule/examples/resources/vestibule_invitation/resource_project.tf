resource "vestibule_project" "payments" {
  name = "Payments"
}

# To the project instead of to the organization itself: members can be invited, too.
resource "vestibule_invitation" "ann" {
  email   = "ann@example.com"
  project = vestibule_project.payments.id

  project_roles = [{
    project = vestibule_project.payments.id
    roles   = ["data_reader"]
  }]
}
