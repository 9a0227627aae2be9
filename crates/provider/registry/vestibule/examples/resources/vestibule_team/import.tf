import {
  to = vestibule_team.platform
  id = "team_0d3kq9x2m7v5t8w1y4z0"
}
