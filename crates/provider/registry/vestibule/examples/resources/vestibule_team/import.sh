# By id, in another organization than the token's with that before it.
terraform import vestibule_team.platform team_0d3kq9x2m7v5t8w1y4z0
terraform import vestibule_team.platform org_0d3kq9x2m7v5t8w1y4z0/team_0d3kq9x2m7v5t8w1y4z0
