list "vestibule_invitation" "all" {
  provider = vestibule
}
