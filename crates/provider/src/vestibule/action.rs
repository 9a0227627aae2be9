//! The action `vestibule_invitation_resend`.

use tfplugin::{
    Action, Attribute, Context, Diagnostics, Object, Progress, Schema, Validator, async_trait,
};

use super::service::{Service, organization_argument};
use crate::failure::stop;

/// The action type.
pub(crate) struct Resend(pub(super) Service);

#[async_trait]
impl Action for Resend {
    fn type_name(&self) -> &str {
        "vestibule_invitation_resend"
    }

    fn schema(&self) -> Schema {
        Schema::new()
            .description(
                "Sends an invitation again, with a new link and a new life. Older links die.",
            )
            .attribute("organization", organization_argument())
            .attribute(
                "invitation",
                Attribute::string()
                    .required()
                    .markdown("The invitation, `inv_...`.")
                    .validator(Validator::not_empty()),
            )
    }

    async fn invoke(
        &self,
        cx: &Context,
        config: Object,
        progress: &Progress,
    ) -> Result<(), Diagnostics> {
        let (client, organization) = self.0.client_and_organization(cx, &config).await?;
        let id = config.str("invitation")?;
        let sent = client.resend_invitation(&organization, id).await;
        let sent = sent.map_err(stop("Cannot send the invitation again"))?;
        let snapshots = self.0.snapshots();
        snapshots.changed(&organization, Some(id), &sent.email);
        progress.tell(format!(
            "Sent again; it can be accepted until {}.",
            sent.expires_at
        ));
        Ok(())
    }
}
