# By id, in another organization than the token's with that before it.
terraform import vestibule_project.payments prj_0d3kq9x2m7v5t8w1y4z0
terraform import vestibule_project.payments org_0d3kq9x2m7v5t8w1y4z0/prj_0d3kq9x2m7v5t8w1y4z0
