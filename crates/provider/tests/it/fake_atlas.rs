//! A minimal Atlas API: legacy invitations, users by name, users of an organization.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::http::Method;
use serde_json::{Value as Json, json};

use crate::server::{Answer, Seen, Server};

pub(crate) const ORG: &str = "5f0000000000000000000001";
const ROOT: &str = "/api/atlas/v2";

#[derive(Default)]
pub(crate) struct Organization {
    /// By id.
    pub(crate) invitations: BTreeMap<String, Json>,
    /// Addresses.
    pub(crate) members: Vec<String>,
    /// Whether the service is too old to list an organization's users with their status.
    pub(crate) is_old: bool,
    /// Whether it refuses to invite members.
    pub(crate) refuses_members: bool,
    /// Answers to give instead, each to the next request whose `METHOD path` contains its text.
    pub(crate) refusals: VecDeque<(&'static str, Answer)>,
    count: u32,
}

pub(crate) struct FakeAtlas {
    pub(crate) server: Server,
    organization: Arc<Mutex<Organization>>,
}

impl FakeAtlas {
    pub(crate) async fn start() -> Self {
        let organization = Arc::new(Mutex::new(Organization::default()));
        let shared = Arc::clone(&organization);
        let server = Server::start(move |seen| shared.lock().unwrap().answer(seen)).await;
        Self {
            server,
            organization,
        }
    }

    pub(crate) fn organization(&self) -> MutexGuard<'_, Organization> {
        self.organization.lock().unwrap()
    }

    pub(crate) fn invitation_ids(&self) -> Vec<String> {
        self.organization().invitations.keys().cloned().collect()
    }

    /// Everybody who is invited accepts.
    pub(crate) fn accept_all(&self) {
        let mut organization = self.organization();
        let accepted = std::mem::take(&mut organization.invitations);
        let names = accepted
            .values()
            .map(|one| one["username"].as_str().unwrap().to_owned());
        organization.members.extend(names);
    }

    pub(crate) fn refuse(&self, what: &'static str, status: u16, code: &str) {
        let answer = (status, failure(status, code, "refused by the test"));
        self.organization().refusals.push_back((what, answer));
    }
}

impl Organization {
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
        let invites = format!("/orgs/{ORG}/invites");
        let users = format!("/orgs/{ORG}/users");
        if let Some(id) = path.strip_prefix(&invites) {
            return self.invites(seen, id.trim_start_matches('/'));
        }
        if let Some(username) = path.strip_prefix("/users/byName/") {
            return self.by_name(username);
        }
        if path == users && !self.is_old {
            return self.users(seen);
        }
        (404, failure(404, "RESOURCE_NOT_FOUND", "no such path"))
    }

    fn invites(&mut self, seen: &Seen, id: &str) -> Answer {
        let unknown = || {
            (
                404,
                failure(404, "INVALID_INVITATION_ID", "An invalid invitation ID."),
            )
        };
        match (&seen.method, id) {
            (&Method::POST, "") => self.invite(&seen.body),
            (&Method::GET, "") => (200, self.invitations.values().cloned().collect()),
            (&Method::GET, _) => self
                .invitations
                .get(id)
                .map_or_else(unknown, |one| (200, one.clone())),
            (&Method::PATCH, _) => {
                let Some(invitation) = self.invitations.get_mut(id) else {
                    return unknown();
                };
                for member in ["roles", "teamIds"] {
                    if !seen.body[member].is_null() {
                        invitation[member] = seen.body[member].clone();
                    }
                }
                (200, invitation.clone())
            }
            (&Method::DELETE, _) => {
                if self.invitations.remove(id).is_some() {
                    (204, Json::Null)
                } else {
                    unknown()
                }
            }
            _ => (405, failure(405, "METHOD_NOT_ALLOWED", "no such method")),
        }
    }

    pub(crate) fn invite(&mut self, body: &Json) -> Answer {
        let username = body["username"].as_str().unwrap();
        if self
            .invitations
            .values()
            .any(|other| is_same(&other["username"], username))
        {
            return (
                400,
                failure(400, "USER_ALREADY_INVITED", "The user is invited already."),
            );
        }
        let mut members = self.members.iter();
        if self.refuses_members && members.any(|member| member.eq_ignore_ascii_case(username)) {
            let body = failure(400, "USER_ALREADY_IN_ORG", "The user is a member already.");
            return (400, body);
        }
        self.count += 1;
        let id = format!("6a{:022}", self.count);
        let invitation = json!({
            "createdAt": "2026-11-22T05:59:56Z",
            "expiresAt": "2026-12-22T05:59:56Z",
            "groupRoleAssignments": [],
            "id": id,
            "inviterUsername": "abcdefgh",
            "orgId": ORG,
            "orgName": "Example",
            "roles": body["roles"],
            "teamIds": body["teamIds"],
            "username": username,
        });
        self.invitations.insert(id, invitation.clone());
        (200, invitation)
    }

    fn by_name(&self, username: &str) -> Answer {
        let found = self
            .members
            .iter()
            .find(|member| member.eq_ignore_ascii_case(username));
        match found {
            None => (404, failure(404, "USERNAME_NOT_FOUND", "No such user.")),
            Some(username) => {
                let roles = json!([{ "orgId": ORG, "roleName": "ORG_MEMBER" }]);
                (
                    200,
                    json!({ "id": "5e1", "roles": roles, "teamIds": [], "username": username }),
                )
            }
        }
    }

    fn users(&self, seen: &Seen) -> Answer {
        let wanted = seen.parameter("username");
        let (page, size) = (
            seen.number("pageNum").unwrap_or(1),
            seen.number("itemsPerPage").unwrap_or(100),
        );
        let user = |name: &str, status: &str| {
            json!({
                "id": "5e1",
                "orgMembershipStatus": status,
                "roles": { "orgRoles": [] },
                "teamIds": [],
                "username": name,
            })
        };
        let active = self.members.iter().map(|member| user(member, "ACTIVE"));
        let pending = self
            .invitations
            .values()
            .map(|invitation| user(invitation["username"].as_str().unwrap(), "PENDING"));
        let matching: Vec<Json> = active
            .chain(pending)
            .filter(|user| {
                let wanted = wanted.as_deref();
                wanted.is_none_or(|wanted| is_same(&user["username"], wanted))
            })
            .collect();
        let results: Vec<&Json> = matching.iter().skip((page - 1) * size).take(size).collect();
        (
            200,
            json!({ "links": [], "totalCount": matching.len(), "results": results }),
        )
    }
}

fn is_same(left: &Json, right: &str) -> bool {
    left.as_str()
        .is_some_and(|left| left.eq_ignore_ascii_case(right))
}

fn failure(status: u16, code: &str, detail: &str) -> Json {
    json!({ "error": status, "errorCode": code, "detail": detail, "reason": "x", "parameters": [] })
}
