//! The Atlas client: people of organizations, projects and teams, and invitations without the
//! legacy API.

use serde_json::{Value, json};
use vestibule_client::atlas::{Atlas, Credentials, TeamUserFilter};
use vestibule_client::{ErrorKind, Secret};
use vestibule_wire::atlas::{
    GroupInvitationRequest, GroupUserCreate, OrgInvitationRequest, OrgInvitationUpdate,
    OrgUserCreate, OrgUserRolesRequest, OrgUserUpdate, TeamCreate,
};

use crate::server::{Answer, Seen, Server, settings};

const ORG: &str = "5f0000000000000000000001";
const PROJECT: &str = "5f0000000000000000000009";
const DATE: &str = "Sun, 01 Mar 2026 09:00:05 GMT";

fn client(server: &Server) -> Atlas {
    let credentials = Credentials::AccessToken(Secret::new("token"));
    Atlas::new(&server.url, &credentials, settings()).expect("a client")
}

fn strings(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

fn user(id: &str, status: &str, created_at: &str) -> Value {
    json!({
        "id": id, "orgMembershipStatus": status, "username": "a@b.example",
        "roles": {"groupRoleAssignments": [], "orgRoles": ["ORG_MEMBER"]}, "teamIds": [],
        "invitationCreatedAt": created_at, "invitationExpiresAt": "2026-04-01T09:00:00Z",
        "inviterUsername": "abcdefgh",
    })
}

fn project_user(id: &str, roles: &[&str]) -> Value {
    json!({"id": id, "orgMembershipStatus": "ACTIVE", "username": "a@b.example", "roles": roles})
}

fn page(results: &[Value]) -> Value {
    json!({"links": [], "results": results, "totalCount": results.len()})
}

fn failure(status: u16, code: &str) -> Answer {
    let body = json!({"detail": format!("It is {code}."), "error": status, "errorCode": code,
        "parameters": [], "reason": "x"});
    Answer::json(status, &body)
}

fn new_user() -> OrgUserCreate {
    OrgUserCreate {
        roles: Some(OrgUserRolesRequest {
            org_roles: Some(strings(&["ORG_MEMBER"])),
            ..OrgUserRolesRequest::default()
        }),
        username: Some("a@b.example".to_owned()),
        ..OrgUserCreate::default()
    }
}

fn new_project_user() -> GroupUserCreate {
    GroupUserCreate {
        roles: Some(strings(&["GROUP_READ_ONLY"])),
        username: Some("a@b.example".to_owned()),
    }
}

fn methods(server: &Server) -> Vec<String> {
    server.seen().into_iter().map(|seen| seen.method).collect()
}

#[tokio::test]
async fn people_are_written_at_the_newer_versions_paths() {
    let server = Server::start(|request: &Seen| match request.method.as_str() {
        "DELETE" => Answer::new(204, ""),
        _ => Answer::json(200, &user("u1", "PENDING", "2026-03-01T09:00:00Z")),
    })
    .await;
    let client = client(&server);
    client.create_org_user(ORG, &new_user()).await.expect("ok");
    let update = OrgUserUpdate {
        team_ids: Some(Vec::new()),
        ..OrgUserUpdate::default()
    };
    client
        .update_org_user(ORG, "u1", &update)
        .await
        .expect("ok");
    client.remove_org_user(ORG, "u1").await.expect("ok");
    client.add_team_user(ORG, "t1", "u1").await.expect("ok");
    client.remove_team_user(ORG, "t1", "u1").await.expect("ok");
    client
        .add_project_role(PROJECT, "u1", "GROUP_OWNER")
        .await
        .expect("ok");
    client
        .remove_project_role(PROJECT, "u1", "GROUP_OWNER")
        .await
        .expect("ok");
    client.remove_project_user(PROJECT, "u1").await.expect("ok");
    client
        .rename_team(ORG, "t1", "ops")
        .await
        .expect_err("no team");
    let lines: Vec<String> = server
        .seen()
        .iter()
        .map(|seen| {
            let accept = seen.header("accept").expect("a media type");
            let version = accept.trim_start_matches("application/vnd.atlas.");
            format!("{} {version} {}", seen.line(), seen.body)
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    POST /api/atlas/v2/orgs/5f0000000000000000000001/users 2025-02-19+json {"roles":{"orgRoles":["ORG_MEMBER"]},"username":"a@b.example"}
    PATCH /api/atlas/v2/orgs/5f0000000000000000000001/users/u1 2025-02-19+json {"teamIds":[]}
    DELETE /api/atlas/v2/orgs/5f0000000000000000000001/users/u1 2025-02-19+json 
    POST /api/atlas/v2/orgs/5f0000000000000000000001/teams/t1:addUser 2025-02-19+json {"id":"u1"}
    POST /api/atlas/v2/orgs/5f0000000000000000000001/teams/t1:removeUser 2025-02-19+json {"id":"u1"}
    POST /api/atlas/v2/groups/5f0000000000000000000009/users/u1:addRole 2025-02-19+json {"groupRole":"GROUP_OWNER"}
    POST /api/atlas/v2/groups/5f0000000000000000000009/users/u1:removeRole 2025-02-19+json {"groupRole":"GROUP_OWNER"}
    DELETE /api/atlas/v2/groups/5f0000000000000000000009/users/u1 2025-02-19+json 
    PATCH /api/atlas/v2/orgs/5f0000000000000000000001/teams/t1 2023-01-01+json {"name":"ops"}
    "#);
}

#[tokio::test]
async fn a_list_of_a_teams_people_is_filtered_and_paged() {
    let server = Server::start(|_| Answer::json(200, &page(&[]))).await;
    let filter = TeamUserFilter {
        username: None,
        user_id: Some("u1".to_owned()),
    };
    let found = client(&server).list_team_users(ORG, "t1", &filter).await;
    assert_eq!(found.expect("ok"), []);
    assert_eq!(
        server.lines(),
        [
            "GET /api/atlas/v2/orgs/5f0000000000000000000001/teams/t1/users?userId=u1&includeCount=true&itemsPerPage=500&pageNum=1"
        ]
    );
}

#[tokio::test]
async fn a_lost_answer_to_an_invitation_of_the_newer_api_does_not_invite_twice() {
    let made = user("u1", "PENDING", "2026-03-01T09:00:04Z");
    let server = Server::answering([
        Answer::Drop,
        Answer::json(200, &page(&[made])).with("date", DATE),
    ])
    .await;
    let made = client(&server).create_org_user(ORG, &new_user()).await;
    assert_eq!(made.expect("adopted").user.id, "u1");
    assert_eq!(methods(&server), ["POST", "GET"]);
}

#[tokio::test]
async fn an_older_invitation_of_the_same_address_is_not_taken_for_ours() {
    let older = user("u1", "PENDING", "2026-02-01T09:00:00Z");
    let server = Server::answering([
        Answer::Drop,
        Answer::json(200, &page(std::slice::from_ref(&older))).with("date", DATE),
        failure(409, "USER_ALREADY_IN_ORG"),
        Answer::json(200, &page(&[older])).with("date", DATE),
    ])
    .await;
    let error = client(&server)
        .create_org_user(ORG, &new_user())
        .await
        .expect_err("conflict");
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(methods(&server), ["POST", "GET", "POST", "GET"]);
}

#[tokio::test]
async fn a_lost_answer_that_made_somebody_a_member_at_once_is_recognized_by_the_roles() {
    let made = project_user("u1", &["GROUP_READ_ONLY"]);
    let server = Server::answering([Answer::new(502, ""), Answer::json(200, &page(&[made]))]).await;
    let made = client(&server)
        .create_project_user(PROJECT, &new_project_user())
        .await;
    assert_eq!(made.expect("adopted").user.id, "u1");
    assert_eq!(methods(&server), ["POST", "GET"]);
}

#[tokio::test]
async fn a_team_whose_creation_lost_its_answer_is_known_by_the_time_in_its_id() {
    let create = TeamCreate {
        name: Some("ops".to_owned()),
        usernames: None,
    };
    // 0x69a40084 is 2026-03-01T09:00:04Z; the other id is years older.
    for (id, requests) in [
        ("69a400840000000000000001", ["POST", "GET"].as_slice()),
        ("5fa400840000000000000001", &["POST", "GET", "POST", "GET"]),
    ] {
        let team = json!({"id": id, "name": "ops"});
        let server = Server::start(move |request: &Seen| match request.method.as_str() {
            "GET" => Answer::json(200, &team).with("date", DATE),
            _ if request.header("authorization").is_none() => Answer::new(401, ""),
            _ => Answer::Drop,
        })
        .await;
        let mut settings = settings();
        settings.max_retries = 1;
        let credentials = Credentials::AccessToken(Secret::new("token"));
        let client = Atlas::new(&server.url, &credentials, settings).expect("a client");
        let made = client.create_team(ORG, &create).await;
        assert_eq!(made.is_ok(), requests.len() == 2, "{made:?}");
        assert_eq!(methods(&server)[..2], requests[..2]);
    }
}

/// A service after the sunset: the legacy API is gone, one person is invited, one is a member.
async fn after_the_sunset() -> Server {
    Server::start(|request: &Seen| {
        if request.target.contains("/invites") {
            return failure(410, "VERSION_GONE");
        }
        let pending = user("u1", "PENDING", "2026-03-01T09:00:00Z");
        match (request.method.as_str(), request.target.as_str()) {
            ("DELETE", _) => Answer::new(204, ""),
            ("GET", target) if target.contains("users?") => Answer::json(200, &page(&[pending])),
            ("GET", target) if target.ends_with("/u2") => {
                Answer::json(200, &user("u2", "ACTIVE", "2026-03-01T09:00:00Z"))
            }
            ("GET", target) if target.contains("/groups/") => Answer::json(
                200,
                &json!({"id": "u1", "orgMembershipStatus": "PENDING", "username": "a@b.example",
                    "roles": ["GROUP_READ_ONLY"]}),
            ),
            (_, target) if target.contains("/groups/") => {
                Answer::json(200, &project_user("u1", &["GROUP_OWNER"]))
            }
            _ => Answer::json(200, &pending),
        }
    })
    .await
}

#[tokio::test]
async fn after_the_sunset_invitations_are_pending_users_of_the_newer_api() {
    let server = after_the_sunset().await;
    let client = client(&server);
    let invite = OrgInvitationRequest {
        roles: Some(strings(&["ORG_MEMBER"])),
        team_ids: Some(Vec::new()),
        username: Some("a@b.example".to_owned()),
        ..OrgInvitationRequest::default()
    };
    let made = client
        .create_org_invitation(ORG, &invite)
        .await
        .expect("ok");
    assert_eq!(
        (made.id.as_str(), made.created_at.as_str()),
        ("u1", "2026-03-01T09:00:00Z")
    );
    let update = OrgInvitationUpdate {
        roles: Some(strings(&["ORG_OWNER"])),
        ..OrgInvitationUpdate::default()
    };
    client
        .update_org_invitation(ORG, "u1", &update)
        .await
        .expect("ok");
    let found = client.org_invitation(ORG, "u1").await.expect("ok");
    assert_eq!(found.expect("pending").username, "a@b.example");
    let all = client.list_org_invitations(ORG, None).await.expect("ok");
    assert_eq!(all.len(), 1);
    client.delete_org_invitation(ORG, "u1").await.expect("ok");
    let lines: Vec<String> = server
        .seen()
        .iter()
        .map(|seen| format!("{} {}", seen.line(), seen.body))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    POST /api/atlas/v2/orgs/5f0000000000000000000001/invites {"roles":["ORG_MEMBER"],"teamIds":[],"username":"a@b.example"}
    POST /api/atlas/v2/orgs/5f0000000000000000000001/users {"roles":{"orgRoles":["ORG_MEMBER"]},"username":"a@b.example"}
    GET /api/atlas/v2/orgs/5f0000000000000000000001/users/u1 
    PATCH /api/atlas/v2/orgs/5f0000000000000000000001/users/u1 {"roles":{"orgRoles":["ORG_OWNER"]}}
    GET /api/atlas/v2/orgs/5f0000000000000000000001/users/u1 
    GET /api/atlas/v2/orgs/5f0000000000000000000001/users?orgMembershipStatuses=PENDING&includeCount=true&itemsPerPage=500&pageNum=1 
    GET /api/atlas/v2/orgs/5f0000000000000000000001/users/u1 
    DELETE /api/atlas/v2/orgs/5f0000000000000000000001/users/u1
    "#);
}

#[tokio::test]
async fn after_the_sunset_a_member_is_no_invitation_and_is_never_removed_as_one() {
    let server = after_the_sunset().await;
    let client = client(&server);
    let found = client.org_invitation(ORG, "u2").await.expect("ok");
    assert_eq!(found, None);
    let error = client
        .delete_org_invitation(ORG, "u2")
        .await
        .expect_err("not pending");
    assert!(error.is_not_found());
    let error = client
        .update_org_invitation(ORG, "u2", &OrgInvitationUpdate::default())
        .await
        .expect_err("not pending");
    assert!(error.is_not_found());
    assert!(!methods(&server).contains(&"DELETE".to_owned()));
    assert!(!methods(&server).contains(&"PATCH".to_owned()));
}

#[tokio::test]
async fn after_the_sunset_project_invitations_change_role_by_role() {
    let server = after_the_sunset().await;
    let client = client(&server);
    let invite = GroupInvitationRequest {
        roles: Some(strings(&["GROUP_READ_ONLY"])),
        username: Some("a@b.example".to_owned()),
    };
    client
        .create_project_invitation(PROJECT, &invite)
        .await
        .expect("ok");
    let update = vestibule_wire::atlas::GroupInvitationUpdate {
        roles: Some(strings(&["GROUP_OWNER"])),
    };
    let changed = client
        .update_project_invitation(PROJECT, "u1", &update)
        .await
        .expect("ok");
    assert_eq!(changed.roles, ["GROUP_OWNER"]);
    client
        .delete_project_invitation(PROJECT, "u1")
        .await
        .expect("ok");
    let lines: Vec<String> = server
        .seen()
        .iter()
        .map(|seen| format!("{} {}", seen.line(), seen.body))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    POST /api/atlas/v2/groups/5f0000000000000000000009/invites {"roles":["GROUP_READ_ONLY"],"username":"a@b.example"}
    POST /api/atlas/v2/groups/5f0000000000000000000009/users {"roles":["GROUP_READ_ONLY"],"username":"a@b.example"}
    GET /api/atlas/v2/groups/5f0000000000000000000009/users/u1 
    POST /api/atlas/v2/groups/5f0000000000000000000009/users/u1:addRole {"groupRole":"GROUP_OWNER"}
    POST /api/atlas/v2/groups/5f0000000000000000000009/users/u1:removeRole {"groupRole":"GROUP_READ_ONLY"}
    GET /api/atlas/v2/groups/5f0000000000000000000009/users/u1 
    DELETE /api/atlas/v2/groups/5f0000000000000000000009/users/u1
    "#);
}

#[tokio::test]
async fn many_invitations_over_the_rate_limit_are_all_sent_one_after_the_other() {
    // Ten a minute, and each refused one counts as none: of twenty, ten are refused until their turn.
    let mut accepted = 0;
    let mut refused = 0;
    let server = Server::start(move |_| {
        if accepted >= 10 && refused < 100 && refused % 10 != 9 {
            refused += 1;
            return failure(400, "INVITATIONS_RATE_LIMITED_IP");
        }
        refused += u32::from(accepted >= 10);
        accepted += 1;
        Answer::json(201, &user("u1", "PENDING", "2026-03-01T09:00:00Z"))
    })
    .await;
    let client = client(&server);
    let mut invitations = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        invitations.spawn(async move { client.create_org_user(ORG, &new_user()).await });
    }
    for made in invitations.join_all().await {
        made.expect("invited after all");
    }
}

#[tokio::test]
async fn a_rate_limit_that_never_ends_is_an_error_with_the_services_words() {
    let server = Server::start(|_| failure(400, "INVITATIONS_RATE_LIMITED_IP")).await;
    let error = client(&server)
        .create_org_user(ORG, &new_user())
        .await
        .expect_err("limited");
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    insta::assert_snapshot!(error, @"400 Bad Request: It is INVITATIONS_RATE_LIMITED_IP. (after 31 attempts)");
}
