//! The Vestibule server as our own types need it: client, snapshots, and which organization is meant.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, Diagnostic, Diagnostics, IdentitySchema, Object, PlanModifier, ReadOutcome,
    Type,
};
use vestibule_client::Error;
use vestibule_client::native::Native;
use vestibule_wire::native::Organization;

use super::listed::Snapshots;
use crate::connection::Connection;
use crate::failure::{failed, stop};

/// What the resources of one provider share.
#[derive(Clone)]
pub(crate) struct Service {
    connection: Arc<Connection<Native>>,
}

impl Service {
    pub(crate) fn new(connection: Arc<Connection<Native>>) -> Self {
        Self { connection }
    }

    /// Why there will be no client however long one waits, if that is so.
    pub(super) fn missing(&self) -> Option<Diagnostic> {
        self.connection.missing()
    }

    pub(super) fn client(&self, cx: &Context) -> Result<Native, Diagnostics> {
        self.connection.client(cx)
    }

    pub(super) fn snapshots(&self) -> Arc<Snapshots> {
        self.connection.snapshots()
    }

    /// The client for this call, and the organization that a configuration or a state names, or
    /// else the key's own.
    pub(super) async fn client_and_organization(
        &self,
        cx: &Context,
        object: &Object,
    ) -> Result<(Native, String), Diagnostics> {
        let client = self.client(cx)?;
        let organization = match object.get("organization").as_str() {
            Some(named) if !named.is_empty() => named.to_owned(),
            _ => self.own_organization(&client).await?,
        };
        Ok((client, organization))
    }

    /// The organization that the key was made in; asked for once.
    async fn own_organization(&self, client: &Native) -> Result<String, Diagnostics> {
        let snapshots = self.snapshots();
        let own = snapshots.own_organization.get_or_try_init(async || {
            let me = client.me().await.map_err(stop("Cannot read the key"))?;
            let own = me.organization.map(|organization| organization.id);
            own.ok_or_else(|| {
                Diagnostics::from(
                    Diagnostic::error("The organization is not known")
                        .detail(
                            "The provider's token belongs to no organization. Set the argument \
                             organization.",
                        )
                        .at("organization"),
                )
            })
        });
        own.await.cloned()
    }

    /// The organization, which the key must open. A server tells strangers nothing, so that "not
    /// found" for an object in it means nothing where this fails.
    pub(super) async fn opens(
        &self,
        client: &Native,
        organization: &str,
    ) -> Result<Organization, Diagnostics> {
        let found = client.find_organization(organization).await;
        match found.map_err(stop("Cannot read the organization"))? {
            Some(found) => Ok(found),
            None => Err(
                Diagnostic::error("The organization cannot be seen with this token")
                    .detail(format!(
                        "The server answers \"not found\" for the organization {organization}: it \
                         is gone, or the token's owner is no member of it any more. Nothing leaves \
                         the state for that. If the organization is gone, remove what belongs to \
                         it with terraform state rm."
                    ))
                    .into(),
            ),
        }
    }

    /// That something in the organization is gone: so it is if the key opens the organization.
    pub(super) async fn gone(
        &self,
        client: &Native,
        organization: &str,
    ) -> Result<ReadOutcome, Diagnostics> {
        self.opens(client, organization).await?;
        Ok(ReadOutcome::Gone)
    }

    /// How deleting something in the organization ends: what is not there is deleted, if the key
    /// opens the organization.
    pub(super) async fn deleted(
        &self,
        client: &Native,
        organization: &str,
        summary: &'static str,
        answer: Result<(), Error>,
    ) -> Result<(), Diagnostics> {
        match answer {
            Ok(()) => Ok(()),
            Err(error) if error.is_not_found() => self.opens(client, organization).await.map(drop),
            Err(error) => Err(failed(summary, &error).into()),
        }
    }

    /// The state that an import id of this form stands for: `org_…/ID`, or `ID`.
    pub(super) async fn imported(&self, cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        let client = self.client(cx)?;
        let (organization, id) = self.split_import_id(&client, id).await?;
        Ok(Object::new()
            .with("organization", organization)
            .with("id", id))
    }

    /// An import id in two: `org_…/REST`, or `REST` of the key's own organization.
    pub(super) async fn split_import_id(
        &self,
        client: &Native,
        id: &str,
    ) -> Result<(String, String), Diagnostics> {
        let id = id.trim();
        let (organization, rest) = match id.split_once('/') {
            Some((organization, rest)) if organization.starts_with("org_") => {
                (organization.to_owned(), rest)
            }
            _ => (self.own_organization(client).await?, id),
        };
        if rest.is_empty() {
            return Err(Diagnostic::error("The import id is empty")
                .detail(format!(
                    "{id:?} names no object. Give its id, with the organization before it \
                     (org_…/ID) unless it is the token's own."
                ))
                .into());
        }
        Ok((organization, rest.to_owned()))
    }
}

/// The argument `organization`.
pub(super) fn organization_argument() -> Attribute {
    Attribute::string()
        .optional()
        .markdown("The organization, `org_...`; the one that the token was made in if left out.")
}

/// The same of resources that belong to one.
pub(super) fn organization_attribute() -> Attribute {
    organization_argument()
        .computed()
        .use_state_for_unknown()
        .modifier(PlanModifier::RequiresReplaceIfConfigured)
}

/// The identity of everything that belongs to an organization.
pub(super) fn identity_in_organization(id: &str) -> IdentitySchema {
    IdentitySchema::new()
        .required("id", Type::String, id)
        .optional(
            "organization",
            Type::String,
            "The organization; the one that the token was made in if left out.",
        )
}

/// The import id that an identity stands for.
pub(super) fn import_id_of(identity: &Object) -> String {
    let text = |name| identity.get(name).as_str().unwrap_or_default();
    match text("organization") {
        "" => text("id").to_owned(),
        organization => format!("{organization}/{}", text("id")),
    }
}

/// Takes from what was read whatever the plan left unknown; the rest stays as it was planned.
pub(super) fn complete(mut planned: Object, found: &Object) -> Object {
    for (name, value) in found.iter() {
        if planned.get(name).is_unknown() {
            planned.set(name.as_str(), value.clone());
        }
    }
    planned
}
