resource "vestibule_organization" "acme" {
  name = "Acme"

  # Seconds. Whoever is invited through Atlas's API has two weeks.
  invitation_lifetimes = {
    atlas = 14 * 24 * 60 * 60
  }
}
