import {
  to = confluent_invitation.ann
  id = "i-gxxn1"
}
