//! List resources, for `terraform query`: what there is, ready to be imported.

use tfplugin::{
    Context, Diagnostics, Found, ListQuery, ListResource, Listed, Object, Schema, async_trait,
};

use super::invitation_life::is_withdrawn;
use super::listed::{Invitations, Keys, Members, Projects, Teams};
use super::service::{Service, organization_argument};
use super::{api_key, member_life, values};
use crate::failure::stop;
use crate::snapshot::Source;

/// `vestibule_organization`: those that the token opens.
pub(super) struct Organizations(pub(super) Service);

#[async_trait]
impl ListResource for Organizations {
    fn type_name(&self) -> &str {
        "vestibule_organization"
    }

    fn schema(&self) -> Schema {
        Schema::new().description("The organizations that the provider's token opens.")
    }

    async fn list(
        &self,
        cx: &Context,
        _query: &ListQuery,
        found: &mut Found,
    ) -> Result<(), Diagnostics> {
        let all = self.0.client(cx)?.list_organizations().await;
        for one in all.map_err(stop("Cannot list the organizations"))? {
            let listed = Listed::new(Object::new().with("id", &one.id), &one.name)
                .resource(values::organization(&one));
            if found.push(listed).await.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// What of an organization can be listed.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Teams,
    Projects,
    Invitations,
    /// Members only. Who is invited is in the list of invitations.
    Members,
    /// Those that open something still.
    ApiKeys,
}

/// What an organization has of one kind.
pub(super) struct InOrganization {
    pub(super) service: Service,
    pub(super) kind: Kind,
}

#[async_trait]
impl ListResource for InOrganization {
    fn type_name(&self) -> &str {
        match self.kind {
            Kind::Teams => "vestibule_team",
            Kind::Projects => "vestibule_project",
            Kind::Invitations => "vestibule_invitation",
            Kind::Members => "vestibule_member",
            Kind::ApiKeys => "vestibule_api_key",
        }
    }

    fn schema(&self) -> Schema {
        let text = match self.kind {
            Kind::Teams => "The teams of an organization.",
            Kind::Projects => "The projects of an organization.",
            Kind::Invitations => {
                "The invitations of an organization, in whatever state, but for those that were \
                 withdrawn."
            }
            Kind::Members => "The members of an organization.",
            Kind::ApiKeys => {
                "The keys of an organization that are not revoked; never their secrets."
            }
        };
        Schema::new()
            .description(text)
            .attribute("organization", organization_argument())
    }

    async fn list(
        &self,
        cx: &Context,
        query: &ListQuery,
        found: &mut Found,
    ) -> Result<(), Diagnostics> {
        let (client, organization) = (self.service)
            .client_and_organization(cx, &query.config)
            .await?;
        let (client, organization) = (&client, organization.as_str());
        let by = |name: &str, id: &str| {
            Object::new()
                .with("organization", organization)
                .with(name, id)
        };
        match self.kind {
            Kind::Teams => {
                let teams = Teams {
                    client,
                    organization,
                };
                push_all(&teams, "Cannot list the teams", found, |one| {
                    Listed::new(by("id", &one.id), &one.name).resource(values::team(one))
                })
                .await
            }
            Kind::Projects => {
                let projects = Projects {
                    client,
                    organization,
                };
                push_all(&projects, "Cannot list the projects", found, |one| {
                    Listed::new(by("id", &one.id), &one.name).resource(values::project(one))
                })
                .await
            }
            Kind::Invitations => {
                let invitations = Invitations {
                    client,
                    organization,
                };
                // What was withdrawn is gone to the resource, and cannot be imported.
                push_some(&invitations, "Cannot list the invitations", found, |one| {
                    if is_withdrawn(one) {
                        return None;
                    }
                    let title = format!("{} ({})", one.email, one.state.as_str());
                    let state = values::invitation(one).with("on_expiry", "renew");
                    Some(Listed::new(by("id", &one.id), title).resource(state))
                })
                .await
            }
            Kind::Members => {
                let members = Members {
                    client,
                    organization,
                    // About nobody in particular: pages have everybody.
                    email: "",
                };
                push_all(&members, "Cannot list the members", found, |one| {
                    Listed::new(by("email", &one.email), &one.email)
                        .resource(member_life::as_state(organization, one))
                })
                .await
            }
            Kind::ApiKeys => {
                let keys = Keys {
                    client,
                    organization,
                };
                push_all(&keys, "Cannot list the keys", found, |one| {
                    let title = format!("{} ({})", one.name, one.kind.as_str());
                    Listed::new(by("id", &one.id), title)
                        .resource(api_key::as_state(organization, one))
                })
                .await
            }
        }
    }
}

/// Hands over what a list has, page by page, until nobody wants more.
async fn push_all<S: Source>(
    source: &S,
    cannot_list: &'static str,
    found: &mut Found,
    show: impl Fn(&S::Item) -> Listed + Send + Sync,
) -> Result<(), Diagnostics> {
    push_some(source, cannot_list, found, |one| Some(show(one))).await
}

/// The same of what is shown at all.
async fn push_some<S: Source>(
    source: &S,
    cannot_list: &'static str,
    found: &mut Found,
    show: impl Fn(&S::Item) -> Option<Listed> + Send,
) -> Result<(), Diagnostics> {
    let mut from = None;
    loop {
        let page = source.page(from.as_ref()).await;
        let page = page.map_err(stop(cannot_list))?;
        for (_, one) in page.items {
            let Some(listed) = show(&one) else { continue };
            if found.push(listed).await.is_break() {
                return Ok(());
            }
        }
        from = page.next;
        if from.is_none() {
            return Ok(());
        }
    }
}
