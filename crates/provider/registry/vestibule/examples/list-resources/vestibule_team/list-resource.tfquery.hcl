list "vestibule_team" "all" {
  provider = vestibule
}
