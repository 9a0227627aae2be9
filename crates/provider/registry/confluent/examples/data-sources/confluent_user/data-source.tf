# By exactly one of id, email and full_name.
data "confluent_user" "ann" {
  email = "ann@example.com"
}

output "user_id" {
  value = data.confluent_user.ann.id
}
