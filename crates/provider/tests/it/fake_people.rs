//! A minimal Atlas API of people: users of an organization, its projects and teams, and the legacy
//! invitations to a project. Written from the vendor's description, not from our server.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::http::Method;
use serde_json::{Value as Json, json};
use tfplugin::Object;
use vestibule_provider::{Environment, Persona, Provider};

use crate::fake_atlas::ORG;
use crate::server::{Answer, Seen, Server};
use crate::terraform::{Terraform, configured, summaries};

pub(crate) const PROJECT: &str = "5f0000000000000000000009";
const ROOT: &str = "/api/atlas/v2";

/// Somebody in the organization or invited to it.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) username: String,
    pub(crate) status: &'static str,
    pub(crate) org_roles: Json,
    pub(crate) project_roles: Vec<String>,
    pub(crate) in_project: bool,
    pub(crate) teams: Vec<String>,
}

#[derive(Default)]
pub(crate) struct World {
    pub(crate) users: Vec<User>,
    pub(crate) teams: Vec<(String, String)>,
    /// Teams on the one project.
    pub(crate) on_project: Vec<String>,
    pub(crate) project_invitations: Vec<Json>,
    /// Whether the legacy invitation API answers 410.
    pub(crate) is_after_the_sunset: bool,
    /// Whether only the older API lists a team's people.
    pub(crate) is_old: bool,
    /// Whether a team takes members only when it is created.
    pub(crate) is_strict: bool,
    /// Answers to give instead, each to the next request whose `METHOD path` contains its text.
    pub(crate) refusals: VecDeque<(&'static str, Answer)>,
    count: u32,
}

pub(crate) struct FakePeople {
    pub(crate) server: Server,
    world: Arc<Mutex<World>>,
}

impl FakePeople {
    pub(crate) async fn start() -> Self {
        let world = Arc::new(Mutex::new(World::default()));
        let shared = Arc::clone(&world);
        let server = Server::start(move |seen| shared.lock().unwrap().answer(seen)).await;
        Self { server, world }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    pub(crate) fn refuse(&self, what: &'static str, status: u16, code: &str) {
        let answer = failure(status, code, "refused by the test");
        self.world().refusals.push_back((what, answer));
    }

    pub(crate) async fn provider(&self) -> Provider {
        let block = Object::new()
            .with("base_url", &self.server.url)
            .with("access_token", "very-secret");
        let (provider, diagnostics) =
            configured(Persona::MongodbAtlas, Environment::new(|_| None), block).await;
        assert_eq!(summaries(&diagnostics), "");
        provider
    }

    pub(crate) async fn terraform(&self, type_name: &str) -> Terraform {
        Terraform::new(&self.provider().await, type_name)
    }
}

impl World {
    pub(crate) fn add(&mut self, username: &str, status: &'static str) -> String {
        self.count += 1;
        let id = format!("5e{:022}", self.count);
        self.users.push(User {
            id: id.clone(),
            username: username.to_owned(),
            status,
            org_roles: json!(["ORG_MEMBER"]),
            project_roles: Vec::new(),
            in_project: false,
            teams: Vec::new(),
        });
        id
    }

    pub(crate) fn user(&mut self, username: &str) -> &mut User {
        self.users
            .iter_mut()
            .find(|user| user.username.eq_ignore_ascii_case(username))
            .unwrap()
    }

    pub(crate) fn add_team(&mut self, name: &str) -> String {
        self.count += 1;
        let id = format!("5d{:022}", self.count);
        self.teams.push((id.clone(), name.to_owned()));
        id
    }

    /// Everybody who is invited accepts.
    pub(crate) fn accept_all(&mut self) {
        for user in &mut self.users {
            user.status = "ACTIVE";
        }
        for invitation in std::mem::take(&mut self.project_invitations) {
            let username = invitation["username"].as_str().unwrap();
            self.add(username, "ACTIVE");
            let user = self.user(username);
            user.in_project = true;
            user.project_roles = strings(&invitation["roles"]);
        }
    }

    /// The addresses in a team.
    pub(crate) fn in_team(&self, team: &str) -> Vec<String> {
        let members = self.users.iter();
        members
            .filter(|user| user.teams.iter().any(|other| other == team))
            .map(|user| user.username.clone())
            .collect()
    }

    fn answer(&mut self, seen: &Seen) -> Answer {
        let line = format!("{} {}", seen.method, seen.path);
        if let Some(position) = self
            .refusals
            .iter()
            .position(|(what, _)| line.contains(what))
        {
            return self.refusals.remove(position).unwrap().1;
        }
        let path = seen.path.strip_prefix(ROOT).unwrap_or("/?");
        if self.is_after_the_sunset && (path.contains("/invites") || path.contains("/byName/")) {
            return failure(410, "VERSION_GONE", "withdrawn");
        }
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match parts.as_slice() {
            ["users", "byName", name] => self.by_name(name),
            ["orgs", ORG] => {
                let links = json!([{ "href": "https://cloud.example/orgs/o", "rel": "self" }]);
                (200, json!({ "id": ORG, "links": links, "name": "Acme" }))
            }
            ["orgs", ORG, "settings"] => {
                let settings = json!({ "multiFactorAuthRequired": true, "securityContact": null });
                (200, settings)
            }
            ["orgs", ORG, "users", rest @ ..] => self.org_users(seen, rest),
            ["orgs", ORG, "teams", rest @ ..] => self.org_teams(seen, rest),
            ["orgs", ORG, "groups"] => page(&[json!({ "id": PROJECT, "name": "Apollo" })]),
            ["groups", PROJECT, "users", rest @ ..] => self.project_users(seen, rest),
            ["groups", PROJECT, "invites", rest @ ..] => self.invites(seen, rest),
            ["groups", PROJECT, "teams"] => {
                let teams = self.on_project.iter();
                let teams: Vec<Json> = teams.map(|id| json!({ "teamId": id })).collect();
                page(&teams)
            }
            ["groups", PROJECT, "teams", team] => {
                self.on_project.retain(|other| other != team);
                (204, Json::Null)
            }
            _ => failure(404, "RESOURCE_NOT_FOUND", "no such path"),
        }
    }

    fn by_name(&self, name: &str) -> Answer {
        let found = self
            .users
            .iter()
            .find(|user| user.status == "ACTIVE" && user.username.eq_ignore_ascii_case(name));
        found.map_or_else(
            || failure(404, "USERNAME_NOT_FOUND", "No such user."),
            |user| {
                let roles = json!([{ "orgId": ORG, "roleName": "ORG_MEMBER" }]);
                let user = json!({ "id": user.id, "roles": roles, "username": user.username });
                (200, user)
            },
        )
    }

    fn org_users(&mut self, seen: &Seen, rest: &[&str]) -> Answer {
        match (&seen.method, rest) {
            (&Method::GET, []) => {
                let shown: Vec<Json> = self.matching(seen).map(org_user).collect();
                page_of(seen, &shown)
            }
            (&Method::POST, []) => {
                let username = seen.body["username"].as_str().unwrap();
                if self.matches(username).is_some() {
                    return failure(409, "USER_ALREADY_IN_ORG", "The user is there already.");
                }
                self.users.retain(|user| user.username != username);
                self.add(username, "PENDING");
                let user = self.user(username);
                user.org_roles = seen.body["roles"]["orgRoles"].clone();
                user.teams = strings(&seen.body["teamIds"]);
                (201, org_user(user))
            }
            (method, [id]) => {
                let Some(position) = self.current(id) else {
                    return failure(404, "USER_NOT_FOUND", "No such user.");
                };
                let user = &mut self.users[position];
                match *method {
                    Method::DELETE => {
                        self.users.remove(position);
                        (204, Json::Null)
                    }
                    Method::PATCH => {
                        if !seen.body["roles"].is_null() {
                            user.org_roles = seen.body["roles"]["orgRoles"].clone();
                        }
                        if !seen.body["teamIds"].is_null() {
                            user.teams = strings(&seen.body["teamIds"]);
                        }
                        (200, org_user(user))
                    }
                    _ => (200, org_user(user)),
                }
            }
            _ => failure(404, "RESOURCE_NOT_FOUND", "no such path"),
        }
    }

    fn project_users(&mut self, seen: &Seen, rest: &[&str]) -> Answer {
        match (&seen.method, rest) {
            (&Method::GET, []) => {
                let shown = self.matching(seen).filter(|user| user.in_project);
                let shown: Vec<Json> = shown.map(project_user).collect();
                page_of(seen, &shown)
            }
            (&Method::POST, []) => {
                let username = seen.body["username"].as_str().unwrap();
                let known = self.matches(username);
                if known.is_some_and(|position| self.users[position].in_project) {
                    return failure(409, "USER_ALREADY_IN_GROUP", "The user is there already.");
                }
                if known.is_none() {
                    self.add(username, "PENDING");
                }
                let user = self.user(username);
                user.in_project = true;
                user.project_roles = strings(&seen.body["roles"]);
                (201, project_user(user))
            }
            (method, [id]) => {
                let (id, verb) = id.split_once(':').unwrap_or((id, ""));
                let found = self.current(id);
                let Some(position) = found.filter(|at| self.users[*at].in_project) else {
                    return failure(404, "USER_NOT_IN_GROUP", "No such user.");
                };
                let user = &mut self.users[position];
                let role = seen.body["groupRole"].as_str().unwrap_or_default();
                match (method.as_str(), verb) {
                    ("DELETE", _) => {
                        user.in_project = false;
                        return (204, Json::Null);
                    }
                    (_, "addRole") => user.project_roles.push(role.to_owned()),
                    (_, "removeRole") => user.project_roles.retain(|other| other != role),
                    _ => {}
                }
                (200, project_user(user))
            }
            _ => failure(404, "RESOURCE_NOT_FOUND", "no such path"),
        }
    }

    fn org_teams(&mut self, seen: &Seen, rest: &[&str]) -> Answer {
        let unknown = || failure(404, "TEAM_NOT_FOUND", "No such team.");
        match rest {
            [] if seen.method == Method::GET => {
                let teams: Vec<Json> = self.teams.iter().map(team_json).collect();
                page_of(seen, &teams)
            }
            [] => self.create_team(&seen.body),
            ["byName", name] => {
                let found = self.teams.iter().find(|(_, other)| other == name);
                found.map_or_else(unknown, |team| (200, team_json(team)))
            }
            [id, rest @ ..] => {
                let (id, verb) = id.split_once(':').unwrap_or((id, ""));
                let Some(position) = self.teams.iter().position(|(other, _)| other == id) else {
                    return unknown();
                };
                match (&seen.method, verb, rest) {
                    (&Method::POST, verb @ ("addUser" | "removeUser"), []) => {
                        self.change_team(id, verb, seen.body["id"].as_str().unwrap())
                    }
                    (&Method::GET, _, ["users"]) => self.team_users(id, seen),
                    (&Method::PATCH, _, []) => {
                        seen.body["name"]
                            .as_str()
                            .unwrap()
                            .clone_into(&mut self.teams[position].1);
                        (200, team_json(&self.teams[position]))
                    }
                    (&Method::DELETE, _, []) => {
                        if self.on_project.iter().any(|other| other == id) {
                            return failure(
                                404,
                                "CANNOT_DELETE_TEAM_ASSIGNED_TO_PROJECT",
                                "The team is on a project.",
                            );
                        }
                        self.teams.remove(position);
                        (204, Json::Null)
                    }
                    _ => (200, team_json(&self.teams[position])),
                }
            }
        }
    }

    fn create_team(&mut self, body: &Json) -> Answer {
        let name = body["name"].as_str().unwrap();
        if self.teams.iter().any(|(_, other)| other == name) {
            return failure(409, "TEAM_NAME_NOT_AVAILABLE", "The name is taken.");
        }
        let usernames = strings(&body["usernames"]);
        for username in &usernames {
            let known = self.matches(username);
            let fits = known.is_some_and(|at| self.users[at].status == "ACTIVE" || !self.is_strict);
            if !fits {
                return failure(404, "USERNAME_NOT_FOUND", "No such user.");
            }
        }
        let id = self.add_team(name);
        for username in &usernames {
            self.user(username).teams.push(id.clone());
        }
        (201, json!({ "id": id, "name": name }))
    }

    fn change_team(&mut self, team: &str, verb: &str, user_id: &str) -> Answer {
        let Some(position) = self.current(user_id) else {
            return failure(404, "USER_NOT_IN_ORG", "No such user.");
        };
        let user = &mut self.users[position];
        let is_in = user.teams.iter().any(|other| other == team);
        match (verb, is_in) {
            ("addUser", true) => failure(409, "USER_ALREADY_IN_TEAM", "The user is in it."),
            ("addUser", false) => {
                user.teams.push(team.to_owned());
                (200, org_user(user))
            }
            (_, true) => {
                user.teams.retain(|other| other != team);
                (200, org_user(user))
            }
            (_, false) => failure(404, "USER_NOT_IN_TEAM", "The user is not in it."),
        }
    }

    fn team_users(&self, team: &str, seen: &Seen) -> Answer {
        let is_in = |user: &&User| user.teams.iter().any(|other| other == team);
        let members = self.matching(seen).filter(is_in);
        if !self.is_old {
            return page_of(seen, &members.map(org_user).collect::<Vec<_>>());
        }
        if seen.accept.as_deref() != Some("application/vnd.atlas.2023-01-01+json") {
            return failure(406, "VERSION_NOT_SUPPORTED", "no such version");
        }
        let active = members.filter(|user| user.status == "ACTIVE");
        let shown = active.map(|user| json!({ "id": user.id, "username": user.username }));
        page(&shown.collect::<Vec<_>>())
    }

    fn invites(&mut self, seen: &Seen, rest: &[&str]) -> Answer {
        let unknown = || failure(404, "INVALID_INVITATION_ID", "An invalid invitation ID.");
        match (&seen.method, rest) {
            (&Method::GET, []) => (200, self.project_invitations.clone().into()),
            (&Method::POST, []) => {
                self.count += 1;
                let invitation = json!({
                    "createdAt": "2026-11-22T05:59:56Z",
                    "expiresAt": "2026-12-22T05:59:56Z",
                    "groupId": PROJECT,
                    "groupName": "Apollo",
                    "id": format!("6a{:022}", self.count),
                    "inviterUsername": "abcdefgh",
                    "roles": seen.body["roles"],
                    "username": seen.body["username"],
                });
                self.project_invitations.push(invitation.clone());
                (200, invitation)
            }
            (method, [id]) => {
                let all = &mut self.project_invitations;
                let Some(position) = all.iter().position(|one| one["id"] == *id) else {
                    return unknown();
                };
                match *method {
                    Method::DELETE => {
                        all.remove(position);
                        (204, Json::Null)
                    }
                    Method::PATCH => {
                        all[position]["roles"] = seen.body["roles"].clone();
                        (200, all[position].clone())
                    }
                    _ => (200, all[position].clone()),
                }
            }
            _ => unknown(),
        }
    }

    /// Who passes the filters of a list: members and the invited.
    fn matching<'a>(&'a self, seen: &Seen) -> impl Iterator<Item = &'a User> {
        let wanted = |name: &str| seen.parameter(name).filter(|value| !value.is_empty());
        let (username, id) = (wanted("username"), wanted("userId"));
        self.users.iter().filter(move |user| {
            let name_fits = username
                .as_ref()
                .is_none_or(|name| name.eq_ignore_ascii_case(&user.username));
            let id_fits = id.as_ref().is_none_or(|id| *id == user.id);
            user.status != "INVITATION_EXPIRED" && name_fits && id_fits
        })
    }

    fn matches(&self, username: &str) -> Option<usize> {
        self.users.iter().position(|user| {
            user.status != "INVITATION_EXPIRED" && user.username.eq_ignore_ascii_case(username)
        })
    }

    fn current(&self, id: &str) -> Option<usize> {
        self.users
            .iter()
            .position(|user| user.id == id && user.status != "INVITATION_EXPIRED")
    }
}

fn team_json(team: &(String, String)) -> Json {
    json!({ "id": team.0, "name": team.1 })
}

fn facts(user: &User) -> Json {
    if user.status == "ACTIVE" {
        return json!({
            "id": user.id, "username": user.username, "orgMembershipStatus": "ACTIVE",
            "country": "US", "createdAt": "2026-01-02T03:04:05Z", "firstName": "Ann",
            "lastAuth": "2026-11-20T05:59:56Z", "lastName": "Lee", "mobileNumber": null,
        });
    }
    json!({
        "id": user.id, "username": user.username, "orgMembershipStatus": user.status,
        "invitationCreatedAt": "2026-11-22T05:59:56Z",
        "invitationExpiresAt": "2026-12-22T05:59:56Z", "inviterUsername": "abcdefgh",
    })
}

fn org_user(user: &User) -> Json {
    let mut shown = facts(user);
    let projects = if user.in_project {
        json!([{ "groupId": PROJECT, "groupRoles": user.project_roles }])
    } else {
        json!([])
    };
    shown["roles"] = json!({ "orgRoles": user.org_roles, "groupRoleAssignments": projects });
    shown["teamIds"] = json!(user.teams);
    shown
}

fn project_user(user: &User) -> Json {
    let mut shown = facts(user);
    shown["roles"] = json!(user.project_roles);
    shown
}

fn strings(list: &Json) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    items
        .map(|item| item.as_str().unwrap().to_owned())
        .collect()
}

/// The part of a list that was asked for.
fn page_of(seen: &Seen, all: &[Json]) -> Answer {
    let size = seen.number("itemsPerPage").unwrap_or(100);
    let number = seen.number("pageNum").unwrap_or(1);
    let page: Vec<&Json> = all.iter().skip((number - 1) * size).take(size).collect();
    (
        200,
        json!({ "links": [], "totalCount": all.len(), "results": page }),
    )
}

fn page(results: &[Json]) -> Answer {
    let count = results.len();
    (
        200,
        json!({ "links": [], "totalCount": count, "results": results }),
    )
}

fn failure(status: u16, code: &str, detail: &str) -> Answer {
    let body = json!({ "error": status, "errorCode": code, "detail": detail, "reason": "x" });
    (status, body)
}
