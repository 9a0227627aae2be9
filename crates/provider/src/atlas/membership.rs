//! Whether somebody belongs to an organization, and the invitation that waits for them.
//!
//! Owns the questions to the service. An error is never taken for an answer: the vendor's provider
//! takes any for "no member" and then drops state or invites members.

use vestibule_client::atlas::{Atlas, OrgUserFilter};
use vestibule_client::{Error, ErrorKind};
use vestibule_wire::atlas::{CloudAppUser, OrgInvitation, STATUS_ACTIVE, STATUS_PENDING};

use crate::address;

/// What somebody is to an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// A member.
    Member,
    /// Invited, with an answer to come.
    Invited,
    /// Neither: never invited, or expired, declined, removed, left.
    Nothing,
    /// Not a member; the service cannot tell whether there is an invitation.
    NoMember,
}

/// Asks for the standing; one request, or two where the service knows only the older API.
///
/// # Errors
/// What the service answers.
pub(crate) async fn standing(
    client: &Atlas,
    org_id: &str,
    username: &str,
) -> Result<Standing, Error> {
    let filter = OrgUserFilter {
        username: Some(username.to_owned()),
        statuses: Vec::new(),
    };
    let users = match client.list_org_users(org_id, &filter).await {
        Err(error) if is_not_offered(&error) => {
            return by_name(client, org_id, username).await;
        }
        answer => answer?,
    };
    // The filter is exact by contract; who else comes back is not who was asked for.
    let statuses: Vec<&str> = users
        .iter()
        .filter(|user| address::is_same(&user.username, username))
        .map(|user| user.user.org_membership_status.as_str())
        .collect();
    Ok(if statuses.contains(&STATUS_ACTIVE) {
        Standing::Member
    } else if statuses.contains(&STATUS_PENDING) {
        Standing::Invited
    } else {
        Standing::Nothing
    })
}

/// Whether somebody is a member, by the older API; by the newer one where the older is no more.
///
/// # Errors
/// What the service answers.
pub(crate) async fn is_member(client: &Atlas, org_id: &str, username: &str) -> Result<bool, Error> {
    let standing = match by_name(client, org_id, username).await {
        Err(error) if error.kind() == ErrorKind::Gone => standing(client, org_id, username).await,
        answer => answer,
    };
    Ok(standing? == Standing::Member)
}

/// The invitation of an address, if one waits for an answer.
///
/// # Errors
/// What the service answers.
pub(crate) async fn find_invitation(
    client: &Atlas,
    org_id: &str,
    username: &str,
) -> Result<Option<OrgInvitation>, Error> {
    let all = client.list_org_invitations(org_id, None).await?;
    Ok(addressed_to(username, all, |found| &found.username))
}

/// Of all invitations the one of an address: in that very spelling if there is one.
pub(crate) fn addressed_to<T>(
    username: &str,
    all: Vec<T>,
    addressee: impl Fn(&T) -> &str,
) -> Option<T> {
    let same = all
        .into_iter()
        .filter(|one| address::is_same(addressee(one), username));
    same.min_by_key(|one| addressee(one) != username)
}

async fn by_name(client: &Atlas, org_id: &str, username: &str) -> Result<Standing, Error> {
    let user = client.user_by_name(username).await?;
    let is_member = user.is_some_and(|user| {
        address::is_same(&user.username, username) && has_role_in(&user, org_id)
    });
    Ok(if is_member {
        Standing::Member
    } else {
        Standing::NoMember
    })
}

/// The vendor's own test: some role names the organization.
fn has_role_in(user: &CloudAppUser, org_id: &str) -> bool {
    let mut organizations = user.roles.iter().filter_map(|role| role.org_id.as_deref());
    organizations.any(|other| other.eq_ignore_ascii_case(org_id))
}

/// Whether the answer may mean that the service lacks this operation.
pub(crate) fn is_not_offered(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Gone)
        || matches!(error.status(), Some(405 | 406 | 501))
}
