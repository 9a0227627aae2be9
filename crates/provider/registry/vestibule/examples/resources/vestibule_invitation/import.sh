# By id, or by address: the newest invitation.
terraform import vestibule_invitation.ann inv_0d3kq9x2m7v5t8w1y4z0
terraform import vestibule_invitation.ann ann@example.com
terraform import vestibule_invitation.ann org_0d3kq9x2m7v5t8w1y4z0/inv_0d3kq9x2m7v5t8w1y4z0
