//! What of an organization's teams is read at once: the teams, and who is in which.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use vestibule_client::atlas::{Atlas, OrgUserFilter};
use vestibule_client::{Error, Listed, PageMark};
use vestibule_wire::atlas::{OrgUser, Team};

use super::super::cloud_user::{Who, is_current, team_user};
use super::super::team::members;
use crate::snapshot::{Source, keyed};

/// The teams of an organization, by id.
pub(crate) struct Teams<'a> {
    pub(crate) client: &'a Atlas,
    pub(crate) org_id: &'a str,
}

impl Source for Teams<'_> {
    type Item = Team;

    async fn page(&self, from: Option<&PageMark>) -> Result<Listed<(String, Team)>, Error> {
        let page = self.client.team_page(self.org_id, from).await?;
        Ok(keyed(page, |team| team.id.clone()))
    }

    async fn single(&self, id: &str) -> Result<Option<Team>, Error> {
        self.client.team(self.org_id, id).await
    }
}

/// The people on the pages so far, by id, by organization.
pub(crate) type RosterPages = Mutex<HashMap<String, BTreeMap<String, OrgUser>>>;

/// The people of each team, by the team's id, put together from everybody in the organization.
///
/// A team without anybody is in no such list. Nothing is found before the last page is there.
pub(crate) struct Rosters<'a> {
    pub(crate) client: &'a Atlas,
    pub(crate) org_id: &'a str,
    pub(crate) pages: &'a RosterPages,
}

impl Source for Rosters<'_> {
    type Item = Vec<OrgUser>;

    async fn page(&self, from: Option<&PageMark>) -> Result<Listed<(String, Vec<OrgUser>)>, Error> {
        let everybody = OrgUserFilter::default();
        let page = self
            .client
            .org_user_page(self.org_id, &everybody, from)
            .await?;
        // A panic while locked leaves at worst a page that is missing, and teams to ask for singly.
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let so_far = pages.entry(self.org_id.to_owned()).or_default();
        so_far.extend(
            page.items
                .into_iter()
                .map(|user| (user.user.id.clone(), user)),
        );
        let items = match &page.next {
            Some(_) => Vec::new(),
            None => by_team(std::mem::take(so_far)),
        };
        Ok(Listed {
            items,
            next: page.next,
        })
    }

    async fn single(&self, team_id: &str) -> Result<Option<Vec<OrgUser>>, Error> {
        members::list(self.client, self.org_id, team_id).await
    }
}

fn by_team(people: BTreeMap<String, OrgUser>) -> Vec<(String, Vec<OrgUser>)> {
    let mut teams: HashMap<String, Vec<OrgUser>> = HashMap::new();
    for person in people.into_values() {
        for team in &person.team_ids {
            teams.entry(team.clone()).or_default().push(person.clone());
        }
    }
    teams.into_iter().collect()
}

/// Members of a team and those who will be when they accept, by id. A single look-up is a list, too.
pub(crate) struct TeamPeople<'a> {
    pub(crate) client: &'a Atlas,
    pub(crate) org_id: &'a str,
    pub(crate) team_id: &'a str,
}

impl Source for TeamPeople<'_> {
    type Item = OrgUser;

    const SINGLE_READS: usize = 0;

    async fn page(&self, from: Option<&PageMark>) -> Result<Listed<(String, OrgUser)>, Error> {
        let page = self.client.team_user_page(self.org_id, self.team_id, from);
        let mut page = page.await?;
        page.items
            .retain(|user| is_current(&user.user.org_membership_status));
        Ok(keyed(page, |user| user.user.id.clone()))
    }

    async fn single(&self, id: &str) -> Result<Option<OrgUser>, Error> {
        team_user(self.client, self.org_id, self.team_id, Who::Id(id)).await
    }
}

/// The scope of a team's people.
pub(crate) fn place(org_id: &str, team_id: &str) -> String {
    format!("{org_id}/{team_id}")
}
