data "confluent_invitation" "ann" {
  provider = vestibule

  id = "i-gxxn1"
}

output "status" {
  value = data.confluent_invitation.ann.status
}
