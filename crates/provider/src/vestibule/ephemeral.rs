//! Ephemeral resources: values that are in no state and in no plan.

use tfplugin::{
    Attribute, Context, Diagnostic, Diagnostics, EphemeralResource, Object, Opened, Schema, Type,
    Validator, async_trait,
};

use super::api_key::{kind_argument, revoke, wanted};
use super::service::{Service, organization_argument};
use crate::failure::{not_interrupted, stop};

/// `vestibule_accept_link`.
pub(crate) struct AcceptLink(pub(super) Service);

#[async_trait]
impl EphemeralResource for AcceptLink {
    fn type_name(&self) -> &str {
        "vestibule_accept_link"
    }

    fn schema(&self) -> Schema {
        Schema::new()
            .markdown(
                "The link that the mail of an open invitation has, for handing it over by another \
                 road. Whoever has it can answer for the invited person; the server notes who \
                 asked for it.",
            )
            .attribute("organization", organization_argument().computed())
            .attribute(
                "invitation",
                Attribute::string()
                    .required()
                    .markdown("The invitation, `inv_...`.")
                    .validator(Validator::not_empty()),
            )
            .attribute(
                "url",
                Attribute::string()
                    .computed()
                    .sensitive()
                    .description("The page where the invited person answers."),
            )
            .attribute(
                "token",
                Attribute::string()
                    .computed()
                    .sensitive()
                    .description("The token in it, for the server's API."),
            )
            .attribute(
                "expires_at",
                Attribute::string()
                    .computed()
                    .description("From when on it opens nothing."),
            )
    }

    async fn open(&self, cx: &Context, config: Object) -> Result<Opened, Diagnostics> {
        let (client, organization) = self.0.client_and_organization(cx, &config).await?;
        let link = client
            .accept_link(&organization, config.str("invitation")?)
            .await
            .map_err(stop("Cannot show the link of the invitation"))?;
        let opened = config
            .with("organization", organization)
            .with("url", link.url.expose())
            .with("token", link.token.expose())
            .with("expires_at", link.expires_at);
        Ok(Opened::new(opened))
    }
}

/// `vestibule_api_key`, made for one run and revoked at its end.
pub(crate) struct RunKey(pub(super) Service);

#[async_trait]
impl EphemeralResource for RunKey {
    fn type_name(&self) -> &str {
        "vestibule_api_key"
    }

    fn schema(&self) -> Schema {
        let computed = |text: &str| Attribute::string().computed().markdown(text);
        Schema::new()
            .markdown(
                "A key that exists only while Terraform runs: made when it is needed, revoked at \
                 the end, and an hour later at the latest. Its secret is in no state and no plan.",
            )
            .attribute("organization", organization_argument().computed())
            .attribute(
                "name",
                Attribute::string()
                    .required()
                    .description("What it is for.")
                    .validator(Validator::not_empty()),
            )
            .attribute("kind", kind_argument().optional())
            .attribute(
                "roles",
                Attribute::set(Type::String).optional().markdown(
                    "Roles of a new service account that the key speaks for, as of \
                     `vestibule_member`; an `atlas_service_account` needs them. Without them it \
                     speaks for the person whose token the provider has.",
                ),
            )
            .attribute(
                "expires_in",
                Attribute::number()
                    .optional()
                    .validator(Validator::between(1, i64::from(u32::MAX)))
                    .description(
                        "Its life in seconds if the run does not end it; 3600 if left out.",
                    ),
            )
            .attribute("id", computed("The key's id, `key_...`."))
            .attribute("public_id", computed("The public half."))
            .attribute(
                "secret",
                Attribute::string()
                    .computed()
                    .sensitive()
                    .description("The secret half; for a native key the whole token."),
            )
            .attribute("expires_at", computed("When it ends at the latest."))
    }

    async fn open(&self, cx: &Context, config: Object) -> Result<Opened, Diagnostics> {
        let (client, organization) = self.0.client_and_organization(cx, &config).await?;
        let mut create = wanted(&config)?;
        create.expires_in = create.expires_in.or(Some(3600));
        not_interrupted(cx)?;
        let made = client
            .create_key(&organization, &create)
            .await
            .map_err(stop("Cannot create the key"))?;
        cx.set_private("id", made.key.id.as_str());
        cx.set_private("organization", organization.as_str());
        let opened = config
            .with("organization", organization)
            .with("id", made.key.id)
            .with("public_id", made.key.public_id)
            .with("secret", made.secret.expose())
            .with("expires_at", made.key.expires_at);
        Ok(Opened::new(opened))
    }

    async fn close(&self, cx: &Context) -> Result<(), Diagnostics> {
        let (id, organization) = (cx.private("id"), cx.private("organization"));
        let texts = (
            id.as_ref().and_then(|id| id.as_str()),
            organization.as_ref().and_then(|id| id.as_str()),
        );
        let (Some(id), Some(organization)) = texts else {
            return Err(Diagnostic::error("The key to revoke is not known")
                .detail("Terraform did not hand back what was kept for closing.")
                .into());
        };
        revoke(&self.0, &self.0.client(cx)?, organization, id).await
    }
}
