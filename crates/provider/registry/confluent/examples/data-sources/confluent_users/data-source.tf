data "confluent_users" "all" {}

output "user_ids" {
  value = data.confluent_users.all.ids
}
