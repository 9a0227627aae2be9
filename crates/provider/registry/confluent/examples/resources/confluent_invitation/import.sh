# By the id of the invitation.
terraform import confluent_invitation.ann i-gxxn1
