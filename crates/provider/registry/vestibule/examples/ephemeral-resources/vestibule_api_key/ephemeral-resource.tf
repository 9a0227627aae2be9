ephemeral "vestibule_api_key" "run" {
  name = "terraform"
  kind = "confluent"
}

provider "confluent" {
  endpoint         = "https://invitations.example.com"
  cloud_api_key    = ephemeral.vestibule_api_key.run.public_id
  cloud_api_secret = ephemeral.vestibule_api_key.run.secret
}

terraform {
  required_providers {
    confluent = {
      source = "vestibule/confluent"
    }
    vestibule = {
      source = "vestibule/vestibule"
    }
  }
}
