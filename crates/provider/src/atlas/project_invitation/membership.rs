//! Whether somebody is in a project, and the invitation that waits for them.

use vestibule_client::Error;
use vestibule_client::atlas::Atlas;
use vestibule_wire::atlas::{GroupInvitation, STATUS_ACTIVE};

use super::super::membership::{addressed_to, is_not_offered};
use crate::address;

/// The invitation of an address, if one waits for an answer.
///
/// # Errors
/// What the service answers.
pub(crate) async fn find_invitation(
    client: &Atlas,
    project_id: &str,
    username: &str,
) -> Result<Option<GroupInvitation>, Error> {
    let all = client.list_project_invitations(project_id).await?;
    Ok(addressed_to(username, all, |found| &found.username))
}

/// Whether somebody is in the project: by its users, or where the service does not list them with
/// their status, by the roles of the user.
///
/// # Errors
/// What the service answers.
pub(crate) async fn is_in_project(
    client: &Atlas,
    project_id: &str,
    username: &str,
) -> Result<bool, Error> {
    match client.list_project_users(project_id, Some(username)).await {
        Err(error) if is_not_offered(&error) => {}
        answer => {
            return Ok(answer?.iter().any(|user| {
                user.user.org_membership_status == STATUS_ACTIVE
                    && address::is_same(&user.username, username)
            }));
        }
    }
    let user = client.user_by_name(username).await?;
    Ok(user.is_some_and(|user| {
        let mut projects = user
            .roles
            .iter()
            .filter_map(|role| role.group_id.as_deref());
        address::is_same(&user.username, username)
            && projects.any(|other| other.eq_ignore_ascii_case(project_id))
    }))
}
