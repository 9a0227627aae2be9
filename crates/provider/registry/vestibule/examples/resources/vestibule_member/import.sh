# By address, invited or a member.
terraform import vestibule_member.ann ann@example.com
terraform import vestibule_member.ann org_0d3kq9x2m7v5t8w1y4z0/ann@example.com
