//! Projects, and invitations to them and into them.

use axum::http::Method;
use vestibule_core::invitation::Invitation;
use vestibule_core::key::KeyKind;
use vestibule_core::role::{Role, RoleSet, Vocabulary};
use vestibule_core::{EmailAddress, Id};
use vestibule_testkit::answer::Answer;
use vestibule_testkit::app::Secret;

use super::{Api, code, json, masked, shown, text};

/// A new project; its id.
pub(super) async fn project(api: &Api, name: &str) -> String {
    let made = api
        .post("/projects", &format!(r#"{{"name":"{name}"}}"#))
        .await;
    text(&made, "/id")
}

fn to_project(email: &str, project: &str, role: &str) -> String {
    format!(
        r#"{{"email":"{email}","project":"{project}","project_roles":[{{"project":"{project}","roles":["{role}"]}}]}}"#
    )
}

/// The invitation that an answer shows, from the database.
async fn stored(api: &Api, answer: &Answer) -> Invitation {
    let id = Id::from_native(&text(answer, "/id")).expect("an id");
    let found = api.test.run(api.test.owner_ctx(), move |tx, ctx| {
        Ok(tx.find_invitation(ctx.organization, id)?)
    });
    found.await.expect("a read").expect("an invitation")
}

pub(super) async fn accept(api: &Api, made: &Answer) -> Answer {
    let token = api.test.token(&stored(api, made).await);
    answered(api, "accept", &token).await
}

async fn answered(api: &Api, what: &str, token: &str) -> Answer {
    let path = format!("/v1/invitations/{what}");
    let body = format!(r#"{{"token":"{token}"}}"#);
    api.anonymous(Method::POST, &path, &body).await
}

/// What a member has: roles in the organization, and in projects.
pub(super) async fn member(api: &Api, email: &str) -> String {
    let found = api.get(&format!("/members?email={email}")).await;
    let found = &json(&found)["data"][0];
    masked(&format!("{} {}", found["roles"], found["project_roles"]))
}

/// The native key of a new plain member who owns this project.
async fn owner_of(api: &Api, project: &str, email: &str) -> Secret {
    let key = api.member_key(email, Role::Member).await;
    let made = api
        .post("/invitations", &to_project(email, project, "owner"))
        .await;
    assert_eq!(accept(api, &made).await.status, 200);
    key
}

#[tokio::test]
async fn a_project_is_made_listed_read_and_deleted() {
    let api = Api::new().await;
    let made = api.post("/projects", r#"{"name":" Payments (EU) "}"#).await;
    insta::assert_snapshot!(shown(&made), @r#"
    201 Created
    location: /v1/organizations/org_1/projects/prj_1
    {"id":"prj_1","organization":"org_1","name":"Payments (EU)","created_at":"2026-03-01T09:00:00.000000Z","version":1}
    "#);
    let path = format!("/projects/{}", text(&made, "/id"));
    assert_eq!(api.get(&path).await.body, made.body);
    let listed = api.get("/projects").await;
    assert_eq!(json(&listed)["data"][0], json(&made));
    insta::assert_snapshot!(member(&api, "owner@acme.example").await, @r#"["owner"] [{"project":"prj_1","roles":["owner"]}]"#);

    let renamed = api.patch(&path, r#"{"name":"Payments"}"#).await;
    insta::assert_snapshot!(shown(&renamed), @r#"
    200 OK
    {"id":"prj_1","organization":"org_1","name":"Payments","created_at":"2026-03-01T09:00:00.000000Z","version":2}
    "#);
    assert_eq!(api.patch(&path, "{}").await.body, renamed.body);

    assert_eq!(api.delete(&path).await.status, 204);
    assert_eq!(code(&api.get(&path).await), "404 not_found");
    assert_eq!(code(&api.delete(&path).await), "404 not_found");
    assert_eq!(json(&api.get("/projects").await)["data"], json_array());
    insta::assert_snapshot!(member(&api, "owner@acme.example").await, @r#"["owner"] []"#);
    // The name is free again.
    assert_eq!(
        api.post("/projects", r#"{"name":"Payments"}"#).await.status,
        201
    );
}

fn json_array() -> serde_json::Value {
    serde_json::Value::Array(Vec::new())
}

#[tokio::test]
async fn a_name_that_is_taken_or_no_name_is_refused() {
    let api = Api::new().await;
    project(&api, "Payments").await;
    let again = api.post("/projects", r#"{"name":"Payments"}"#).await;
    insta::assert_snapshot!(shown(&again), @r#"
    409 Conflict
    {"type":"about:blank","title":"Conflict","status":409,"detail":"a project with this name exists already","code":"project_name_taken","errors":[{"pointer":"/name","detail":"a project with this name exists already"}]}
    "#);
    let other = format!("/projects/{}", project(&api, "Search").await);
    let taken = api.patch(&other, r#"{"name":"Payments"}"#).await;
    assert_eq!(code(&taken), "409 project_name_taken");
    let wrong = api.post("/projects", r#"{"name":"a/b"}"#).await;
    insta::assert_snapshot!(shown(&wrong), @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the name of the project is not usable: it may hold letters, digits, spaces and -_.(),:&@+' only","code":"invalid_body","errors":[{"pointer":"/name","detail":"the name of the project is not usable: it may hold letters, digits, spaces and -_.(),:&@+' only"}]}
    "#);
}

#[tokio::test]
async fn only_owners_and_project_creators_make_projects() {
    let api = Api::new().await;
    for role in RoleSet::<Role>::every().iter() {
        let name = role.name();
        let key = api
            .member_key(&format!("a-{name}@acme.example"), role)
            .await;
        let body = format!(r#"{{"name":"{name}"}}"#);
        let answer = api.send_as(&key, Method::POST, "/projects", &body).await;
        if matches!(role, Role::Owner | Role::ProjectCreator) {
            assert_eq!(answer.status, 201, "{name}");
            // Who made it may rename and delete it.
            let path = format!("/projects/{}", text(&answer, "/id"));
            let body = format!(r#"{{"name":"{name} 2"}}"#);
            let renamed = api.send_as(&key, Method::PATCH, &path, &body).await;
            assert_eq!(renamed.status, 200, "{name}");
            let deleted = api.send_as(&key, Method::DELETE, &path, "").await;
            assert_eq!(deleted.status, 204, "{name}");
        } else {
            assert_eq!(code(&answer), "403 not_permitted", "{name}");
        }
    }
}

#[tokio::test]
async fn an_invitation_to_a_project_makes_a_member_with_roles_there() {
    let api = Api::new().await;
    let payments = project(&api, "Payments").await;
    let body = to_project("Ann@x.example", &payments, "data_reader");
    let made = api.post("/invitations", &body).await;
    insta::assert_snapshot!(shown(&made), @r#"
    201 Created
    location: /v1/organizations/org_1/invitations/inv_1
    etag: "1"
    {"id":"inv_1","organization":"org_1","email":"Ann@x.example","auth_type":"local","state":"sent","reason":null,"delivery":{"state":"queued","attempts":0,"last_error":null,"handed_off_at":null},"roles":["member"],"teams":[],"project":"prj_1","project_roles":[{"project":"prj_1","roles":["data_reader"]}],"message":null,"user":"usr_1","inviter":{"kind":"user","id":"usr_2","name":"owner@acme.example"},"generation":1,"resend_count":0,"sent_at":"2026-03-01T09:00:00.000000Z","expires_at":"2026-03-08T09:00:00.000000Z","accepted_at":null,"ended_at":null,"created_at":"2026-03-01T09:00:00.000000Z","updated_at":"2026-03-01T09:00:00.000000Z","version":1}
    "#);
    let token = api.test.token(&stored(&api, &made).await);
    insta::assert_snapshot!(shown(&answered(&api, "preview", &token).await), @r#"
    200 OK
    {"organization":{"id":"org_1","name":"Acme"},"email":"Ann@x.example","auth_type":"local","inviter":"owner@acme.example","roles":["member"],"teams":[],"project":{"id":"prj_1","name":"Payments"},"project_roles":[{"project":{"id":"prj_1","name":"Payments"},"roles":["data_reader"]}],"message":null,"expires_at":"2026-03-08T09:00:00.000000Z"}
    "#);
    insta::assert_snapshot!(shown(&answered(&api, "accept", &token).await), @r#"
    200 OK
    {"organization":{"id":"org_1","name":"Acme"},"user":{"id":"usr_1","email":"Ann@x.example"},"roles":["member"],"teams":[],"pruned_teams":[],"project_roles":[{"project":"prj_1","roles":["data_reader"]}],"pruned_projects":[]}
    "#);
    let again = answered(&api, "accept", &token).await;
    assert_eq!(again.status, 200);
    insta::assert_snapshot!(member(&api, "ann@x.example").await, @r#"["member"] [{"project":"prj_1","roles":["data_reader"]}]"#);
    // By this link she came into the organization, and by it she may go.
    assert_eq!(answered(&api, "leave", &token).await.status, 200);
    let left = api.get("/members?email=ann@x.example").await;
    assert_eq!(json(&left)["data"], json_array());
}

#[tokio::test]
async fn whoever_is_invited_to_a_project_only_is_in_no_list_of_people() {
    let api = Api::new().await;
    let payments = project(&api, "Payments").await;
    let body = to_project("ann@x.example", &payments, "owner");
    let made = api.post("/invitations", &body).await;
    let users = api.get("/users").await;
    assert!(!users.body.contains("ann@x.example"), "{}", users.body);
    // The invitation names a user all the same.
    let user = api.get(&format!("/users/{}", text(&made, "/user"))).await;
    assert_eq!(text(&user, "/state"), "placeholder");
    let other = project(&api, "Other").await;
    for (filter, count) in [(&payments, 1), (&other, 0)] {
        let found = api.get(&format!("/invitations?project={filter}")).await;
        assert_eq!(json(&found)["data"].as_array().map(Vec::len), Some(count));
    }
    let wrong = api.get("/invitations?project=payments").await;
    assert_eq!(code(&wrong), "400 invalid_parameter");
}

#[tokio::test]
async fn a_member_is_invited_to_a_project_and_leaves_it_by_the_link() {
    let api = Api::new().await;
    let payments = project(&api, "Payments").await;
    api.member_key("bob@acme.example", Role::BillingViewer)
        .await;
    let body = to_project("bob@acme.example", &payments, "read_only");
    let made = api.post("/invitations", &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(accept(&api, &made).await.status, 200);
    insta::assert_snapshot!(member(&api, "bob@acme.example").await, @r#"["billing_viewer"] [{"project":"prj_1","roles":["read_only"]}]"#);
    insta::assert_snapshot!(shown(&api.post("/invitations", &body).await), @r#"
    409 Conflict
    {"type":"about:blank","title":"Conflict","status":409,"detail":"this person has roles in the project already","code":"already_in_project"}
    "#);

    let token = api.test.token(&stored(&api, &made).await);
    assert_eq!(answered(&api, "leave", &token).await.status, 200);
    insta::assert_snapshot!(member(&api, "bob@acme.example").await, @r#"["billing_viewer"] []"#);
    let path = format!("/invitations/{}", text(&made, "/id"));
    assert_eq!(text(&api.get(&path).await, "/reason"), "user_left");
    assert_eq!(
        code(&answered(&api, "leave", &token).await),
        "404 not_acceptable"
    );
}

#[tokio::test]
async fn an_address_has_one_open_invitation_to_each_thing() {
    let api = Api::new().await;
    let payments = project(&api, "Payments").await;
    let search = project(&api, "Search").await;
    let bodies = [
        to_project("ann@x.example", &payments, "owner"),
        to_project("ann@x.example", &search, "owner"),
        r#"{"email":"ann@x.example","roles":["billing_admin"]}"#.to_owned(),
    ];
    let mut made = Vec::new();
    for body in &bodies {
        let first = api.post("/invitations", body).await;
        assert_eq!(first.status, 201, "{}", first.body);
        let second = api.post("/invitations", body).await;
        assert_eq!(code(&second), "409 live_invitation_exists", "{body}");
        made.push(first);
    }
    // Whichever is accepted first, in the end all promises are kept.
    for made in &made {
        let accepted = accept(&api, made).await;
        assert_eq!(accepted.status, 200, "{}", accepted.body);
    }
    insta::assert_snapshot!(member(&api, "ann@x.example").await, @r#"["billing_admin","member"] [{"project":"prj_1","roles":["owner"]},{"project":"prj_2","roles":["owner"]}]"#);
    for made in &made {
        assert_eq!(accept(&api, made).await.status, 200, "again");
    }
}

#[tokio::test]
async fn an_invitation_to_the_organization_promises_roles_in_projects() {
    let api = Api::new().await;
    let payments = project(&api, "Payments").await;
    let search = project(&api, "Search").await;
    let body = format!(
        r#"{{"email":"ann@x.example","project_roles":[{{"project":"{payments}","roles":["owner"]}},{{"project":"{search}","roles":["read_only"]}},{{"project":"{payments}","roles":["read_only"]}}]}}"#
    );
    let made = api.post("/invitations", &body).await;
    insta::assert_snapshot!(masked(&json(&made)["project_roles"].to_string()), @r#"[{"project":"prj_1","roles":["owner","read_only"]},{"project":"prj_2","roles":["read_only"]}]"#);
    let path = format!("/invitations/{}", text(&made, "/id"));
    let edit = format!(
        r#"{{"project_roles":[{{"project":"{search}","roles":["data_admin"]}},{{"project":"{payments}","roles":["owner"]}}]}}"#
    );
    let edited = api.patch(&path, &edit).await;
    insta::assert_snapshot!(masked(&json(&edited)["project_roles"].to_string()), @r#"[{"project":"prj_1","roles":["data_admin"]},{"project":"prj_2","roles":["owner"]}]"#);
    let emptied = api.patch(&path, r#"{"project_roles":[]}"#).await;
    assert_eq!(json(&emptied)["project_roles"], json_array());
    api.patch(&path, &edit).await;

    // A project that is gone is pruned; the rest is given.
    api.delete(&format!("/projects/{search}")).await;
    let accepted = accept(&api, &made).await;
    insta::assert_snapshot!(shown(&accepted), @r#"
    200 OK
    {"organization":{"id":"org_1","name":"Acme"},"user":{"id":"usr_1","email":"ann@x.example"},"roles":["member"],"teams":[],"pruned_teams":[],"project_roles":[{"project":"prj_1","roles":["owner"]}],"pruned_projects":["prj_2"]}
    "#);
    insta::assert_snapshot!(member(&api, "ann@x.example").await, @r#"["member"] [{"project":"prj_1","roles":["owner"]}]"#);
}

#[tokio::test]
async fn a_members_roles_in_projects_are_replaced_by_whoever_owns_these_projects() {
    let api = Api::new().await;
    let payments = project(&api, "Payments").await;
    let search = project(&api, "Search").await;
    let invitation = api.test.invite("ann@x.example").await;
    api.test.accept(&invitation).await;
    let path = format!("/members/{}", invitation.user);
    let places = |all: &[(&str, &str)]| {
        let one = |(project, role): &(&str, &str)| {
            format!(r#"{{"project":"{project}","roles":["{role}"]}}"#)
        };
        let all: Vec<String> = all.iter().map(one).collect();
        format!(r#"{{"project_roles":[{}]}}"#, all.join(","))
    };
    let both = places(&[(&payments, "data_reader"), (&search, "owner")]);
    let changed = api.patch(&path, &both).await;
    insta::assert_snapshot!(masked(&json(&changed)["project_roles"].to_string()), @r#"[{"project":"prj_1","roles":["data_reader"]},{"project":"prj_2","roles":["owner"]}]"#);

    // What is not named stays, and an empty list takes all away.
    let changed = api.patch(&path, r#"{"roles":["read_only"]}"#).await;
    insta::assert_snapshot!(masked(&json(&changed)["project_roles"].to_string()), @r#"[{"project":"prj_1","roles":["data_reader"]},{"project":"prj_2","roles":["owner"]}]"#);
    let admin = api.member_key("admin@x.example", Role::UserAdmin).await;
    let one = places(&[(&payments, "data_reader")]);
    let refused = api.send_as(&admin, Method::PATCH, &path, &one).await;
    assert_eq!(code(&refused), "403 not_project_owner");
    let same = api.send_as(&admin, Method::PATCH, &path, &both).await;
    assert_eq!(same.status, 200);
    api.patch(&path, r#"{"project_roles":[]}"#).await;
    insta::assert_snapshot!(member(&api, "ann@x.example").await, @r#"["read_only"] []"#);

    let unknown = places(&[("prj_00000000000000000000", "owner")]);
    insta::assert_snapshot!(shown(&api.patch(&path, &unknown).await), @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/project_roles","detail":"a project that it names is not one of this organization"}]}
    "#);
}

#[tokio::test]
async fn deleting_a_project_withdraws_open_invitations_to_it() {
    let api = Api::new().await;
    let payments = project(&api, "Payments").await;
    let open = api
        .post(
            "/invitations",
            &to_project("ann@x.example", &payments, "owner"),
        )
        .await;
    let joined = api
        .post(
            "/invitations",
            &to_project("bob@x.example", &payments, "owner"),
        )
        .await;
    let token = api.test.token(&stored(&api, &open).await);
    accept(&api, &joined).await;
    api.delete(&format!("/projects/{payments}")).await;
    assert_eq!(
        code(&answered(&api, "accept", &token).await),
        "404 not_acceptable"
    );
    for (made, reason) in [(&open, "revoked"), (&joined, "user_removed")] {
        let path = format!("/invitations/{}", text(made, "/id"));
        assert_eq!(text(&api.get(&path).await, "/reason"), reason);
        let resent = api.post(&format!("{path}/resend"), "").await;
        assert!(resent.status.is_client_error(), "{}", resent.body);
    }
    insta::assert_snapshot!(member(&api, "bob@x.example").await, @r#"["member"] []"#);
}

#[tokio::test]
async fn an_invitation_to_a_project_promises_nothing_else() {
    let api = Api::new().await;
    let payments = project(&api, "Payments").await;
    let other = project(&api, "Other").await;
    let grant = format!(r#"{{"project":"{payments}","roles":["owner"]}}"#);
    for (members, expected) in [
        (format!(r#""project":"{payments}""#), "422 invalid_body"),
        (
            format!(r#""project":"{payments}","project_roles":[{grant}],"roles":["owner"]"#),
            "422 invalid_body",
        ),
        (
            format!(r#""project":"{other}","project_roles":[{grant}]"#),
            "422 invalid_body",
        ),
        (
            format!(r#""project":"prj_x","project_roles":[{grant}]"#),
            "422 invalid_body",
        ),
        (
            r#""project_roles":[{"project":"prj_00000000000000000000","roles":["owner"]}]"#
                .to_owned(),
            "422 invalid_body",
        ),
        (
            format!(r#""project_roles":[{{"project":"{payments}","roles":[]}}]"#),
            "422 invalid_body",
        ),
        (
            format!(r#""project_roles":[{{"project":"{payments}","roles":["king"]}}]"#),
            "422 invalid_body",
        ),
    ] {
        let body = format!(r#"{{"email":"ann@x.example",{members}}}"#);
        let answer = api.post("/invitations", &body).await;
        assert_eq!(code(&answer), expected, "{body}");
    }
    let made = api
        .post(
            "/invitations",
            &to_project("ann@x.example", &payments, "owner"),
        )
        .await;
    let path = format!("/invitations/{}", text(&made, "/id"));
    for body in [
        r#"{"roles":["owner"]}"#.to_owned(),
        r#"{"teams":[]}"#.to_owned(),
        r#"{"project_roles":[]}"#.to_owned(),
        format!(r#"{{"project_roles":[{{"project":"{other}","roles":["owner"]}}]}}"#),
    ] {
        let answer = api.patch(&path, &body).await;
        assert_eq!(code(&answer), "422 invalid_body", "{body}");
    }
    insta::assert_snapshot!(shown(&api.patch(&path, r#"{"roles":["owner"]}"#).await), @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"an invitation to a project promises roles in that project, and nothing else","code":"invalid_body","errors":[{"pointer":"/project","detail":"an invitation to a project promises roles in that project, and nothing else"}],"hint":"name the roles in project_roles, and leave roles and teams out"}
    "#);
}

#[tokio::test]
async fn sec_s10_a_projects_owner_invites_to_that_project_and_to_nothing_else() {
    let api = Api::new().await;
    let payments = project(&api, "Payments").await;
    let search = project(&api, "Search").await;
    let owner = owner_of(&api, &payments, "bob@acme.example").await;
    let invite = async |body: &str| {
        let answer = api
            .send_as(&owner, Method::POST, "/invitations", body)
            .await;
        (answer.status == 201)
            .then_some(answer.clone())
            .ok_or_else(|| code(&answer))
    };
    let made = invite(&to_project("ann@x.example", &payments, "owner"))
        .await
        .expect("invited");
    for (body, expected) in [
        (
            to_project("ann@x.example", &search, "read_only"),
            "403 not_project_owner",
        ),
        (
            r#"{"email":"ann@x.example"}"#.to_owned(),
            "403 not_permitted",
        ),
    ] {
        assert_eq!(
            invite(&body).await.map(|a| a.body),
            Err(expected.to_owned())
        );
    }
    // What the organization's owner sent to the other project is none of this one's business.
    let other = api
        .post(
            "/invitations",
            &to_project("ann@x.example", &search, "owner"),
        )
        .await;
    for (made, expected) in [(&other, "403 not_project_owner"), (&made, "")] {
        let path = format!("/invitations/{}/revoke", text(made, "/id"));
        let answer = api.send_as(&owner, Method::POST, &path, "").await;
        if expected.is_empty() {
            assert_eq!(answer.status, 200, "{}", answer.body);
        } else {
            assert_eq!(code(&answer), expected);
        }
    }
    let path = format!("/projects/{search}");
    let answer = api.send_as(&owner, Method::DELETE, &path, "").await;
    insta::assert_snapshot!(shown(&answer), @r#"
    403 Forbidden
    {"type":"about:blank","title":"Forbidden","status":403,"detail":"this needs an owner of the project or of the organization","code":"not_project_owner"}
    "#);
}

#[tokio::test]
async fn sec_s12_what_a_removed_owner_promised_in_a_project_is_not_given() {
    let api = Api::new().await;
    let payments = project(&api, "Payments").await;
    let owner = owner_of(&api, &payments, "bob@acme.example").await;
    let body = to_project("ann@x.example", &payments, "owner");
    let made = api
        .send_as(&owner, Method::POST, "/invitations", &body)
        .await;
    let user = json(&api.get("/members?email=bob@acme.example").await)["data"][0]["user"]
        .as_str()
        .expect("a user")
        .to_owned();
    assert_eq!(api.delete(&format!("/members/{user}")).await.status, 204);
    assert_eq!(code(&accept(&api, &made).await), "409 inviter_lost_rights");
}

#[tokio::test]
async fn sec_s13_whoever_is_removed_does_not_come_back_by_an_invitation_to_a_project() {
    let api = Api::new().await;
    let payments = project(&api, "Payments").await;
    api.member_key("bob@acme.example", Role::Member).await;
    let body = to_project("bob@acme.example", &payments, "owner");
    let made = api.post("/invitations", &body).await;
    let user = text(&made, "/user");
    assert_eq!(api.delete(&format!("/members/{user}")).await.status, 204);
    assert_eq!(code(&accept(&api, &made).await), "404 not_acceptable");
}

#[tokio::test]
async fn leaving_the_organization_ends_every_place_in_a_project() {
    let api = Api::new().await;
    let payments = project(&api, "Payments").await;
    let owner = owner_of(&api, &payments, "bob@acme.example").await;
    let left = api
        .send_as(&owner, Method::POST, "/members:leave", "")
        .await;
    assert_eq!(left.status, 204, "{}", left.body);
    let email = EmailAddress::parse("bob@acme.example").expect("an address");
    let places = api.test.run(api.test.owner_ctx(), move |tx, ctx| {
        let user = tx.find_user_by_email(&email)?.expect("a user");
        Ok(tx.list_projects_of(ctx.organization, user.id)?)
    });
    assert_eq!(places.await.expect("a read"), []);
    let ended = api.get(&format!("/invitations?project={payments}")).await;
    assert_eq!(json(&ended)["data"][0]["reason"], "user_left");
}

#[tokio::test]
async fn a_robot_makes_projects_and_invites_to_them() {
    let api = Api::new().await;
    let robot = api
        .test
        .service_account_key(KeyKind::Native, Role::Owner)
        .await;
    let made = api
        .send_as(&robot, Method::POST, "/projects", r#"{"name":"Payments"}"#)
        .await;
    let body = to_project("ann@x.example", &text(&made, "/id"), "owner");
    let made = api
        .send_as(&robot, Method::POST, "/invitations", &body)
        .await;
    let accepted = accept(&api, &made).await;
    assert_eq!(accepted.status, 200, "{}", accepted.body);
}
