# "i-0d3kq9x2m7v5t8w1y4z0"
output "id" {
  value = provider::vestibule::confluent_id("inv_0d3kq9x2m7v5t8w1y4z0")
}
