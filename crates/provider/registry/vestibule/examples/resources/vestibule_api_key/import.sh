# By id. The secret cannot be had again.
terraform import vestibule_api_key.ci key_0d3kq9x2m7v5t8w1y4z0
terraform import vestibule_api_key.ci org_0d3kq9x2m7v5t8w1y4z0/key_0d3kq9x2m7v5t8w1y4z0
