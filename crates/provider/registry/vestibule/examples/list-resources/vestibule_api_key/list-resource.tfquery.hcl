list "vestibule_api_key" "all" {
  provider = vestibule
}
