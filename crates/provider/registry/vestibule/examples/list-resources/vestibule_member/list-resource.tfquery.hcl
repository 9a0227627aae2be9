list "vestibule_member" "all" {
  provider = vestibule
}
