//! A minimal Confluent IAM API: create, read, list and delete invitations; read and list users;
//! exchange tokens.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::http::Method;
use serde_json::{Value as Json, json};
use tfplugin::CancellationToken;

use crate::server::{Answer, Seen, Server};

#[derive(Default)]
pub(crate) struct Organization {
    pub(crate) invitations: BTreeMap<String, Json>,
    pub(crate) users: Vec<Json>,
    /// Answers to give instead, each to the next request with its method.
    pub(crate) refusals: VecDeque<(Method, Answer)>,
    /// What a new invitation gets when the request names none.
    pub(crate) default_auth_type: Option<&'static str>,
    /// Left out of lists.
    pub(crate) hidden: Vec<String>,
    /// Status and detail of the answer to all lists.
    pub(crate) list_refusal: Option<(u16, &'static str)>,
    /// Fired while a request to invite is under way.
    pub(crate) interrupt: Option<CancellationToken>,
    count: u32,
}

pub(crate) struct FakeConfluent {
    pub(crate) server: Server,
    organization: Arc<Mutex<Organization>>,
}

impl FakeConfluent {
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

    /// Changes one member of an invitation.
    pub(crate) fn set(&self, id: &str, member: &str, value: impl Into<Json>) {
        self.organization()
            .invitations
            .get_mut(id)
            .expect("an invitation")[member] = value.into();
    }

    pub(crate) fn accept(&self, id: &str) {
        self.set(id, "status", "INVITE_STATUS_ACCEPTED");
        self.set(id, "accepted_at", "2026-03-02T10:00:00.123456Z");
    }

    /// Answers the next request of this method with an error.
    pub(crate) fn refuse(&self, method: Method, status: u16, detail: &str) {
        let body = failure(status, detail);
        self.organization()
            .refusals
            .push_back((method, (status, body)));
    }
}

impl Organization {
    fn answer(&mut self, seen: &Seen) -> Answer {
        if seen.method == Method::POST
            && let Some(token) = self.interrupt.take()
        {
            token.cancel();
        }
        if let Some(position) = self
            .refusals
            .iter()
            .position(|(method, _)| *method == seen.method)
        {
            return self.refusals.remove(position).unwrap().1;
        }
        if let Some(id) = seen.path.strip_prefix("/iam/v2/users") {
            return self.users(id.trim_start_matches('/'), &seen.query);
        }
        let rest = seen
            .path
            .strip_prefix("/iam/v2/invitations")
            .unwrap_or("/?");
        let id = rest.trim_start_matches('/').to_owned();
        match (seen.method.as_str(), id.as_str()) {
            ("POST", "") => self.create(&seen.body),
            ("GET", "") => self.list(seen),
            ("GET", _) => match self.invitations.get(&id) {
                Some(found) => (200, found.clone()),
                None => (404, failure(404, "the invitation was not found")),
            },
            ("DELETE", _) => self.delete(&id),
            _ => (404, failure(404, "no such path")),
        }
    }

    pub(crate) fn create(&mut self, body: &Json) -> Answer {
        self.count += 1;
        let id = format!("i-{:06}", self.count);
        let default = self.default_auth_type.unwrap_or("AUTH_TYPE_LOCAL");
        let auth_type = body
            .get("auth_type")
            .cloned()
            .unwrap_or_else(|| json!(default));
        let email = &body["email"];
        if self
            .invitations
            .values()
            .any(|other| other["email"] == *email && other["status"] == "INVITE_STATUS_SENT")
        {
            return (409, failure(409, "an invitation for this address exists"));
        }
        let invitation = json!({
            "api_version": "iam/v2",
            "kind": "Invitation",
            "id": id,
            "metadata": { "self": format!("https://api.confluent.cloud/iam/v2/invitations/{id}") },
            "email": email,
            "auth_type": auth_type,
            "status": "INVITE_STATUS_SENT",
            "accepted_at": null,
            "expires_at": "2026-11-29T05:59:55Z",
            "user": { "id": format!("u-{:06}", self.count), "related": "", "resource_name": "" },
            "creator": { "id": "u-000000", "related": "", "resource_name": "" },
        });
        self.invitations.insert(id, invitation.clone());
        (201, invitation)
    }

    /// Pages of the size asked for, 10 without a wish; a page's token is how many come before it.
    fn list(&self, seen: &Seen) -> Answer {
        if let Some((status, detail)) = self.list_refusal {
            return (status, failure(status, detail));
        }
        let email = seen.parameter("email");
        let (from, size) = (
            seen.number("page_token").unwrap_or(0),
            seen.number("page_size").unwrap_or(10),
        );
        let listed = self.invitations.iter();
        let listed = listed.filter(|(id, _)| !self.hidden.contains(id));
        let matching = listed
            .map(|(_, invitation)| invitation)
            .filter(|invitation| {
                email
                    .as_deref()
                    .is_none_or(|email| invitation["email"] == *email)
            });
        let matching: Vec<&Json> = matching.collect();
        let data: Vec<&&Json> = matching.iter().skip(from).take(size).collect();
        let next = (from + size < matching.len()).then(|| {
            let token = from + size;
            format!("https://api.confluent.cloud/iam/v2/invitations?page_token={token}")
        });
        let metadata = next.map_or_else(|| json!({}), |next| json!({ "next": next }));
        (200, json!({ "metadata": metadata, "data": data }))
    }

    /// A page of at most 100 users, as the vendor's documentation has it, or one user.
    fn users(&self, id: &str, query: &str) -> Answer {
        if !id.is_empty() {
            let found = self.users.iter().find(|user| user["id"] == *id);
            let missing = || (404, failure(404, "the user was not found"));
            return found.map_or_else(missing, |user| (200, user.clone()));
        }
        let parameter = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        let size: usize = parameter("page_size").map_or(10, |text| text.parse().unwrap());
        assert!(size <= 100, "{size}");
        let start: usize = parameter("page_token").map_or(0, |text| text.parse().unwrap());
        let end = (start + size).min(self.users.len());
        let mut metadata = json!({});
        if end < self.users.len() {
            let next = format!("https://api.confluent.cloud/iam/v2/users?page_token={end}");
            metadata["next"] = next.into();
        }
        (
            200,
            json!({ "metadata": metadata, "data": &self.users[start..end] }),
        )
    }

    fn delete(&mut self, id: &str) -> Answer {
        match self.invitations.get(id) {
            None => (404, failure(404, "the invitation was not found")),
            Some(found) if found["status"] == "INVITE_STATUS_ACCEPTED" => (
                400,
                failure(400, "an accepted invitation cannot be deleted"),
            ),
            Some(_) => {
                self.invitations.remove(id);
                (204, Json::Null)
            }
        }
    }
}

pub(crate) fn failure(status: u16, detail: &str) -> Json {
    json!({ "errors": [{ "id": "x", "status": status.to_string(), "detail": detail }] })
}
