terraform {
  required_providers {
    vestibule = {
      source = "vestibule/vestibule"
    }
  }
}

# Without a server of ours: straight to the vendors' clouds, each with credentials of its own.
provider "vestibule" {
  confluent = {
    cloud_api_key    = var.confluent_cloud_api_key
    cloud_api_secret = var.confluent_cloud_api_secret
  }
  atlas = {
    client_id     = var.atlas_client_id
    client_secret = var.atlas_client_secret
  }
}

variable "confluent_cloud_api_key" {}

variable "confluent_cloud_api_secret" {
  sensitive = true
}

variable "atlas_client_id" {}

variable "atlas_client_secret" {
  sensitive = true
}
