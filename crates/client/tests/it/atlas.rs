//! The Atlas client: requests as recorded, versions, paging, errors, lost answers.

use serde_json::{Value, json};
use vestibule_client::atlas::{Atlas, Credentials, OrgUserFilter};
use vestibule_client::{ErrorKind, Secret};
use vestibule_wire::atlas::{OrgInvitationRequest, OrgInvitationUpdate, TeamCreate};

use crate::fixtures::{ATLAS_CREATE, ATLAS_UPDATE, assert_same, recorded};
use crate::server::{Answer, Seen, Server, settings};

const ORG: &str = "5f0000000000000000000001";
const INVITES: &str = "/api/atlas/v2/orgs/5f0000000000000000000001/invites";
const CHALLENGE: &str = r#"Digest realm="MMS Public API", domain="", nonce="jQI2UHrfn+v//3fGO1aQEkkhJtXO1EPs", algorithm=MD5, qop="auth", stale=false"#;

fn client(server: &Server) -> Atlas {
    let credentials = Credentials::AccessToken(Secret::new("token"));
    Atlas::new(&server.url, &credentials, settings()).expect("a client")
}

fn strings(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

fn invite(username: &str) -> OrgInvitationRequest {
    OrgInvitationRequest {
        roles: Some(strings(&["ORG_OWNER"])),
        team_ids: Some(Vec::new()),
        username: Some(username.to_owned()),
        ..OrgInvitationRequest::default()
    }
}

fn invitation(id: &str, username: &str, created_at: &str) -> Value {
    json!({
        "createdAt": created_at, "expiresAt": "2026-04-01T09:00:00Z", "groupRoleAssignments": [],
        "id": id, "inviterUsername": "abcdefgh", "orgId": ORG, "orgName": "Acme",
        "roles": ["ORG_OWNER"], "teamIds": [], "username": username,
    })
}

fn failure(status: u16, code: &str) -> Answer {
    let body = json!({"detail": format!("It is {code}."), "error": status, "errorCode": code,
        "parameters": [], "reason": "x"});
    Answer::json(status, &body)
}

#[tokio::test]
async fn requests_are_those_of_the_vendors_provider() {
    let server = Server::start(|request: &Seen| {
        if request.header("authorization").is_none() {
            return Answer::new(401, "{}").with("www-authenticate", CHALLENGE);
        }
        match (request.method.as_str(), request.target.contains("byName")) {
            ("DELETE", _) => Answer::new(204, ""),
            (_, true) => Answer::json(200, &json!({"username": "carol@example.org"})),
            _ => Answer::json(
                200,
                &invitation("6a0000000000000000000004", "x", "2026-03-01T09:00:00Z"),
            ),
        }
    })
    .await;
    let credentials = Credentials::ApiKey {
        public_key: "abcdefgh".to_owned(),
        private_key: Secret::new("private"),
    };
    let client = Atlas::new(&server.url, &credentials, settings()).expect("a client");
    let name = "Ann.Lee@Example.org";
    client.user_by_name(name).await.expect("ok");
    client
        .create_org_invitation(ORG, &invite(name))
        .await
        .expect("ok");
    let (id, update) = (
        "6a0000000000000000000005",
        OrgInvitationUpdate {
            roles: Some(strings(&["ORG_MEMBER", "ORG_BILLING_ADMIN"])),
            ..OrgInvitationUpdate::default()
        },
    );
    client
        .update_org_invitation(ORG, id, &update)
        .await
        .expect("ok");
    client.org_invitation(ORG, id).await.expect("ok");
    client.delete_org_invitation(ORG, id).await.expect("ok");
    let seen = server.seen();
    let one = format!("{INVITES}/{id}");
    let by_name = format!("/api/atlas/v2/users/byName/{name}");
    assert_eq!(seen.len(), 6, "one challenge for five requests");
    assert_same(&seen[1], &recorded(ATLAS_CREATE, "GET", &by_name));
    assert_same(&seen[2], &recorded(ATLAS_CREATE, "POST", INVITES));
    assert_same(&seen[3], &recorded(ATLAS_UPDATE, "PATCH", &one));
    assert_same(&seen[4], &recorded(ATLAS_UPDATE, "GET", &one));
    assert_eq!(seen[5].line(), format!("DELETE {one}"));
}

#[tokio::test]
async fn each_operation_asks_for_its_own_version() {
    let server = Server::start(|_| Answer::new(404, "{}")).await;
    let client = client(&server);
    client.org_user(ORG, "u").await.expect("404 is an answer");
    client.team(ORG, "t").await.expect("404 is an answer");
    let accepted: Vec<_> = server
        .seen()
        .iter()
        .map(|request| format!("{} {}", request.target, request.header("accept").unwrap()))
        .collect();
    insta::assert_snapshot!(accepted.join("\n"), @r"
    /api/atlas/v2/orgs/5f0000000000000000000001/users/u application/vnd.atlas.2025-02-19+json
    /api/atlas/v2/orgs/5f0000000000000000000001/teams/t application/vnd.atlas.2023-01-01+json
    ");
}

#[tokio::test]
async fn user_lists_are_read_to_the_announced_end() {
    let server = Server::start(|request: &Seen| {
        let users: Vec<Value> = if request.target.ends_with("pageNum=1") {
            (0..100).map(|n| json!({"id": n.to_string(), "orgMembershipStatus": "PENDING", "username": "x"})).collect()
        } else {
            vec![json!({"id": "last", "orgMembershipStatus": "ACTIVE", "username": "y"})]
        };
        Answer::json(200, &json!({"links": [], "results": users, "totalCount": 101}))
    })
    .await;
    let filter = OrgUserFilter {
        username: Some("a+b@example.org".to_owned()),
        statuses: strings(&["PENDING", "ACTIVE"]),
    };
    let users = client(&server)
        .list_org_users(ORG, &filter)
        .await
        .expect("ok");
    assert_eq!(users.len(), 101);
    let first = &server.lines()[0];
    assert_eq!(
        first,
        "GET /api/atlas/v2/orgs/5f0000000000000000000001/users?username=a%2Bb%40example.org&orgMembershipStatuses=PENDING&orgMembershipStatuses=ACTIVE&includeCount=true&itemsPerPage=500&pageNum=1"
    );
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn lists_without_a_count_end_with_a_short_page() {
    let server =
        Server::start(|_| Answer::json(200, &json!({"results": [{"id": "t", "name": "ops"}]})))
            .await;
    let teams = client(&server).list_teams(ORG).await.expect("ok");
    assert_eq!((teams.len(), server.seen().len()), (1, 1));
}

#[tokio::test]
async fn a_team_is_created_and_read() {
    let server = Server::start(|_| Answer::json(201, &json!({"id": "t", "name": "ops"}))).await;
    let create = TeamCreate {
        name: Some("ops".to_owned()),
        usernames: None,
    };
    let team = client(&server).create_team(ORG, &create).await.expect("ok");
    assert_eq!(team.name, "ops");
    assert_eq!(server.seen()[0].json(), json!({"name": "ops"}));
}

#[tokio::test]
async fn only_the_status_decides_what_is_not_found() {
    let server = Server::start(|_| failure(403, "ORG_REQUIRES_ACCESS_LIST_404")).await;
    let error = client(&server)
        .org_invitation(ORG, "6a0000000000000000000404")
        .await
        .expect_err("403");
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    let server = Server::start(|_| failure(404, "INVALID_INVITATION_ID")).await;
    let found = client(&server).org_invitation(ORG, "x").await.expect("ok");
    assert_eq!(found, None);
}

#[tokio::test]
async fn errors_carry_the_services_code_and_words() {
    let server = Server::start(|_| failure(400, "INVALID_ROLE_FOR_ORG")).await;
    let error = client(&server)
        .create_org_invitation(ORG, &invite("a@b.example"))
        .await
        .expect_err("400");
    assert_eq!(error.code(), Some("INVALID_ROLE_FOR_ORG"));
    insta::assert_snapshot!(error, @"400 Bad Request: It is INVALID_ROLE_FOR_ORG.");
}

#[tokio::test]
async fn a_401_for_a_missing_role_is_not_a_wrong_key() {
    let server = Server::start(|_| failure(401, "NOT_ORG_OWNER")).await;
    let error = client(&server)
        .list_org_invitations(ORG, None)
        .await
        .expect_err("401");
    assert_eq!(error.kind(), ErrorKind::Forbidden);
}

#[tokio::test]
async fn field_complaints_are_part_of_the_words() {
    let body = json!({"error": 400, "errorCode": "VALIDATION_ERROR", "detail": "Validation failed.",
        "badRequestDetail": {"fields": [{"field": "username", "description": "must be an address"}]}});
    let server = Server::start(move |_| Answer::json(400, &body)).await;
    let error = client(&server)
        .create_org_invitation(ORG, &invite("x"))
        .await
        .expect_err("400");
    insta::assert_snapshot!(error, @"400 Bad Request: Validation failed. (username: must be an address)");
}

#[tokio::test]
async fn the_invitation_rate_limit_is_waited_out_although_it_is_a_400() {
    let server = Server::answering([
        failure(400, "INVITATIONS_RATE_LIMITED_IP"),
        Answer::json(
            200,
            &invitation("6a", "a@b.example", "2026-03-01T09:00:00Z"),
        ),
    ])
    .await;
    client(&server)
        .create_org_invitation(ORG, &invite("a@b.example"))
        .await
        .expect("created");
    assert_eq!(server.lines().len(), 2);
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_is_looked_up_before_it_is_repeated() {
    let date = "Sun, 01 Mar 2026 09:00:05 GMT";
    let ours = invitation("6a", "a@b.example", "2026-03-01T09:00:04Z");
    let server = Server::answering([
        Answer::Drop,
        Answer::json(200, &json!([ours])).with("date", date),
    ])
    .await;
    let created = client(&server)
        .create_org_invitation(ORG, &invite("a@b.example"))
        .await
        .expect("adopted");
    assert_eq!(created.id, "6a");
    let lines = server.lines();
    assert_eq!(lines[1], format!("GET {INVITES}?username=a%40b.example"));
    assert_eq!(lines.len(), 2);

    let made = invitation("6b", "a@b.example", "2026-03-01T09:00:06Z");
    let server = Server::answering([
        Answer::new(502, ""),
        Answer::new(200, "[]").with("date", date),
        Answer::json(200, &made),
    ])
    .await;
    let created = client(&server)
        .create_org_invitation(ORG, &invite("a@b.example"))
        .await
        .expect("created");
    assert_eq!(created.id, "6b");
    let methods: Vec<_> = server.seen().into_iter().map(|seen| seen.method).collect();
    assert_eq!(methods, ["POST", "GET", "POST"]);
}

#[tokio::test]
async fn an_update_says_only_what_it_changes() {
    let server = Server::start(|_| {
        Answer::json(
            200,
            &invitation("6a", "a@b.example", "2026-03-01T09:00:00Z"),
        )
    })
    .await;
    let update = OrgInvitationUpdate {
        team_ids: Some(Vec::new()),
        ..OrgInvitationUpdate::default()
    };
    client(&server)
        .update_org_invitation(ORG, "6a", &update)
        .await
        .expect("ok");
    assert_eq!(server.seen()[0].body, r#"{"teamIds":[]}"#);
}
