data "confluent_invitation" "ann" {
  id = "i-gxxn1"
}

output "status" {
  value = data.confluent_invitation.ann.status
}
