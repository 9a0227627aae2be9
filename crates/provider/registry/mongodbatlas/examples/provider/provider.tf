terraform {
  required_providers {
    mongodbatlas = {
      source = "vestibule/mongodbatlas"
    }
  }
}

# With MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET in the environment, the block may be
# left out. API keys (public_key and private_key) work as well.
provider "mongodbatlas" {
  client_id     = var.atlas_client_id
  client_secret = var.atlas_client_secret

  # A Vestibule server instead of Atlas:
  # base_url = "https://invitations.example.com"
}

variable "atlas_client_id" {}

variable "atlas_client_secret" {
  sensitive = true
}
