terraform {
  required_providers {
    confluent = {
      source = "vestibule/confluent"
    }
  }
}

# With CONFLUENT_CLOUD_API_KEY and CONFLUENT_CLOUD_API_SECRET in the environment, the block may be
# left out.
provider "confluent" {
  cloud_api_key    = var.confluent_cloud_api_key
  cloud_api_secret = var.confluent_cloud_api_secret

  # A Vestibule server instead of Confluent Cloud:
  # endpoint = "https://invitations.example.com"
}

variable "confluent_cloud_api_key" {}

variable "confluent_cloud_api_secret" {
  sensitive = true
}
