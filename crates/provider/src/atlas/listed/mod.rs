//! What of organizations, projects and teams is read at once.
//!
//! Owns what is listed, by which key, and what of it our own writes make stale. It must not know
//! when there is a list instead of a single read: `crate::snapshot` decides.

mod organization;
mod project;
mod team;

use vestibule_client::atlas::Atlas;
use vestibule_client::{CancellationToken, Listed};
use vestibule_wire::atlas::{GroupInvitation, GroupUser, OrgInvitation, OrgUser, Team};

use super::membership::Standing;
use crate::address;
use crate::connection::Api;
use crate::snapshot::{
    Snapshots as ByOrganization, Snapshots as ByProject, Snapshots as ByTeam, keyed,
};
pub(crate) use organization::{Addressees, Invitations, People, Standings};
pub(crate) use project::{ProjectAddressees, ProjectInvitations, ProjectPeople, ProjectStandings};
pub(crate) use team::{RosterPages, Rosters, TeamPeople, Teams, place};

/// What is known, by the ids of organizations and projects.
#[derive(Debug, Default)]
pub(crate) struct Snapshots {
    /// Open invitations, by id.
    pub(crate) invitations: ByOrganization<OrgInvitation>,
    /// Open invitations, by address.
    pub(crate) addressees: ByOrganization<OrgInvitation>,
    /// Members and invited people, by address.
    pub(crate) standings: ByOrganization<Standing>,
    /// The same, whole and by id.
    pub(crate) people: ByOrganization<OrgUser>,
    /// Teams, by id.
    pub(crate) teams: ByOrganization<Team>,
    /// The people of each team, by the team's id.
    pub(crate) rosters: ByOrganization<Vec<OrgUser>>,
    /// The pages that [`Snapshots::rosters`] is made of, until they are all there.
    pub(crate) roster_pages: RosterPages,
    /// People of a team, by id. The scope is [`place`].
    pub(crate) team_people: ByTeam<OrgUser>,
    /// Open invitations, by id.
    pub(crate) project_invitations: ByProject<GroupInvitation>,
    /// Open invitations, by address.
    pub(crate) project_addressees: ByProject<GroupInvitation>,
    /// Whether somebody is a member, by address.
    pub(crate) project_standings: ByProject<bool>,
    /// Members and invited people, by id.
    pub(crate) project_people: ByProject<GroupUser>,
}

impl Snapshots {
    /// Notes that we have changed an invitation.
    pub(crate) fn changed(&self, org_id: &str, invitation_id: &str, username: &str) {
        let address = address::key(username);
        self.invitations.of(org_id).changed(invitation_id);
        self.addressees.of(org_id).changed(&address);
        self.standings.of(org_id).changed(&address);
    }

    /// The same of an invitation to a project; of one that was just made, no list knows the id.
    pub(crate) fn changed_in_project(
        &self,
        project_id: &str,
        invitation_id: Option<&str>,
        username: &str,
    ) {
        if let Some(id) = invitation_id {
            self.project_invitations.of(project_id).changed(id);
        }
        let address = address::key(username);
        self.project_addressees.of(project_id).changed(&address);
        self.project_standings.of(project_id).changed(&address);
    }

    /// Notes that we have changed a person of an organization, or the teams the person is in, which
    /// are among the facts about the person everywhere.
    pub(crate) fn changed_person(&self, org_id: &str, user_id: &str) {
        self.people.of(org_id).changed(user_id);
        self.rosters.forget(|scope| scope == org_id);
        self.team_people.each(
            |scope| is_in(scope, org_id),
            |people| people.changed(user_id),
        );
    }

    /// Notes that we have changed a team. Whoever is in it may have changed with it.
    pub(crate) fn changed_team(&self, org_id: &str) {
        self.teams.forget(|scope| scope == org_id);
        self.rosters.forget(|scope| scope == org_id);
        self.people.forget(|scope| scope == org_id);
        self.team_people.forget(|scope| is_in(scope, org_id));
    }
}

impl Api for Atlas {
    type Snapshots = Snapshots;

    fn for_call(&self, cancellation: CancellationToken, purpose: &str) -> Self {
        self.with_cancellation(cancellation).with_purpose(purpose)
    }
}

/// Whether the scope of a team's people is in an organization.
fn is_in(place: &str, org_id: &str) -> bool {
    place.split_once('/').is_some_and(|(org, _)| org == org_id)
}

/// A list without pages, each item with the key it is looked up by.
fn whole<T>(items: Vec<T>, key: impl Fn(&T) -> String) -> Listed<(String, T)> {
    keyed(Listed { items, next: None }, key)
}
