//! List resources, for `terraform query`: what there is, ready to be imported.

use tfplugin::{
    Attribute, Context, Diagnostics, Found, ListQuery, ListResource, Listed, Object, Schema,
    async_trait,
};
use vestibule_wire::native::Invitation;

use super::service::Service;
use super::{api_key, member_life, values};
use crate::failure::stop;

/// `vestibule_organization`: those that the token opens.
pub(crate) struct Organizations(pub(super) Service);

/// `vestibule_team`.
pub(crate) struct Teams(pub(super) Service);

/// `vestibule_project`.
pub(crate) struct Projects(pub(super) Service);

/// `vestibule_invitation`.
pub(crate) struct Invitations(pub(super) Service);

/// `vestibule_member`: members only. Who is invited is in the list of invitations.
pub(crate) struct Members(pub(super) Service);

/// `vestibule_api_key`: those that open something still.
pub(crate) struct ApiKeys(pub(super) Service);

fn schema(text: &str) -> Schema {
    Schema::new().description(text).attribute(
        "organization",
        Attribute::string().optional().markdown(
            "The organization, `org_...`; the one that the token was made in if left out.",
        ),
    )
}

fn identity(organization: &str, name: &str, id: &str) -> Object {
    Object::new()
        .with("organization", organization)
        .with(name, id)
}

/// Hands over everything that was listed at once, until nobody wants more.
async fn push_all(found: &mut Found, all: Vec<Listed>) {
    for listed in all {
        if found.push(listed).await.is_break() {
            return;
        }
    }
}

#[async_trait]
impl ListResource for Invitations {
    fn type_name(&self) -> &str {
        "vestibule_invitation"
    }

    fn schema(&self) -> Schema {
        schema("The invitations of an organization, in whatever state.")
    }

    async fn list(
        &self,
        cx: &Context,
        query: &ListQuery,
        found: &mut Found,
    ) -> Result<(), Diagnostics> {
        let client = self.0.client(cx)?;
        let organization = self.0.organization(&client, &query.config).await?;
        let mut from = None;
        loop {
            let page = client.invitation_page(&organization, from.as_ref()).await;
            let page = page.map_err(stop("Cannot list the invitations"))?;
            for one in &page.items {
                let listed = Listed::new(identity(&organization, "id", &one.id), title(one))
                    .resource(values::invitation(one).with("on_expiry", "renew"));
                if found.push(listed).await.is_break() {
                    return Ok(());
                }
            }
            if page.next.is_none() {
                return Ok(());
            }
            from = page.next;
        }
    }
}

fn title(one: &Invitation) -> String {
    format!("{} ({})", one.email, one.state.as_str())
}

#[async_trait]
impl ListResource for Members {
    fn type_name(&self) -> &str {
        "vestibule_member"
    }

    fn schema(&self) -> Schema {
        schema("The members of an organization.")
    }

    async fn list(
        &self,
        cx: &Context,
        query: &ListQuery,
        found: &mut Found,
    ) -> Result<(), Diagnostics> {
        let client = self.0.client(cx)?;
        let organization = self.0.organization(&client, &query.config).await?;
        let mut from = None;
        loop {
            let page = client.member_page(&organization, from.as_ref()).await;
            let page = page.map_err(stop("Cannot list the members"))?;
            for one in &page.items {
                let listed = Listed::new(
                    identity(&organization, "email", &one.email),
                    one.email.as_str(),
                )
                .resource(member_life::as_state(&organization, one));
                if found.push(listed).await.is_break() {
                    return Ok(());
                }
            }
            if page.next.is_none() {
                return Ok(());
            }
            from = page.next;
        }
    }
}

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
        let all = all.map_err(stop("Cannot list the organizations"))?;
        let listed = all.iter().map(|one| {
            Listed::new(Object::new().with("id", &one.id), one.name.as_str())
                .resource(values::organization(one))
        });
        push_all(found, listed.collect()).await;
        Ok(())
    }
}

#[async_trait]
impl ListResource for Teams {
    fn type_name(&self) -> &str {
        "vestibule_team"
    }

    fn schema(&self) -> Schema {
        schema("The teams of an organization.")
    }

    async fn list(
        &self,
        cx: &Context,
        query: &ListQuery,
        found: &mut Found,
    ) -> Result<(), Diagnostics> {
        let client = self.0.client(cx)?;
        let organization = self.0.organization(&client, &query.config).await?;
        let all = client.list_teams(&organization).await;
        let all = all.map_err(stop("Cannot list the teams"))?;
        let listed = all.iter().map(|one| {
            Listed::new(identity(&organization, "id", &one.id), one.name.as_str())
                .resource(values::team(one))
        });
        push_all(found, listed.collect()).await;
        Ok(())
    }
}

#[async_trait]
impl ListResource for Projects {
    fn type_name(&self) -> &str {
        "vestibule_project"
    }

    fn schema(&self) -> Schema {
        schema("The projects of an organization.")
    }

    async fn list(
        &self,
        cx: &Context,
        query: &ListQuery,
        found: &mut Found,
    ) -> Result<(), Diagnostics> {
        let client = self.0.client(cx)?;
        let organization = self.0.organization(&client, &query.config).await?;
        let all = client.list_projects(&organization).await;
        let all = all.map_err(stop("Cannot list the projects"))?;
        let listed = all.iter().map(|one| {
            Listed::new(identity(&organization, "id", &one.id), one.name.as_str())
                .resource(values::project(one))
        });
        push_all(found, listed.collect()).await;
        Ok(())
    }
}

#[async_trait]
impl ListResource for ApiKeys {
    fn type_name(&self) -> &str {
        "vestibule_api_key"
    }

    fn schema(&self) -> Schema {
        schema("The keys of an organization that are not revoked; never their secrets.")
    }

    async fn list(
        &self,
        cx: &Context,
        query: &ListQuery,
        found: &mut Found,
    ) -> Result<(), Diagnostics> {
        let client = self.0.client(cx)?;
        let organization = self.0.organization(&client, &query.config).await?;
        let all = client.list_keys(&organization).await;
        let all = all.map_err(stop("Cannot list the keys"))?;
        let usable = all.iter().filter(|one| one.revoked_at.is_none());
        let listed = usable.map(|one| {
            let title = format!("{} ({})", one.name, one.kind.as_str());
            Listed::new(identity(&organization, "id", &one.id), title)
                .resource(api_key::as_state(&organization, one))
        });
        push_all(found, listed.collect()).await;
        Ok(())
    }
}
