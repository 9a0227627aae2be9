# "ann@example.com"
output "key" {
  value = provider::vestibule::address_key("Ann@Example.com")
}
