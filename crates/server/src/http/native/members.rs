//! `/v1/organizations/{organization}/members` and `/users`.

use axum::response::Response;
use vestibule_core::Id;
use vestibule_core::membership::Membership;
use vestibule_core::project::ProjectGrant;
use vestibule_core::team::Team;
use vestibule_core::user::User as CoreUser;
use vestibule_wire::native::{Member, MemberPatch, MemberQuery, Page, PageQuery, User};

use super::answer;
use super::call::{Body, Call, ListCall};
use super::error::Failure;
use super::page::Wanted;
use super::{convert, read};
use crate::ops::{directory, members, project_members};

/// A member as this API shows one.
type Shown = (CoreUser, Membership, Vec<Id<Team>>, Vec<ProjectGrant>);

/// Lists the members of an organization in the order they joined.
#[utoipa::path(
    get, path = "/organizations/{organization}/members", operation_id = "listMembers",
    tag = "members",
    params(("organization" = String, Path, description = "`org_…`"), MemberQuery),
    responses((status = 200, description = "A page", body = Page<Member>)),
)]
pub(super) async fn list(ListCall { call, query }: ListCall) -> Result<Response, Failure> {
    let page = Wanted::of(&query, &["email"])?;
    let found = match read::email_filter(&query)? {
        Some(email) => {
            let person = call.read(move |tx, ctx| directory::find_person_by_email(tx, ctx, &email));
            let person = person.await?;
            let member = person.and_then(|p| {
                let membership = p.membership?;
                Some((p.user, membership, p.teams, p.projects))
            });
            page.cut(member.into_iter().collect(), |(_, member, ..): &Shown| {
                member.id
            })
        }
        None => all(&call, page).await?,
    };
    let shown =
        |(user, member, teams, projects): &Shown| convert::member(user, member, teams, projects);
    Ok(page.answer(found, |(_, member, ..)| member.id, shown))
}

async fn all(call: &Call, page: Wanted<Membership>) -> Result<Vec<Shown>, Failure> {
    call.read(move |tx, ctx| {
        let found = members::list(tx, ctx, page.after, page.fetch())?;
        let with_teams = found.into_iter().map(|member| {
            let teams = tx.list_team_ids_of(ctx.organization, member.user.id)?;
            let projects = project_members::of_member(tx, ctx, member.user.id)?;
            Ok((member.user, member.membership, teams, projects))
        });
        with_teams.collect()
    })
    .await
}

/// Changes a member's roles, in the organization and in projects, and teams.
#[utoipa::path(
    patch, path = "/organizations/{organization}/members/{user}", operation_id = "updateMember",
    tag = "members",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("user" = String, Path, description = "`usr_…`"),
    ),
    request_body = MemberPatch,
    responses(
        (status = 200, description = "Changed", body = Member),
        (status = 409, description = "The last owner stays one: `last_owner`"),
    ),
)]
pub(super) async fn update(
    call: Call,
    Body(patch): Body<MemberPatch>,
) -> Result<Response, Failure> {
    let id = call.id::<CoreUser>("user")?;
    let change = read::member_edit(patch)?;
    let changed = call
        .write(move |tx, ctx| {
            let membership = members::edit(tx, ctx, id, &change)?;
            let user = directory::load_user(tx, ctx, id)?;
            let teams = tx.list_team_ids_of(ctx.organization, id)?;
            let projects = project_members::of_member(tx, ctx, id)?;
            Ok((user, membership, teams, projects))
        })
        .await;
    let (user, membership, teams, projects) = changed.map_err(Failure::promised)?;
    Ok(answer::ok(&convert::member(
        &user,
        &membership,
        &teams,
        &projects,
    )))
}

/// Removes a member. The invitation that led to the membership ends with it.
#[utoipa::path(
    delete, path = "/organizations/{organization}/members/{user}", operation_id = "removeMember",
    tag = "members",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("user" = String, Path, description = "`usr_…`"),
    ),
    responses(
        (status = 204, description = "Removed"),
        (status = 409, description = "The last owner stays: `last_owner`"),
    ),
)]
pub(super) async fn remove(call: Call) -> Result<Response, Failure> {
    let user = call.id::<CoreUser>("user")?;
    call.write(move |tx, ctx| members::remove(tx, ctx, user))
        .await?;
    Ok(answer::nothing())
}

/// Ends the membership of the person who asks.
#[utoipa::path(
    post, path = "/organizations/{organization}/members:leave", operation_id = "leaveOrganization",
    tag = "members",
    params(("organization" = String, Path, description = "`org_…`")),
    responses(
        (status = 204, description = "Left"),
        (status = 409, description = "The last owner stays: `last_owner`"),
    ),
)]
pub(super) async fn leave(call: Call) -> Result<Response, Failure> {
    call.write(members::leave).await?;
    Ok(answer::nothing())
}

/// Lists the people an organization knows: members, and whoever has an open invitation.
#[utoipa::path(
    get, path = "/organizations/{organization}/users", operation_id = "listUsers", tag = "users",
    params(("organization" = String, Path, description = "`org_…`"), PageQuery),
    responses((status = 200, description = "A page", body = Page<User>)),
)]
pub(super) async fn list_users(ListCall { call, query }: ListCall) -> Result<Response, Failure> {
    let page = Wanted::of(&query, &[])?;
    let found = call
        .read(move |tx, ctx| directory::list_users(tx, ctx, page.after, page.fetch()))
        .await?;
    Ok(page.answer(found, |user| user.id, convert::user))
}

/// Shows a person with a tie to the organization, past ones included.
#[utoipa::path(
    get, path = "/organizations/{organization}/users/{user}", operation_id = "getUser",
    tag = "users",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("user" = String, Path, description = "`usr_…`"),
    ),
    responses((status = 200, description = "The person", body = User)),
)]
pub(super) async fn get_user(call: Call) -> Result<Response, Failure> {
    let id = call.id::<CoreUser>("user")?;
    let found = call
        .read(move |tx, ctx| directory::load_user(tx, ctx, id))
        .await?;
    Ok(answer::ok(&convert::user(&found)))
}
