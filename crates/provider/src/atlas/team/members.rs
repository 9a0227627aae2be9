//! Who is in a team, and by which name.

use tfplugin::{Diagnostic, Diagnostics};
use vestibule_client::Error;
use vestibule_client::atlas::{Atlas, TeamUserFilter};
use vestibule_wire::atlas::{CloudAppUser, CloudUser, OrgUser, OrgUserRoles, STATUS_ACTIVE};

use super::super::cloud_user::{Who, org_user};
use super::super::membership::is_not_offered;
use crate::address;
use crate::failure::failed;

/// Everybody in a team, invited people too where the service shows them; `None` without a team.
///
/// # Errors
/// What the service answers.
pub(crate) async fn list(
    client: &Atlas,
    org_id: &str,
    team_id: &str,
) -> Result<Option<Vec<OrgUser>>, Error> {
    let filter = TeamUserFilter::default();
    match client.list_team_users(org_id, team_id, &filter).await {
        Err(error) if is_not_offered(&error) => {}
        answer => return answer.map(Some),
    }
    match client.list_active_team_users(org_id, team_id).await {
        Err(error) if error.is_not_found() => Ok(None),
        answer => Ok(Some(answer?.into_iter().map(as_org_user).collect())),
    }
}

/// The addresses of the members. Somebody who is only invited is among them if the configuration
/// named them, and not otherwise: so do states of the vendor's provider, which sees members only.
/// Each has the spelling that is stored.
pub(super) fn shown(users: &[OrgUser], stored: &[String]) -> Vec<String> {
    let shown = users.iter().filter_map(|user| {
        let spelling = stored
            .iter()
            .find(|name| address::is_same(name, &user.username));
        let is_active = user.user.org_membership_status == STATUS_ACTIVE;
        spelling
            .or_else(|| is_active.then_some(&user.username))
            .cloned()
    });
    shown.collect()
}

/// Whether two sets of addresses name the same people.
pub(super) fn are_same(left: &[String], right: &[String]) -> bool {
    let contains =
        |all: &[String], one: &String| all.iter().any(|other| address::is_same(other, one));
    left.iter().all(|one| contains(right, one)) && right.iter().all(|one| contains(left, one))
}

/// Those of the first that are not among the second.
pub(super) fn without<'a>(all: &'a [String], others: &[String]) -> Vec<&'a String> {
    all.iter()
        .filter(|one| !others.iter().any(|other| address::is_same(other, one)))
        .collect()
}

/// The ids of people by address, members of the organization or invited to it; all of them or none.
///
/// # Errors
/// A diagnostic that names everybody who is neither.
pub(super) async fn resolve(
    client: &Atlas,
    org_id: &str,
    addresses: &[&String],
) -> Result<Vec<(String, String)>, Diagnostics> {
    let (mut resolved, mut unknown) = (Vec::new(), Vec::new());
    for address in addresses {
        let id = id_of(client, org_id, address)
            .await
            .map_err(|error| failed("Cannot look up a member of the team", &error))?;
        match id {
            Some(id) => resolved.push(((*address).clone(), id)),
            None => unknown.push(format!("{address:?}")),
        }
    }
    if unknown.is_empty() {
        return Ok(resolved);
    }
    Err(Diagnostic::error("Somebody is not in the organization")
        .detail(format!(
            "A team takes members of its organization and people who are invited to it. Neither: \
             {}. Nobody was added to the team or taken out of it.",
            unknown.join(", ")
        ))
        .at("usernames")
        .into())
}

async fn id_of(client: &Atlas, org_id: &str, address: &str) -> Result<Option<String>, Error> {
    match org_user(client, org_id, Who::Address(address)).await {
        Err(error) if is_not_offered(&error) => {
            let user = client.user_by_name(address).await?;
            Ok(user.map(|user| user.id))
        }
        answer => Ok(answer?.map(|found| found.user.id)),
    }
}

/// The older API shows active members only.
fn as_org_user(user: CloudAppUser) -> OrgUser {
    OrgUser {
        user: CloudUser {
            country: user.country,
            created_at: user.created_at,
            first_name: user.first_name,
            id: user.id,
            last_auth: user.last_auth,
            last_name: user.last_name,
            mobile_number: user.mobile_number.map(Some),
            org_membership_status: STATUS_ACTIVE.to_owned(),
            ..CloudUser::default()
        },
        roles: OrgUserRoles {
            org_roles: user
                .roles
                .into_iter()
                .filter(|role| role.org_id.is_some())
                .map(|role| role.role_name)
                .collect(),
            ..OrgUserRoles::default()
        },
        team_ids: user.team_ids,
        username: user.username,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(username: &str, status: &str) -> OrgUser {
        OrgUser {
            user: CloudUser {
                org_membership_status: status.to_owned(),
                ..CloudUser::default()
            },
            username: username.to_owned(),
            ..OrgUser::default()
        }
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_invited_are_shown_if_they_are_stored_and_members_always() {
        let users = [
            user("ann@x.org", "ACTIVE"),
            user("bob@x.org", "PENDING"),
            user("cy@x.org", "PENDING"),
        ];
        assert_eq!(
            shown(&users, &names(&["Bob@X.org", "dan@x.org"])),
            ["ann@x.org", "Bob@X.org"]
        );
    }

    #[test]
    fn letter_case_makes_no_difference_between_members() {
        assert!(are_same(&names(&["Ann@x.org"]), &names(&["ann@X.org"])));
        assert!(!are_same(&names(&["ann@x.org"]), &[]));
        assert_eq!(
            without(&names(&["Ann@x.org", "bob@x.org"]), &names(&["ann@x.org"])),
            ["bob@x.org"]
        );
    }
}
