terraform {
  required_providers {
    vestibule = {
      source = "vestibule/vestibule"
    }
  }
}

# One key of a Vestibule server serves all types. VESTIBULE_ENDPOINT and VESTIBULE_TOKEN do as well.
provider "vestibule" {
  endpoint = "https://invitations.example.com"
  token    = var.vestibule_token
}

variable "vestibule_token" {
  sensitive = true
}

# The types have the vendors' names, so each block says whose it is.
resource "confluent_invitation" "ann" {
  provider = vestibule

  email = "ann@example.com"
}
