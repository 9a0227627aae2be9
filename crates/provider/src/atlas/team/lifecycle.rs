//! What happens at the service when a team is created, read, changed, deleted and imported.

use tfplugin::{Context, Diagnostic, Diagnostics, Object, ReadOutcome, Value};
use vestibule_client::atlas::Atlas;
use vestibule_client::{Error, ErrorKind};
use vestibule_wire::atlas::{Team, TeamCreate};

use super::super::failures;
use super::super::listed::{Rosters, Snapshots, Teams};
use super::super::state_id::{decode_parts, encode_parts, split_import_id};
use super::super::values::{keep_planned, stored_strings};
use super::members;
use super::resource::TYPE_NAME;
use crate::address;
use crate::failure::{
    GONE, change, deleted, failed, not_interrupted, outdated, stop, stop_reading,
};
use crate::snapshot::{Sight, Source as _};

const CANNOT_CREATE: &str = "Cannot create the team";
const CANNOT_READ: &str = "Cannot read the team";
const CANNOT_TAKE_OUT: &str = "Cannot take a member out of the team";
const CANNOT_DELETE: &str = "Cannot delete the team";
/// What the vendor answers, with 404 like for a team that is not there, while it is on a project.
const ON_A_PROJECT: &str = "CANNOT_DELETE_TEAM_ASSIGNED_TO_PROJECT";

/// Which team a state is about.
struct Identity {
    org_id: String,
    team_id: String,
}

impl Identity {
    fn of(state: &Object) -> Result<Self, Diagnostics> {
        let mut parts = decode_parts(state.get("id").as_str().unwrap_or_default());
        let mut part = |key: &str, attribute: &str| {
            let stored = state.get(attribute).as_str().map(str::to_owned);
            parts.remove(key).filter(|text| !text.is_empty()).or(stored)
        };
        let (team_id, org_id) = (part("id", "team_id"), part("org_id", "org_id"));
        if let (Some(org_id), Some(team_id)) = (org_id, team_id) {
            return Ok(Self { org_id, team_id });
        }
        Err(Diagnostic::error("The state names no team")
            .detail(
                "The id in the state is not one that a provider for MongoDB Atlas has written. \
                 Remove the resource from the state (terraform state rm) and import it again.",
            )
            .at("id")
            .into())
    }

    fn put_into(&self, state: &mut Object) {
        state.set("org_id", &self.org_id);
        state.set("team_id", &self.team_id);
        state.set("id", state_id(&self.org_id, &self.team_id));
    }
}

/// The vendor's state id of a team, also of its data source.
pub(super) fn state_id(org_id: &str, team_id: &str) -> String {
    encode_parts([("id", team_id), ("org_id", org_id)])
}

/// The strings of a known collection.
pub(super) fn texts(value: &Value) -> Option<Vec<String>> {
    let elements = value.as_slice()?.iter();
    elements
        .map(|element| element.as_str().map(str::to_owned))
        .collect()
}

/// Creates the team with its members. Where the service refuses one of them as a first member, as
/// it may with people who are only invited, the team is created empty and they are added.
pub(super) async fn create(
    client: &Atlas,
    snapshots: &Snapshots,
    cx: &Context,
    planned: Object,
) -> Result<Object, Diagnostics> {
    let (org_id, name) = (planned.str("org_id")?, planned.str("name")?);
    let usernames = texts(planned.get("usernames")).unwrap_or_default();
    not_interrupted(cx)?;
    snapshots.changed_team(org_id);
    let with_members = TeamCreate {
        name: Some(name.to_owned()),
        usernames: Some(usernames.clone()),
    };
    let failure = match client.create_team(org_id, &with_members).await {
        Ok(team) => return created(cx, &planned, &team, &usernames),
        Err(error) => error,
    };
    if usernames.is_empty() || !is_about_a_member(&failure) {
        return Err(creation_failed(&failure, org_id));
    }
    let wanted = members::resolve(client, org_id, &usernames.iter().collect::<Vec<_>>()).await?;
    let empty = TeamCreate {
        name: Some(name.to_owned()),
        usernames: None,
    };
    let team = client
        .create_team(org_id, &empty)
        .await
        .map_err(|error| creation_failed(&error, org_id))?;
    let mut state = created(cx, &planned, &team, &[])?;
    let identity = Identity::of(&state)?;
    add(client, cx, &identity, &wanted, &mut state).await?;
    keep_planned(&mut state, &planned, &["usernames"]);
    Ok(state)
}

fn creation_failed(error: &Error, org_id: &str) -> Diagnostics {
    failures::creation(
        CANNOT_CREATE,
        error,
        TYPE_NAME,
        &format!("{org_id}-TEAM_ID"),
    )
}

/// Whether a creation was refused because of one of the members.
fn is_about_a_member(error: &Error) -> bool {
    let code = error.code().unwrap_or_default();
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Invalid)
        && code.contains("USER")
        && !code.contains("MAX_USERS")
}

fn created(
    cx: &Context,
    planned: &Object,
    team: &Team,
    usernames: &[String],
) -> Result<Object, Diagnostics> {
    let mut state = planned.clone();
    let identity = Identity {
        org_id: planned.str("org_id")?.to_owned(),
        team_id: team.id.clone(),
    };
    identity.put_into(&mut state);
    state.set("usernames", Value::set(usernames));
    cx.checkpoint(&state);
    failures::check_id(&team.id)?;
    Ok(state)
}

pub(super) async fn read(
    client: &Atlas,
    snapshots: &Snapshots,
    state: Object,
) -> Result<ReadOutcome, Diagnostics> {
    let identity = Identity::of(&state)?;
    let Identity { org_id, team_id } = &identity;
    let stop = stop_reading(CANNOT_READ);
    let teams = Teams { client, org_id };
    let team = snapshots.teams.of(org_id).find(team_id, &teams).await;
    let Some(team) = team.map_err(&stop)? else {
        return Ok(ReadOutcome::Gone);
    };
    let stored = stored_strings(&state, "usernames");
    let usernames = usernames(client, snapshots, &identity, &stored).await;
    let Some(usernames) = usernames.map_err(&stop)? else {
        return Ok(ReadOutcome::Gone);
    };
    let mut state = state;
    if decode_parts(state.get("id").as_str().unwrap_or_default()).len() < 2 {
        identity.put_into(&mut state);
    }
    if state.get("org_id").is_null() || state.get("team_id").is_null() {
        state.set("org_id", &identity.org_id);
        state.set("team_id", &identity.team_id);
    }
    state.set("name", &team.name);
    state.set("usernames", Value::set(usernames));
    Ok(ReadOutcome::Keep(state))
}

/// Who is in a team, by the names that are stored; `None` without a team. If many teams are read,
/// it is put together from everybody in the organization, unless that differs from the state.
async fn usernames(
    client: &Atlas,
    snapshots: &Snapshots,
    identity: &Identity,
    stored: &[String],
) -> Result<Option<Vec<String>>, Error> {
    let Identity { org_id, team_id } = identity;
    let rosters = Rosters {
        client,
        org_id,
        pages: &snapshots.roster_pages,
    };
    let listed = match snapshots.rosters.of(org_id).look(team_id, &rosters).await? {
        Sight::Listed(users) => Some(members::shown(&users, stored)),
        Sight::NotListed => Some(Vec::new()),
        Sight::Unknown => None,
    };
    if let Some(listed) = listed
        && members::are_same(&listed, stored)
    {
        return Ok(Some(listed));
    }
    let users = rosters.single(team_id).await?;
    Ok(users.map(|users| members::shown(&users, stored)))
}

/// Renames, adds, and only then takes out, and only those whom the plan takes out: a member who was
/// added elsewhere in the meantime stays.
pub(super) async fn update(
    client: &Atlas,
    snapshots: &Snapshots,
    cx: &Context,
    prior: &Object,
    planned: Object,
) -> Result<Object, Diagnostics> {
    let identity = Identity::of(prior)?;
    let Identity { org_id, team_id } = &identity;
    let (has, wants) = (
        stored_strings(prior, "usernames"),
        texts(planned.get("usernames")).unwrap_or_default(),
    );
    let newcomers = members::resolve(client, org_id, &members::without(&wants, &has)).await?;
    let mut state = prior.clone();
    snapshots.changed_team(org_id);
    if prior.get("name") != planned.get("name") {
        client
            .rename_team(org_id, team_id, planned.str("name")?)
            .await
            .map_err(|error| change("Cannot rename the team", &error))?;
        state.set("name", planned.get("name").clone());
        cx.checkpoint(&state);
    }
    add(client, cx, &identity, &newcomers, &mut state).await?;
    remove(
        client,
        cx,
        &identity,
        &members::without(&has, &wants),
        &mut state,
    )
    .await?;
    Ok(planned)
}

/// Adds people one by one; the state says at any time who is in.
async fn add(
    client: &Atlas,
    cx: &Context,
    identity: &Identity,
    people: &[(String, String)],
    state: &mut Object,
) -> Result<(), Diagnostics> {
    for (username, id) in people {
        match client
            .add_team_user(&identity.org_id, &identity.team_id, id)
            .await
        {
            // Somebody else has added them.
            Err(error) if error.kind() == ErrorKind::Conflict => {}
            answer => {
                answer.map_err(|error| change("Cannot add a member to the team", &error))?;
            }
        }
        let mut usernames = stored_strings(state, "usernames");
        usernames.push(username.clone());
        state.set("usernames", Value::set(usernames));
        cx.checkpoint(state);
    }
    Ok(())
}

/// Takes people out one by one; the state says at any time who is in.
async fn remove(
    client: &Atlas,
    cx: &Context,
    identity: &Identity,
    leavers: &[&String],
    state: &mut Object,
) -> Result<(), Diagnostics> {
    if leavers.is_empty() {
        return Ok(());
    }
    let users = members::list(client, &identity.org_id, &identity.team_id)
        .await
        .map_err(stop_reading(CANNOT_READ))?
        .ok_or_else(|| outdated(Diagnostic::error(CANNOT_TAKE_OUT), GONE))?;
    for leaver in leavers {
        let found = users
            .iter()
            .find(|user| address::is_same(&user.username, leaver));
        if let Some(user) = found {
            take_out(client, identity, &user.user.id).await?;
        }
        let mut rest = stored_strings(state, "usernames");
        rest.retain(|name| !address::is_same(name, leaver));
        state.set("usernames", Value::set(rest));
        cx.checkpoint(state);
    }
    Ok(())
}

async fn take_out(client: &Atlas, identity: &Identity, user_id: &str) -> Result<(), Diagnostics> {
    let answer = client
        .remove_team_user(&identity.org_id, &identity.team_id, user_id)
        .await;
    deleted(CANNOT_TAKE_OUT, answer)
}

/// Deletes the team; one that is on projects is taken off them first, as by the vendor's provider.
pub(super) async fn delete(
    client: &Atlas,
    snapshots: &Snapshots,
    cx: &Context,
    state: &Object,
) -> Result<(), Diagnostics> {
    let identity = Identity::of(state)?;
    let Identity { org_id, team_id } = &identity;
    snapshots.changed_team(org_id);
    match client.delete_team(org_id, team_id).await {
        Err(error) if error.code() == Some(ON_A_PROJECT) => {}
        answer => return gone(answer),
    }
    let projects = take_off_projects(client, &identity)
        .await
        .map_err(stop("Cannot take the team off its projects"))?;
    cx.warning(
        "The team was taken off projects",
        format!(
            "A team that is on a project cannot be deleted. It was taken off: {}.",
            projects.join(", ")
        ),
    );
    gone(client.delete_team(org_id, team_id).await)
}

/// What is not there is deleted; what is still on a project is not, although that is a 404, too.
fn gone(answer: Result<(), Error>) -> Result<(), Diagnostics> {
    match answer {
        Ok(()) => Ok(()),
        Err(error) if error.is_not_found() && error.code() != Some(ON_A_PROJECT) => Ok(()),
        Err(error) => Err(failed(CANNOT_DELETE, &error).into()),
    }
}

async fn take_off_projects(client: &Atlas, identity: &Identity) -> Result<Vec<String>, Error> {
    let mut left = Vec::new();
    for project in client.list_org_projects(&identity.org_id).await? {
        let teams = client.list_project_teams(&project.id).await?;
        let is_on_it = teams
            .iter()
            .any(|team| team.team_id.eq_ignore_ascii_case(&identity.team_id));
        if !is_on_it {
            continue;
        }
        match client
            .remove_project_team(&project.id, &identity.team_id)
            .await
        {
            Err(error) if !error.is_not_found() => return Err(error),
            Ok(()) | Err(_) => left.push(format!("{} ({})", project.name, project.id)),
        }
    }
    Ok(left)
}

/// Takes `ORG_ID-TEAM_ID`.
pub(super) async fn import(client: &Atlas, id: &str) -> Result<Object, Diagnostics> {
    let parts = split_import_id(id).filter(|(_, team_id)| !team_id.is_empty());
    let Some((org_id, team_id)) = parts else {
        return Err(Diagnostic::error("The import id is malformed")
            .detail(format!(
                "It must be the organization's id (24 hexadecimal digits), a hyphen and the \
                 team's id, for example 1112222b3bf99403840e8934-6a0000000000000000000001, but it \
                 is {id:?}."
            ))
            .into());
    };
    let found = client
        .team(org_id, team_id)
        .await
        .map_err(stop("Cannot import the team"))?;
    let Some(found) = found else {
        return Err(Diagnostic::error("There is no such team")
            .detail(format!(
                "The organization {org_id} has no team {team_id:?}."
            ))
            .into());
    };
    let identity = Identity {
        org_id: org_id.to_owned(),
        team_id: found.id,
    };
    let mut state = Object::new();
    identity.put_into(&mut state);
    Ok(state)
}
