//! `PATCH` and `DELETE /iam/v2/users/{id}`.

use axum::http::StatusCode;
use serde_json::json as object;
use vestibule_core::Clock;
use vestibule_core::invitation::{Invitation, State};
use vestibule_core::key::KeyKind;
use vestibule_core::organization::Dialect;
use vestibule_core::role::Role;
use vestibule_core::user::User;
use vestibule_server::ops::{acceptance, invitations, teams};

use super::*;

async fn patch(cloud: &Cloud, id: &str, body: &str) -> Answer {
    cloud
        .call(Method::PATCH, &format!("/users/{id}"), body)
        .await
}

async fn remove(cloud: &Cloud, id: &str) -> Answer {
    cloud
        .call(Method::DELETE, &format!("/users/{id}"), "")
        .await
}

async fn stored(cloud: &Cloud, shown: &Value) -> Invitation {
    let id = Id::from_confluent(text(shown, "/id")).expect("an id");
    let found = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        invitations::load(tx, ctx, id)
    });
    found.await.expect("it is there")
}

/// Invites, accepts, and gives the invitation.
async fn joined(cloud: &Cloud, email: &str) -> Value {
    let made = cloud.invite(email).await;
    cloud.test.accept(&stored(cloud, &made).await).await;
    made
}

#[tokio::test]
async fn a_member_can_be_given_a_name() {
    let cloud = Cloud::new().await;
    let made = joined(&cloud, "ann@example.org").await;
    let id = text(&made, "/user/id");
    cloud.test.clock.advance_seconds(5);
    let body = r#"{"full_name":" Ann Lee ","email":"x@y.example","id":"u-1"}"#;
    let answer = patch(&cloud, id, body).await;
    insta::assert_snapshot!(shown(&answer), @r#"
    200
    {
      "api_version":"iam/v2",
      "kind":"User",
      "id":"u-#1",
      "metadata":{
        "self":"https://vestibule.example/iam/v2/users/u-#1",
        "resource_name":"crn://confluent.cloud/user=u-#1",
        "created_at":"2026-03-01T09:00:00.000000Z",
        "updated_at":"2026-03-01T09:00:05.000000Z"
      },
      "email":"ann@example.org",
      "full_name":"Ann Lee",
      "auth_type":"AUTH_TYPE_LOCAL"
    }
    "#);
    let read = cloud.get(&format!("/users/{id}")).await;
    assert_eq!(read.body, answer.body);
    let same = patch(&cloud, id, "{}").await;
    assert_eq!(same.body, answer.body, "nothing asked for, nothing changed");
}

#[tokio::test]
async fn a_name_that_is_none_points_at_itself() {
    let cloud = Cloud::new().await;
    let made = joined(&cloud, "ann@example.org").await;
    let id = text(&made, "/user/id");
    let answer = patch(&cloud, id, r#"{"full_name":""}"#).await;
    insta::assert_snapshot!(shown(&answer), @r#"
    422
    {
      "errors":[
        {
          "id":"request#1",
          "status":"422",
          "code":"invalid_configuration",
          "title":"Unprocessable Entity",
          "detail":"the full name is not usable: it is empty",
          "source":{
            "pointer":"/full_name"
          }
        }
      ]
    }
    "#);
    for (body, status) in [
        (r#"{"full_name":"see https://evil.example"}"#, 422),
        (r#"{"full_name":"a\u202eb"}"#, 422),
        (r#"{"full_name":5}"#, 422),
        (r#"{"full_name":["a"]}"#, 422),
        ("[]", 422),
        ("{", 400),
        ("", 400),
    ] {
        assert_eq!(patch(&cloud, id, body).await.status, status, "{body}");
    }
    let read = json(&cloud.get(&format!("/users/{id}")).await);
    assert_eq!(text(&read, "/full_name"), "");
}

#[tokio::test]
async fn whoever_is_only_invited_has_no_name_yet() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let answer = patch(&cloud, text(&made, "/user/id"), r#"{"full_name":"Ann"}"#).await;
    insta::assert_snapshot!(shown(&answer), @r#"
    409
    {
      "errors":[
        {
          "id":"request#1",
          "status":"409",
          "code":"conflict",
          "title":"Conflict",
          "detail":"this person was invited, and has not accepted"
        }
      ]
    }
    "#);
    let nobody = patch(&cloud, "u-00000000000000000000", r#"{"full_name":"Ann"}"#).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn sec_s25_whom_other_organizations_know_only_they_themselves_can_rename() {
    let cloud = Cloud::new().await;
    let globex = cloud.test.other_organization("Globex").await;
    let made = joined(&cloud, "ann@example.org").await;
    let id = text(&made, "/user/id");
    cloud
        .test
        .invite_with(&globex, Dialect::Native, "ann@example.org")
        .await;
    let answer = patch(&cloud, id, r#"{"full_name":"Eve"}"#).await;
    insta::assert_snapshot!(shown(&answer), @r#"
    403
    {
      "errors":[
        {
          "id":"request#1",
          "status":"403",
          "code":"user_unauthorized",
          "title":"Forbidden",
          "detail":"only this person can change their name"
        }
      ]
    }
    "#);
    let own = patch(
        &cloud,
        &cloud.test.owner.to_confluent(),
        r#"{"full_name":"Olga"}"#,
    )
    .await;
    assert_eq!(text(&json(&own), "/full_name"), "Olga");
}

#[tokio::test]
async fn renaming_and_removing_take_a_role_that_may() {
    let cloud = Cloud::new().await;
    let ann = cloud.test.member("ann@acme.example", Role::Member).await;
    let owner = cloud.test.owner.to_confluent();
    let ann_path = format!("/users/{}", ann.to_confluent());
    let name = r#"{"full_name":"Ann"}"#;
    let member = cloud
        .test
        .member_key("bob@acme.example", Role::Member, KeyKind::Confluent)
        .await;
    let admin = cloud
        .test
        .member_key("adm@acme.example", Role::UserAdmin, KeyKind::Confluent)
        .await;
    for (key, path, method, status) in [
        (&member, ann_path.as_str(), Method::PATCH, 403),
        (&member, &ann_path, Method::DELETE, 403),
        (&admin, &format!("/users/{owner}"), Method::PATCH, 403),
        (&admin, &format!("/users/{owner}"), Method::DELETE, 403),
        (&admin, &ann_path, Method::PATCH, 200),
        (&admin, &ann_path, Method::DELETE, 204),
        (&admin, &ann_path, Method::DELETE, 404),
    ] {
        let body = if method == Method::PATCH { name } else { "" };
        let answer = cloud.call_as(&basic(key), method.clone(), path, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        if status == 403 {
            assert_eq!(text(&json(&answer), "/errors/0/code"), "user_unauthorized");
        }
    }
}

#[tokio::test]
async fn removing_a_member_ends_what_hung_on_the_membership() {
    let cloud = Cloud::new().await;
    let made = joined(&cloud, "ann@example.org").await;
    let id = text(&made, "/user/id").to_owned();
    let user = Id::from_confluent(&id).expect("an id");
    let key = cloud.test.key_of(user, KeyKind::Confluent).await;
    let team = cloud.test.run(cloud.test.owner_ctx(), |tx, ctx| {
        let ann = vestibule_core::EmailAddress::parse("ann@example.org")?;
        teams::create(tx, ctx, "ops", &[ann])
    });
    let team = team.await.expect("a team").id;
    let before = cloud.call_as(&basic(&key), Method::GET, "/users", "").await;
    assert_eq!(before.status, StatusCode::OK);

    cloud.test.clock.advance_seconds(60);
    let removed = remove(&cloud, &id).await;
    assert_eq!(
        (removed.status, removed.body.as_str()),
        (StatusCode::NO_CONTENT, "")
    );

    let invitation = cloud.read(text(&made, "/id")).await;
    assert_eq!(text(&invitation, "/status"), "INVITE_STATUS_DEACTIVATED");
    assert_eq!(
        stored(&cloud, &made).await.reason.expect("one").name(),
        "user_removed"
    );
    assert_eq!(
        cloud.get(&format!("/users/{id}")).await.status,
        StatusCode::NOT_FOUND
    );
    let users = json(&cloud.get("/users").await);
    assert_eq!(users["data"].as_array().map(Vec::len), Some(1));
    let in_teams = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        Ok(tx.list_team_ids_of(ctx.organization, user)?)
    });
    assert!(!in_teams.await.expect("teams").contains(&team));

    let anew = joined(&cloud, "ann@example.org").await;
    assert_eq!(text(&anew, "/user/id"), id, "the same person");
    // What this node remembers of a key for two seconds, another one never knew.
    cloud.test.app.forget_api_key(&key.key.public_id);
    let after = cloud.call_as(&basic(&key), Method::GET, "/users", "").await;
    assert_eq!(
        after.status,
        StatusCode::UNAUTHORIZED,
        "the old key stays dead"
    );
    assert_eq!(remove(&cloud, &id).await.status, StatusCode::NO_CONTENT);
    assert_eq!(remove(&cloud, &id).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn removing_an_invitee_deactivates_the_invitation_and_kills_its_link() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let link = cloud.test.token(&stored(&cloud, &made).await);
    let id = text(&made, "/user/id");
    assert_eq!(remove(&cloud, id).await.status, StatusCode::NO_CONTENT);
    let invitation = cloud.read(text(&made, "/id")).await;
    assert_eq!(text(&invitation, "/status"), "INVITE_STATUS_DEACTIVATED");
    assert_eq!(invitation["accepted_at"], Value::Null);
    assert_eq!(
        cloud.get(&format!("/users/{id}")).await.status,
        StatusCode::NOT_FOUND
    );
    let token = vestibule_core::secret::AcceptToken::parse(&link).expect("a token");
    let opened = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        acceptance::preview(tx, ctx, &token)
    });
    opened.await.expect_err("the link is dead");
    assert_eq!(remove(&cloud, id).await.status, StatusCode::NOT_FOUND);
    let destroyed = cloud.delete(text(&made, "/id")).await;
    assert_eq!(destroyed.status, StatusCode::NO_CONTENT);
    let anew = cloud.invite("ann@example.org").await;
    assert_eq!(anew["user"], made["user"]);
}

#[tokio::test]
async fn an_invitee_whose_time_ran_out_can_be_read_and_removed() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let id = text(&made, "/user/id");
    cloud.test.clock.advance_seconds(7 * 86_400);
    assert_eq!(
        cloud.get(&format!("/users/{id}")).await.status,
        StatusCode::OK
    );
    assert_eq!(remove(&cloud, id).await.status, StatusCode::NO_CONTENT);
    let invitation = cloud.read(text(&made, "/id")).await;
    assert_eq!(text(&invitation, "/status"), "INVITE_STATUS_DEACTIVATED");
}

#[tokio::test]
async fn the_last_owner_stays() {
    let cloud = Cloud::new().await;
    let answer = remove(&cloud, &cloud.test.owner.to_confluent()).await;
    insta::assert_snapshot!(shown(&answer), @r#"
    409
    {
      "errors":[
        {
          "id":"request#1",
          "status":"409",
          "code":"conflict",
          "title":"Conflict",
          "detail":"the organization would have no owner left"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn a_conflict_with_a_member_says_where_the_accepted_invitation_is() {
    let cloud = Cloud::new().await;
    let made = joined(&cloud, "ann@example.org").await;
    let again = cloud.post(r#"{"email":"Ann@Example.org"}"#).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(again.header("location"), text(&made, "/metadata/self"));
    let owner = cloud.post(r#"{"email":"owner@acme.example"}"#).await;
    assert_eq!(
        owner.header("location"),
        format!(
            "https://vestibule.example/iam/v2/users/{}",
            cloud.test.owner.to_confluent()
        )
    );
}

/// Invites somebody to a new project through the native API, which is the only one of these two
/// that knows projects; the id of the invited person.
async fn invited_to_a_project(cloud: &Cloud, email: &str) -> (Id<Invitation>, String) {
    let native = format!("/v1/organizations/{}", cloud.test.organization);
    let post = async |below: &str, body: Value| {
        let path = format!("{native}{below}");
        let body = body.to_string();
        let made = cloud.test.call(Method::POST, &path, &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        json(&made)
    };
    let name = format!("Of {}", email.replace('@', " at "));
    let project = post("/projects", object!({ "name": name })).await["id"].clone();
    let grants = object!([{"project": project, "roles": ["read_only"]}]);
    let body = object!({"email": email, "project": project, "project_roles": grants});
    let made = post("/invitations", body).await;
    let user: Id<User> = Id::from_native(text(&made, "/user")).expect("an id");
    let id = Id::from_native(text(&made, "/id")).expect("an id");
    (id, user.to_confluent())
}

async fn state(cloud: &Cloud, id: Id<Invitation>) -> State {
    let found = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        invitations::load(tx, ctx, id)
    });
    let now = cloud.test.clock.now();
    found.await.expect("it is there").state_at(now)
}

async fn ids(cloud: &Cloud) -> Vec<String> {
    let page = json(&cloud.get("/users?page_size=100").await);
    let users = page["data"].as_array().expect("a list");
    users
        .iter()
        .map(|user| text(user, "/id").to_owned())
        .collect()
}

#[tokio::test]
async fn whoever_is_invited_to_a_project_only_is_nobody_here() {
    let cloud = Cloud::new().await;
    let (id, user) = invited_to_a_project(&cloud, "ann@example.org").await;
    assert_eq!(ids(&cloud).await, [cloud.test.owner.to_confluent()]);
    let missing = format!("there is no user with the id {user}");
    let read = cloud.get(&format!("/users/{user}")).await;
    let named = patch(&cloud, &user, r#"{"full_name":"Ann"}"#).await;
    let same = patch(&cloud, &user, "{}").await;
    let removed = remove(&cloud, &user).await;
    for answer in [read, named, same, removed] {
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
        assert_eq!(detail(&answer), missing);
    }
    assert_eq!(
        state(&cloud, id).await,
        State::Sent,
        "nobody has touched it"
    );
}

#[tokio::test]
async fn removing_somebody_takes_back_the_invitation_to_a_project_too() {
    let cloud = Cloud::new().await;
    let (to_project, user) = invited_to_a_project(&cloud, "ann@example.org").await;
    let made = cloud.invite("ann@example.org").await;
    assert_eq!(text(&made, "/user/id"), user);
    assert_eq!(remove(&cloud, &user).await.status, StatusCode::NO_CONTENT);
    assert_eq!(state(&cloud, to_project).await, State::Deactivated);
    let shown = cloud.read(text(&made, "/id")).await;
    assert_eq!(text(&shown, "/status"), "INVITE_STATUS_DEACTIVATED");
}

#[tokio::test]
async fn whoever_has_declined_is_nobody_by_an_older_invitation() {
    let cloud = Cloud::new().await;
    let first = cloud.invite("ann@example.org").await;
    cloud.test.clock.advance_seconds(7 * 86_400);
    let second = cloud.invite("ann@example.org").await;
    cloud.test.decline(&stored(&cloud, &second).await).await;
    let user = text(&first, "/user/id");
    let path = format!("/users/{user}");
    assert_eq!(cloud.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ids(&cloud).await, [cloud.test.owner.to_confluent()]);
    assert_eq!(remove(&cloud, user).await.status, StatusCode::NOT_FOUND);
    let first = cloud.read(text(&first, "/id")).await;
    assert_eq!(text(&first, "/status"), "INVITE_STATUS_EXPIRED");
}

#[tokio::test]
async fn an_invitee_whose_time_ran_out_is_listed_whether_or_not_that_is_written_down() {
    for newest_first in [false, true] {
        let cloud = Cloud::with_settings(|settings| {
            settings.confluent.newest_first = newest_first;
        })
        .await;
        let made = cloud.invite("ann@example.org").await;
        let user = text(&made, "/user/id").to_owned();
        let owner = cloud.test.owner.to_confluent();
        let mut expected = vec![owner.clone(), user.clone()];
        expected.sort();
        if newest_first {
            expected.reverse();
        }
        cloud.test.clock.advance_seconds(7 * 86_400);
        assert_eq!(ids(&cloud).await, expected);
        write_down_the_end(&cloud, &made).await;
        assert_eq!(ids(&cloud).await, expected);
        let read = cloud.get(&format!("/users/{user}")).await;
        assert_eq!(read.status, StatusCode::OK);
        // The newest invitation counts, and this one is withdrawn.
        let anew = cloud.invite("ann@example.org").await;
        cloud.delete(text(&anew, "/id")).await;
        assert_eq!(ids(&cloud).await, [owner]);
        let gone = cloud.get(&format!("/users/{user}")).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_conflict_with_a_member_names_no_invitation_that_is_not_shown() {
    let cloud = Cloud::new().await;
    let (id, user) = invited_to_a_project(&cloud, "ann@example.org").await;
    let invitation = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        invitations::load(tx, ctx, id)
    });
    cloud.test.accept(&invitation.await.expect("one")).await;
    let again = cloud.post(r#"{"email":"ann@example.org"}"#).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let url = format!("https://vestibule.example/iam/v2/users/{user}");
    assert_eq!(again.header("location"), url);
}
