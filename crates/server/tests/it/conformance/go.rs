//! The vendor's own Go client for Atlas and its HTTP Digest, unmodified, as the module proxy has
//! them.
//!
//! `scripts/test` builds `tests/go` with them, and says where in `VESTIBULE_TEST_GO`; without that
//! this is skipped.

use std::time::Duration;

use tokio::process::Command;

use super::*;

/// How long all its calls may take together.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_vendors_go_client_understands_every_answer() {
    let Some(program) = std::env::var_os("VESTIBULE_TEST_GO") else {
        println!("skipped: VESTIBULE_TEST_GO is not set; scripts/test builds what it names");
        return;
    };
    let server = Server::new(|_| {}).await;
    let acme = organization("acme", 'A');
    let key = acme.keys.iter().find(|key| key.kind == KeyKind::Atlas);
    let row = key.expect("a key").row(acme.id, START);
    let secret = server.app.keys().api_secret(&row).expect("a secret");
    let run = Command::new(program)
        .args([format!("{}/", server.url), row.public_id, secret])
        .env("NO_PROXY", "127.0.0.1")
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(PATIENCE, run).await;
    let output = output.expect("in time").expect("it runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stdout), @r#"
    organizations 200 {"results":[{"id":"ORG","isDeleted":false,"name":"acme"}],"totalCount":1}
    organization 200 {"id":"ORG","isDeleted":false,"name":"acme"}
    create project 201 {"created":"2026-03-01T09:00:00Z","id":"PROJECT","name":"Rocket","orgId":"ORG"}
    rename project 200 {"created":"2026-03-01T09:00:00Z","id":"PROJECT","name":"Comet","orgId":"ORG"}
    project by name 200 {"created":"2026-03-01T09:00:00Z","id":"PROJECT","name":"Comet","orgId":"ORG"}
    projects 200 {"results":[{"created":"2026-03-01T09:00:00Z","id":"PROJECT","name":"Comet","orgId":"ORG"}],"totalCount":1}
    users 200 {"results":[{"emailAddress":"owner@acme.example","firstName":"Olivia","id":"USER","lastName":"Owner","roles":[{"orgId":"ORG","roleName":"ORG_OWNER"},{"groupId":"PROJECT","roleName":"GROUP_OWNER"}],"username":"owner@acme.example"}],"totalCount":1}
    user by name 200 {"emailAddress":"owner@acme.example","firstName":"Olivia","id":"USER","lastName":"Owner","roles":[{"orgId":"ORG","roleName":"ORG_OWNER"},{"groupId":"PROJECT","roleName":"GROUP_OWNER"}],"username":"owner@acme.example"}
    nobody by name 404 USERNAME_NOT_FOUND
    create team 201 {"id":"TEAM","name":"Blue"}
    rename team 200 {"id":"TEAM","name":"Red"}
    team by name 200 {"id":"TEAM","name":"Red"}
    teams 200 [{"id":"TEAM","name":"Red"}]
    add to team 200 [{"emailAddress":"owner@acme.example","firstName":"Olivia","id":"USER","lastName":"Owner","roles":[{"orgId":"ORG","roleName":"ORG_OWNER"},{"groupId":"PROJECT","roleName":"GROUP_OWNER"}],"teamIds":["TEAM"],"username":"owner@acme.example"}]
    remove from team 204
    who is in the team 200 []
    team to project 200 {"results":[{"roleNames":["GROUP_READ_ONLY"],"teamId":"TEAM"}],"totalCount":1}
    roles of team 200 [{"roleNames":["GROUP_OWNER"],"teamId":"TEAM"}]
    teams of project 200 {"results":[{"roleNames":["GROUP_OWNER"],"teamId":"TEAM"}],"totalCount":1}
    team out of project 204
    invite 200 {"createdAt":"2026-03-01T09:00:00Z","expiresAt":"2026-03-31T09:00:00Z","id":"INVITATION","inviterUsername":"aaaaaaaa","orgId":"ORG","orgName":"acme","roles":["ORG_MEMBER"],"teamIds":["TEAM"],"username":"Ada@Example.com"}
    invite again 400 USER_ALREADY_INVITED
    invite badly 400 INVALID_EMAIL_ADDRESS
    invite badly 400 INVALID_ROLE_FOR_ORG
    invite badly 400 MISSING_ATTRIBUTE
    invitation 200 {"createdAt":"2026-03-01T09:00:00Z","expiresAt":"2026-03-31T09:00:00Z","id":"INVITATION","inviterUsername":"aaaaaaaa","orgId":"ORG","orgName":"acme","roles":["ORG_MEMBER"],"teamIds":["TEAM"],"username":"Ada@Example.com"}
    invitations by address 200 [{"createdAt":"2026-03-01T09:00:00Z","expiresAt":"2026-03-31T09:00:00Z","id":"INVITATION","inviterUsername":"aaaaaaaa","orgId":"ORG","orgName":"acme","roles":["ORG_MEMBER"],"teamIds":["TEAM"],"username":"Ada@Example.com"}]
    change by id 200 {"createdAt":"2026-03-01T09:00:00Z","expiresAt":"2026-03-31T09:00:00Z","id":"INVITATION","inviterUsername":"aaaaaaaa","orgId":"ORG","orgName":"acme","roles":["ORG_READ_ONLY"],"teamIds":["TEAM"],"username":"Ada@Example.com"}
    change by address 200 {"createdAt":"2026-03-01T09:00:00Z","expiresAt":"2026-03-31T09:00:00Z","id":"INVITATION","inviterUsername":"aaaaaaaa","orgId":"ORG","orgName":"acme","roles":["ORG_OWNER"],"teamIds":["TEAM"],"username":"Ada@Example.com"}
    withdraw 204
    withdrawn 404 INVALID_INVITATION_ID
    invite to project 200 {"createdAt":"2026-03-01T09:00:00Z","expiresAt":"2026-03-31T09:00:00Z","groupId":"PROJECT","groupName":"Comet","id":"INVITATION TO PROJECT","inviterUsername":"aaaaaaaa","roles":["GROUP_READ_ONLY"],"username":"bob@example.com"}
    change it 200 {"createdAt":"2026-03-01T09:00:00Z","expiresAt":"2026-03-31T09:00:00Z","groupId":"PROJECT","groupName":"Comet","id":"INVITATION TO PROJECT","inviterUsername":"aaaaaaaa","roles":["GROUP_OWNER"],"username":"bob@example.com"}
    invitations to project 200 [{"createdAt":"2026-03-01T09:00:00Z","expiresAt":"2026-03-31T09:00:00Z","groupId":"PROJECT","groupName":"Comet","id":"INVITATION TO PROJECT","inviterUsername":"aaaaaaaa","roles":["GROUP_OWNER"],"username":"bob@example.com"}]
    withdraw it 204
    delete team 204
    delete project 202
    "#);
}
