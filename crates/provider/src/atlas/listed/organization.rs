//! What of an organization is read at once: invitations and people.

use vestibule_client::atlas::{Atlas, OrgUserFilter};
use vestibule_client::{Error, Listed, PageMark};
use vestibule_wire::atlas::{OrgInvitation, OrgUser, STATUS_ACTIVE, STATUS_PENDING};

use super::super::cloud_user::{Who, is_current, org_user};
use super::super::membership::{Standing, find_invitation, standing};
use super::whole;
use crate::address;
use crate::snapshot::{Source, keyed};

/// The open invitations of an organization, by id. The vendor's list of them has no pages.
pub(crate) struct Invitations<'a> {
    pub(crate) client: &'a Atlas,
    pub(crate) org_id: &'a str,
}

impl Source for Invitations<'_> {
    type Item = OrgInvitation;

    async fn page(
        &self,
        _from: Option<&PageMark>,
    ) -> Result<Listed<(String, OrgInvitation)>, Error> {
        let all = self.client.list_org_invitations(self.org_id, None).await?;
        Ok(whole(all, |found| found.id.clone()))
    }

    async fn single(&self, id: &str) -> Result<Option<OrgInvitation>, Error> {
        self.client.org_invitation(self.org_id, id).await
    }
}

/// The open invitations of an organization, by what the spellings of an address have in common.
pub(crate) struct Addressees<'a> {
    pub(crate) client: &'a Atlas,
    pub(crate) org_id: &'a str,
    /// Whom the question is about, in the spelling to ask with.
    pub(crate) username: &'a str,
}

impl Source for Addressees<'_> {
    type Item = OrgInvitation;

    async fn page(
        &self,
        _from: Option<&PageMark>,
    ) -> Result<Listed<(String, OrgInvitation)>, Error> {
        let all = self.client.list_org_invitations(self.org_id, None).await?;
        Ok(whole(all, |found| address::key(&found.username)))
    }

    async fn single(&self, _key: &str) -> Result<Option<OrgInvitation>, Error> {
        find_invitation(self.client, self.org_id, self.username).await
    }
}

/// Members and invited people of an organization, by what the spellings of an address have in
/// common.
pub(crate) struct Standings<'a> {
    pub(crate) client: &'a Atlas,
    pub(crate) org_id: &'a str,
    /// Whom the question is about, in the spelling to ask with.
    pub(crate) username: &'a str,
}

impl Source for Standings<'_> {
    type Item = Standing;

    async fn page(&self, from: Option<&PageMark>) -> Result<Listed<(String, Standing)>, Error> {
        // Without a filter the service lists who is active or pending.
        let everybody = OrgUserFilter::default();
        let page = self
            .client
            .org_user_page(self.org_id, &everybody, from)
            .await?;
        let items = page.items.into_iter().filter_map(|user| {
            let standing = match user.user.org_membership_status.as_str() {
                STATUS_ACTIVE => Standing::Member,
                STATUS_PENDING => Standing::Invited,
                _ => return None,
            };
            Some((address::key(&user.username), standing))
        });
        Ok(Listed {
            items: items.collect(),
            next: page.next,
        })
    }

    async fn single(&self, _key: &str) -> Result<Option<Standing>, Error> {
        let standing = standing(self.client, self.org_id, self.username).await?;
        Ok(Some(standing))
    }
}

/// Members and invited people of an organization, by id.
pub(crate) struct People<'a> {
    pub(crate) client: &'a Atlas,
    pub(crate) org_id: &'a str,
}

impl Source for People<'_> {
    type Item = OrgUser;

    async fn page(&self, from: Option<&PageMark>) -> Result<Listed<(String, OrgUser)>, Error> {
        let everybody = OrgUserFilter::default();
        let mut page = self
            .client
            .org_user_page(self.org_id, &everybody, from)
            .await?;
        page.items
            .retain(|user| is_current(&user.user.org_membership_status));
        Ok(keyed(page, |user| user.user.id.clone()))
    }

    async fn single(&self, id: &str) -> Result<Option<OrgUser>, Error> {
        org_user(self.client, self.org_id, Who::Id(id)).await
    }
}
