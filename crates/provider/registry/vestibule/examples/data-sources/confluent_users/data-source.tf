data "confluent_users" "all" {
  provider = vestibule
}

output "user_ids" {
  value = data.confluent_users.all.ids
}
