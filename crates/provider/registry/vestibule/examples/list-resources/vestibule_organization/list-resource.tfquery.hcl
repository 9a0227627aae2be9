list "vestibule_organization" "all" {
  provider = vestibule
}
