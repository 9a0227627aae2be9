list "vestibule_project" "all" {
  provider = vestibule
}
