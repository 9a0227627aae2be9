//! What of a Vestibule server's organizations is read at once.

use tokio::sync::OnceCell;
use vestibule_client::native::Native;
use vestibule_client::{CancellationToken, Error, Listed, PageMark};
use vestibule_wire::native::{
    ApiKey, Include, Invitation, InvitationQuery, Member, MemberQuery, Project, Team,
};

use crate::address;
use crate::connection::Api;
use crate::snapshot::{Snapshots as ByOrganization, Source, keyed};

/// What is known of organizations, by their ids.
#[derive(Debug, Default)]
pub(crate) struct Snapshots {
    /// Invitations, by id.
    pub(super) invitations: ByOrganization<Invitation>,
    /// Invitations, by address.
    pub(super) addressees: ByOrganization<Invitation>,
    /// Members, by address.
    pub(super) members: ByOrganization<Member>,
    /// Teams, by id.
    pub(super) teams: ByOrganization<Team>,
    /// Projects, by id.
    pub(super) projects: ByOrganization<Project>,
    /// Keys that are not revoked, by id.
    pub(super) keys: ByOrganization<ApiKey>,
    /// The organization that the key was made in.
    pub(super) own_organization: OnceCell<String>,
}

impl Snapshots {
    /// Notes that we have changed an invitation, or who is a member.
    pub(super) fn changed(&self, organization: &str, invitation: Option<&str>, email: &str) {
        if let Some(id) = invitation {
            self.invitations.of(organization).changed(id);
        }
        let key = address::key(email);
        self.addressees.of(organization).changed(&key);
        self.members.of(organization).changed(&key);
    }
}

impl Api for Native {
    type Snapshots = Snapshots;

    fn for_call(&self, cancellation: CancellationToken, purpose: &str) -> Self {
        self.with_cancellation(cancellation).with_purpose(purpose)
    }
}

/// The invitations of an organization, by id, in whatever state.
pub(super) struct Invitations<'a> {
    pub(super) client: &'a Native,
    pub(super) organization: &'a str,
}

impl Source for Invitations<'_> {
    type Item = Invitation;

    async fn page(&self, from: Option<&PageMark>) -> Result<Listed<(String, Invitation)>, Error> {
        let page = self.client.invitation_page(self.organization, from).await?;
        Ok(keyed(page, |found| found.id.clone()))
    }

    async fn single(&self, id: &str) -> Result<Option<Invitation>, Error> {
        self.client.invitation(self.organization, id).await
    }
}

/// The newest invitation of each address. An address with several is not in the list's snapshot,
/// which leaves out what occurs twice.
pub(super) struct Addressees<'a> {
    pub(super) client: &'a Native,
    pub(super) organization: &'a str,
    /// Whom the question is about, in the spelling to ask with.
    pub(super) email: &'a str,
}

impl Source for Addressees<'_> {
    type Item = Invitation;

    async fn page(&self, from: Option<&PageMark>) -> Result<Listed<(String, Invitation)>, Error> {
        let mut page = self.client.invitation_page(self.organization, from).await?;
        page.items.retain(|found| found.project.is_none());
        Ok(keyed(page, |found| address::key(&found.email)))
    }

    async fn single(&self, _key: &str) -> Result<Option<Invitation>, Error> {
        newest_invitation(self.client, self.organization, self.email, None).await
    }
}

/// The members of an organization, by address.
pub(super) struct Members<'a> {
    pub(super) client: &'a Native,
    pub(super) organization: &'a str,
    /// Whom the question is about, in the spelling to ask with.
    pub(super) email: &'a str,
}

impl Members<'_> {
    /// The one whom the question is about.
    pub(super) async fn only(&self) -> Result<Option<Member>, Error> {
        let query = MemberQuery {
            email: Some(self.email.to_owned()),
            ..MemberQuery::default()
        };
        let page = self.client.members(self.organization, &query).await?;
        Ok(page.data.into_iter().next())
    }
}

impl Source for Members<'_> {
    type Item = Member;

    async fn page(&self, from: Option<&PageMark>) -> Result<Listed<(String, Member)>, Error> {
        let page = self.client.member_page(self.organization, from).await?;
        Ok(keyed(page, |found| address::key(&found.email)))
    }

    async fn single(&self, _key: &str) -> Result<Option<Member>, Error> {
        self.only().await
    }
}

/// The teams of an organization, by id.
pub(super) struct Teams<'a> {
    pub(super) client: &'a Native,
    pub(super) organization: &'a str,
}

impl Source for Teams<'_> {
    type Item = Team;

    async fn page(&self, from: Option<&PageMark>) -> Result<Listed<(String, Team)>, Error> {
        let page = self.client.team_page(self.organization, from).await?;
        Ok(keyed(page, |found| found.id.clone()))
    }

    async fn single(&self, id: &str) -> Result<Option<Team>, Error> {
        self.client.team(self.organization, id).await
    }
}

/// The projects of an organization, by id.
pub(super) struct Projects<'a> {
    pub(super) client: &'a Native,
    pub(super) organization: &'a str,
}

impl Source for Projects<'_> {
    type Item = Project;

    async fn page(&self, from: Option<&PageMark>) -> Result<Listed<(String, Project)>, Error> {
        let page = self.client.project_page(self.organization, from).await?;
        Ok(keyed(page, |found| found.id.clone()))
    }

    async fn single(&self, id: &str) -> Result<Option<Project>, Error> {
        self.client.project(self.organization, id).await
    }
}

/// The keys of an organization, by id. There is no other way to look one up.
pub(super) struct Keys<'a> {
    pub(super) client: &'a Native,
    pub(super) organization: &'a str,
}

impl Source for Keys<'_> {
    type Item = ApiKey;

    const SINGLE_READS: usize = 0;

    async fn page(&self, from: Option<&PageMark>) -> Result<Listed<(String, ApiKey)>, Error> {
        let mut page = self.client.key_page(self.organization, from).await?;
        page.items.retain(|key| key.revoked_at.is_none());
        Ok(keyed(page, |found| found.id.clone()))
    }

    async fn single(&self, id: &str) -> Result<Option<ApiKey>, Error> {
        let keys = match self.client.list_keys(self.organization).await {
            Err(error) if error.is_not_found() => return Ok(None),
            keys => keys?,
        };
        let mut keys = keys.into_iter();
        Ok(keys.find(|key| key.id == id && key.revoked_at.is_none()))
    }
}

/// The invitation of an address to a project, or to the organization itself, that counts: the open
/// one if there is one, else the newest.
pub(super) async fn newest_invitation(
    client: &Native,
    organization: &str,
    email: &str,
    project: Option<&str>,
) -> Result<Option<Invitation>, Error> {
    let query = InvitationQuery {
        email: Some(email.to_owned()),
        project: project.map(str::to_owned),
        include: Some(Include::Delivery),
        ..InvitationQuery::default()
    };
    let all = client.all_invitations(organization, &query).await?;
    Ok(all
        .into_iter()
        // Without a project the question is not narrowed: members, too, are invited to projects.
        .filter(|found| found.project.as_deref() == project)
        .max_by(|one, other| rank(one).cmp(&rank(other))))
}

/// Open before not open, then by creation: RFC 3339 with a fixed number of digits sorts as text.
fn rank(found: &Invitation) -> (bool, &str, &str) {
    (is_open(found), &found.created_at, &found.id)
}

/// Whether an invitation waits for an answer.
pub(super) fn is_open(found: &Invitation) -> bool {
    use vestibule_wire::native::InvitationState::{Sent, Staged};
    matches!(found.state, Sent | Staged)
}
