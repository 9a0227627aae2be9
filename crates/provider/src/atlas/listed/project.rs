//! What of a project is read at once: invitations and people.

use vestibule_client::atlas::Atlas;
use vestibule_client::{Error, Listed, PageMark};
use vestibule_wire::atlas::{GroupInvitation, GroupUser, STATUS_ACTIVE};

use super::super::cloud_user::{Who, is_current, project_user};
use super::super::project_invitation::{find_invitation, is_in_project};
use super::whole;
use crate::address;
use crate::snapshot::{Source, keyed};

/// The open invitations of a project, by id.
pub(crate) struct ProjectInvitations<'a> {
    pub(crate) client: &'a Atlas,
    pub(crate) project_id: &'a str,
}

impl Source for ProjectInvitations<'_> {
    type Item = GroupInvitation;

    async fn page(
        &self,
        _from: Option<&PageMark>,
    ) -> Result<Listed<(String, GroupInvitation)>, Error> {
        let all = self.client.list_project_invitations(self.project_id);
        Ok(whole(all.await?, |found| found.id.clone()))
    }

    async fn single(&self, id: &str) -> Result<Option<GroupInvitation>, Error> {
        self.client.project_invitation(self.project_id, id).await
    }
}

/// The open invitations of a project, by what the spellings of an address have in common.
pub(crate) struct ProjectAddressees<'a> {
    pub(crate) client: &'a Atlas,
    pub(crate) project_id: &'a str,
    /// Whom the question is about, in the spelling to ask with.
    pub(crate) username: &'a str,
}

impl Source for ProjectAddressees<'_> {
    type Item = GroupInvitation;

    async fn page(
        &self,
        _from: Option<&PageMark>,
    ) -> Result<Listed<(String, GroupInvitation)>, Error> {
        let all = self.client.list_project_invitations(self.project_id);
        Ok(whole(all.await?, |found| address::key(&found.username)))
    }

    async fn single(&self, _key: &str) -> Result<Option<GroupInvitation>, Error> {
        find_invitation(self.client, self.project_id, self.username).await
    }
}

/// Who is in a project, and not only invited, by what the spellings of an address have in common.
pub(crate) struct ProjectStandings<'a> {
    pub(crate) client: &'a Atlas,
    pub(crate) project_id: &'a str,
    /// Whom the question is about, in the spelling to ask with.
    pub(crate) username: &'a str,
}

impl Source for ProjectStandings<'_> {
    type Item = bool;

    async fn page(&self, from: Option<&PageMark>) -> Result<Listed<(String, bool)>, Error> {
        let page = self.client.project_user_page(self.project_id, from).await?;
        let standing = |user: GroupUser| {
            let is_member = user.user.org_membership_status == STATUS_ACTIVE;
            (address::key(&user.username), is_member)
        };
        Ok(Listed {
            items: page.items.into_iter().map(standing).collect(),
            next: page.next,
        })
    }

    async fn single(&self, _key: &str) -> Result<Option<bool>, Error> {
        let is_member = is_in_project(self.client, self.project_id, self.username).await?;
        Ok(Some(is_member))
    }
}

/// Members of a project and people who are invited to it, by id.
pub(crate) struct ProjectPeople<'a> {
    pub(crate) client: &'a Atlas,
    pub(crate) project_id: &'a str,
}

impl Source for ProjectPeople<'_> {
    type Item = GroupUser;

    async fn page(&self, from: Option<&PageMark>) -> Result<Listed<(String, GroupUser)>, Error> {
        let mut page = self.client.project_user_page(self.project_id, from).await?;
        page.items
            .retain(|user| is_current(&user.user.org_membership_status));
        Ok(keyed(page, |user| user.user.id.clone()))
    }

    async fn single(&self, id: &str) -> Result<Option<GroupUser>, Error> {
        project_user(self.client, self.project_id, Who::Id(id)).await
    }
}
