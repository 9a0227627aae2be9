//! The table: every route, a body that it takes, and the things that its path names.

use std::collections::BTreeSet;

use vestibule_core::role::Role;

use super::super::*;

/// Where the routes are declared.
pub(super) const SOURCES: [&str; 1] = [include_str!("../../../../src/http/atlas/routes.rs")];

const LATER: &str = "application/vnd.atlas.2024-08-05+json";

/// A route, the version it has, and a body that it takes.
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) version: &'static str,
    pub(super) body: &'static str,
}

pub(super) const fn old(method: &'static str, path: &'static str, body: &'static str) -> Route {
    Route {
        method,
        path,
        version: OLD,
        body,
    }
}

const fn new(method: &'static str, path: &'static str, body: &'static str) -> Route {
    Route {
        version: NEW,
        ..old(method, path, body)
    }
}

pub(super) const ROUTES: &[Route] = &[
    old("GET", "/", ""),
    old("GET", "/users/{user_id}", ""),
    old("GET", "/users/byName/{user_name}", ""),
    old("GET", "/orgs", ""),
    old("GET", "/orgs/{org_id}", ""),
    old("GET", "/orgs/{org_id}/settings", ""),
    old("GET", "/orgs/{org_id}/apiKeys", ""),
    Route {
        version: LATER,
        ..old("GET", "/orgs/{org_id}/serviceAccounts", "")
    },
    old("GET", "/orgs/{org_id}/invites", ""),
    old(
        "POST",
        "/orgs/{org_id}/invites",
        r#"{"username":"new@x.example","roles":["ORG_MEMBER"]}"#,
    ),
    old(
        "PATCH",
        "/orgs/{org_id}/invites",
        r#"{"username":"ann@x.example","roles":["ORG_READ_ONLY"]}"#,
    ),
    old("GET", "/orgs/{org_id}/invites/{invitation_id}", ""),
    old(
        "PATCH",
        "/orgs/{org_id}/invites/{invitation_id}",
        r#"{"roles":["ORG_READ_ONLY"]}"#,
    ),
    old("DELETE", "/orgs/{org_id}/invites/{invitation_id}", ""),
    new("GET", "/orgs/{org_id}/users", ""),
    new(
        "POST",
        "/orgs/{org_id}/users",
        r#"{"username":"new@x.example","roles":{"orgRoles":["ORG_MEMBER"]}}"#,
    ),
    new("GET", "/orgs/{org_id}/users/{user_id}", ""),
    new(
        "PATCH",
        "/orgs/{org_id}/users/{user_id}",
        r#"{"roles":{"orgRoles":["ORG_READ_ONLY"]}}"#,
    ),
    new("DELETE", "/orgs/{org_id}/users/{user_id}", ""),
    new(
        "POST",
        "/orgs/{org_id}/users/{user_id}:addRole",
        r#"{"orgRole":"ORG_READ_ONLY"}"#,
    ),
    new(
        "POST",
        "/orgs/{org_id}/users/{user_id}:removeRole",
        r#"{"orgRole":"ORG_READ_ONLY"}"#,
    ),
    old("GET", "/orgs/{org_id}/teams", ""),
    old("POST", "/orgs/{org_id}/teams", r#"{"name":"new"}"#),
    old("GET", "/orgs/{org_id}/teams/byName/{team_name}", ""),
    old("GET", "/orgs/{org_id}/teams/{team_id}", ""),
    old("PATCH", "/orgs/{org_id}/teams/{team_id}", r#"{"name":"x"}"#),
    old("DELETE", "/orgs/{org_id}/teams/{team_id}", ""),
    new(
        "POST",
        "/orgs/{org_id}/teams/{team_id}:addUser",
        r#"{"id":"USER"}"#,
    ),
    new(
        "POST",
        "/orgs/{org_id}/teams/{team_id}:removeUser",
        r#"{"id":"USER"}"#,
    ),
    new("GET", "/orgs/{org_id}/teams/{team_id}/users", ""),
    old(
        "POST",
        "/orgs/{org_id}/teams/{team_id}/users",
        r#"[{"id":"USER"}]"#,
    ),
    old(
        "DELETE",
        "/orgs/{org_id}/teams/{team_id}/users/{user_id}",
        "",
    ),
    old("GET", "/groups", ""),
    old("POST", "/groups", r#"{"name":"new","orgId":"ORG"}"#),
    old("GET", "/orgs/{org_id}/groups", ""),
    old("GET", "/groups/{group_id}", ""),
    old("PATCH", "/groups/{group_id}", r#"{"name":"x"}"#),
    old("DELETE", "/groups/{group_id}", ""),
    old("GET", "/groups/byName/{group_name}", ""),
    old("GET", "/groups/{group_id}/teams", ""),
    old(
        "POST",
        "/groups/{group_id}/teams",
        r#"[{"teamId":"TEAM","roleNames":["GROUP_OWNER"]}]"#,
    ),
    old("GET", "/groups/{group_id}/teams/{team_id}", ""),
    old(
        "PATCH",
        "/groups/{group_id}/teams/{team_id}",
        r#"{"roleNames":["GROUP_OWNER"]}"#,
    ),
    old("DELETE", "/groups/{group_id}/teams/{team_id}", ""),
    old("GET", "/groups/{group_id}/invites", ""),
    old(
        "POST",
        "/groups/{group_id}/invites",
        r#"{"username":"new@x.example","roles":["GROUP_OWNER"]}"#,
    ),
    old(
        "PATCH",
        "/groups/{group_id}/invites",
        r#"{"username":"pat@x.example","roles":["GROUP_OWNER"]}"#,
    ),
    old("GET", "/groups/{group_id}/invites/{invitation_id}", ""),
    old(
        "PATCH",
        "/groups/{group_id}/invites/{invitation_id}",
        r#"{"roles":["GROUP_OWNER"]}"#,
    ),
    old("DELETE", "/groups/{group_id}/invites/{invitation_id}", ""),
    new("GET", "/groups/{group_id}/users", ""),
    new(
        "POST",
        "/groups/{group_id}/users",
        r#"{"username":"new@x.example","roles":["GROUP_OWNER"]}"#,
    ),
    new("GET", "/groups/{group_id}/users/{user_id}", ""),
    new("DELETE", "/groups/{group_id}/users/{user_id}", ""),
    new(
        "POST",
        "/groups/{group_id}/users/{user_id}:addRole",
        r#"{"groupRole":"GROUP_BACKUP_MANAGER"}"#,
    ),
    new(
        "POST",
        "/groups/{group_id}/users/{user_id}:removeRole",
        r#"{"groupRole":"GROUP_BACKUP_MANAGER"}"#,
    ),
    old("POST", "/v1.0/telemetry/events", "[]"),
];

/// Things of the first organization, for the paths.
#[derive(Clone)]
pub(super) struct Things {
    pub(super) org: String,
    pub(super) invitation: String,
    pub(super) user: String,
    pub(super) user_name: String,
    pub(super) team: String,
    pub(super) team_name: String,
    pub(super) group: String,
    pub(super) group_name: String,
    pub(super) group_team: String,
    pub(super) group_invitation: String,
}

impl Things {
    /// An open invitation, a member and a team; a project with the member in it, another team on
    /// it, and an open invitation to it.
    pub(super) async fn of(cloud: &Cloud) -> Self {
        let user = cloud.test.member("mia@x.example", Role::Member).await;
        let group = cloud.group("things").await;
        let mut made = Vec::new();
        for (list, name) in [("users", "mia@x.example"), ("invites", "pat@x.example")] {
            let body = format!(r#"{{"username":"{name}","roles":["GROUP_READ_ONLY"]}}"#);
            made.push(cloud.post(&format!("{group}/{list}"), &body).await);
        }
        let group_team = cloud.team("crew").await;
        cloud.put_on(&group, &group_team, "GROUP_READ_ONLY").await;
        Self {
            org: cloud.org.clone(),
            invitation: text(&cloud.invite("ann@x.example").await, "/id").to_owned(),
            user: user.to_hex(),
            user_name: "mia@x.example".to_owned(),
            team: cloud.team("ops").await,
            team_name: "ops".to_owned(),
            group: group.replace("/groups/", ""),
            group_name: "things".to_owned(),
            group_team,
            group_invitation: text(&json(&made[1]), "/id").to_owned(),
        }
    }

    /// The same text in place of everything but the organization.
    pub(super) fn all(org: &str, text: &str) -> Self {
        let text = text.to_owned();
        Self {
            org: org.to_owned(),
            invitation: text.clone(),
            user: text.clone(),
            user_name: text.clone(),
            team: text.clone(),
            team_name: text.clone(),
            group: text.clone(),
            group_name: text.clone(),
            group_team: text.clone(),
            group_invitation: text,
        }
    }
}

impl Route {
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// As the source declares it: actions share the route of what they act on.
    pub(super) fn declared(&self) -> String {
        let path = self
            .path
            .rsplit_once(':')
            .map_or(self.path, |(path, _)| path);
        format!("{} {path}", self.method)
    }

    pub(super) fn is_write(&self) -> bool {
        self.method != "GET" && !self.is_telemetry()
    }

    pub(super) fn is_below_a_project(&self) -> bool {
        self.path.starts_with("/groups/{group_id}")
    }

    pub(super) fn is_below_an_organization(&self) -> bool {
        self.path.starts_with("/orgs/{org_id}")
    }

    pub(super) fn is_telemetry(&self) -> bool {
        self.path.contains("telemetry")
    }

    pub(super) fn names_a_thing(&self) -> bool {
        self.path.matches('{').count() > usize::from(self.is_below_an_organization())
    }

    pub(super) fn filled(&self, things: &Things) -> String {
        let (invitation, team) = if self.is_below_a_project() {
            (&things.group_invitation, &things.group_team)
        } else {
            (&things.invitation, &things.team)
        };
        let path = self
            .path
            .replace("{org_id}", &things.org)
            .replace("{group_id}", &things.group)
            .replace("{invitation_id}", invitation)
            .replace("{user_id}", &things.user)
            .replace("{user_name}", &things.user_name)
            .replace("{group_name}", &things.group_name)
            .replace("{team_id}", team)
            .replace("{team_name}", &things.team_name);
        let below = if self.is_telemetry() {
            "/api/private"
        } else {
            "/api/atlas/v2"
        };
        format!("{below}{}", path.trim_end_matches('/'))
    }

    pub(super) fn body(&self, things: &Things) -> String {
        let body = self.body.replace("USER", &things.user);
        let body = body.replace("TEAM", &things.team);
        body.replace("\"ORG\"", &format!("\"{}\"", things.org))
    }

    pub(super) async fn call(&self, cloud: &Cloud, authorization: &str, things: &Things) -> Answer {
        let body = self.body(things);
        self.call_with(cloud, authorization, &self.filled(things), &body)
            .await
    }

    pub(super) async fn call_with(
        &self,
        cloud: &Cloud,
        authorization: &str,
        path: &str,
        body: &str,
    ) -> Answer {
        let method: Method = self.method.parse().expect("a method");
        let request = versioned(self.version, method, path, authorization, body);
        cloud.test.send(request).await
    }
}

/// What a source file declares: the path that follows each `.route(`, with each of its methods.
pub(super) fn declared_in(source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for route in source.split(".route(").skip(1) {
        let (_, rest) = route.split_once('"').expect("a path");
        let (path, rest) = rest.split_once('"').expect("the end of a path");
        // The methods come before whatever is called on the router next.
        let mut depth = 1;
        let methods: String = rest
            .chars()
            .take_while(|c| {
                depth += i32::from(*c == '(') - i32::from(*c == ')');
                depth > 0
            })
            .collect();
        for method in ["get", "post", "patch", "delete", "put"] {
            let is_there = methods
                .match_indices(&format!("{method}("))
                .any(|(at, _)| !methods[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
            if is_there {
                found.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    found
}
