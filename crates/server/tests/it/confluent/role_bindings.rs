//! `/iam/v2/role-bindings`.

use axum::http::StatusCode;
use serde_json::json as object;
use vestibule_core::invitation::Invitation;
use vestibule_core::key::KeyKind;
use vestibule_core::membership::{Membership, MembershipState};
use vestibule_core::role::{Role, RoleSet};
use vestibule_server::AppError;
use vestibule_server::ops::{directory, invitations};

use super::*;

fn crn(cloud: &Cloud) -> String {
    let organization = cloud.test.organization.to_uuid();
    format!("crn://confluent.cloud/organization={organization}")
}

fn body(cloud: &Cloud, user: &str, role: &str) -> String {
    object!({
        "principal": format!("User:{user}"),
        "role_name": role,
        "crn_pattern": crn(cloud),
    })
    .to_string()
}

async fn bind(cloud: &Cloud, user: &str, role: &str) -> Answer {
    let body = body(cloud, user, role);
    cloud.call(Method::POST, "/role-bindings", &body).await
}

async fn bound(cloud: &Cloud, user: &str, role: &str) -> Value {
    let answer = bind(cloud, user, role).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    json(&answer)
}

async fn unbind(cloud: &Cloud, id: &str) -> Answer {
    let path = format!("/role-bindings/{id}");
    cloud.call(Method::DELETE, &path, "").await
}

/// Who has which role, as a list with this query says.
async fn listed(cloud: &Cloud, query: &str) -> Vec<String> {
    let answer = cloud.get(&format!("/role-bindings?{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.body);
    let page = json(&answer);
    let data = page["data"].as_array().expect("a list");
    let one = |item| format!("{} {}", text(item, "/principal"), text(item, "/role_name"));
    data.iter().map(one).collect()
}

async fn stored(cloud: &Cloud, shown: &Value) -> Invitation {
    let id = Id::from_confluent(text(shown, "/id")).expect("an id");
    let found = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        invitations::load(tx, ctx, id)
    });
    found.await.expect("it is there")
}

/// The roles of a member, as the core knows them.
async fn roles(cloud: &Cloud, user: &str) -> String {
    let id = Id::from_confluent(user).expect("an id");
    let found = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        directory::load_person(tx, ctx, id)
    });
    let membership = found.await.expect("a person").membership;
    membership.expect("a member").roles.to_names()
}

#[tokio::test]
async fn a_role_bound_to_an_invitee_becomes_the_members() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let user = text(&made, "/user/id");
    let answer = bind(&cloud, user, "AccountAdmin").await;
    insta::assert_snapshot!(shown(&answer).replace(text(&json(&answer), "/id"), "rb-#"), @r#"
    201
    {
      "api_version":"iam/v2",
      "kind":"RoleBinding",
      "id":"rb-#",
      "metadata":{
        "self":"https://vestibule.example/iam/v2/role-bindings/rb-#",
        "resource_name":"crn://confluent.cloud/organization=uuid#1/role-binding=rb-#"
      },
      "principal":"User:u-#2",
      "role_name":"AccountAdmin",
      "crn_pattern":"crn://confluent.cloud/organization=uuid#1"
    }
    "#);
    let binding = json(&answer);
    assert_eq!(answer.header("location"), text(&binding, "/metadata/self"));
    assert_eq!(text(&binding, "/principal"), format!("User:{user}"));
    let read = cloud
        .get(&format!("/role-bindings/{}", text(&binding, "/id")))
        .await;
    assert_eq!(json(&read), binding);
    assert_eq!(
        stored(&cloud, &made).await.roles.to_names(),
        "user_admin,member"
    );

    cloud.test.accept(&stored(&cloud, &made).await).await;
    assert_eq!(roles(&cloud, user).await, "user_admin,member");
    let read = cloud
        .get(&format!("/role-bindings/{}", text(&binding, "/id")))
        .await;
    assert_eq!(json(&read), binding, "the binding stays what it was");
    let deleted = unbind(&cloud, text(&binding, "/id")).await;
    assert_eq!(deleted.status, StatusCode::OK);
    assert_eq!(json(&deleted), binding, "the SDK reads what is gone");
    assert_eq!(roles(&cloud, user).await, "member");
    let again = unbind(&cloud, text(&binding, "/id")).await;
    insta::assert_snapshot!(shown(&again).replace(text(&binding, "/id"), "rb-#"), @r#"
    404
    {
      "errors":[
        {
          "id":"request#1",
          "status":"404",
          "code":"resource_not_found",
          "title":"Not Found",
          "detail":"there is no role binding with the id rb-#"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn binding_twice_is_the_same_success() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let user = text(&made, "/user/id");
    let first = bind(&cloud, user, "BillingAdmin").await;
    let second = bind(&cloud, user, "BillingAdmin").await;
    assert_eq!((second.status, &second.body), (first.status, &first.body));
    let other = bound(&cloud, user, "OrganizationAdmin").await;
    assert_ne!(text(&other, "/id"), text(&json(&first), "/id"));
    let query = format!("crn_pattern={}&principal=User:{user}", crn(&cloud));
    assert_eq!(
        listed(&cloud, &query).await,
        [
            format!("User:{user} OrganizationAdmin"),
            format!("User:{user} BillingAdmin")
        ]
    );
}

#[tokio::test]
async fn withdrawing_ends_bindings_and_inviting_again_after_the_time_keeps_them() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let user = text(&made, "/user/id");
    let binding = bound(&cloud, user, "AccountAdmin").await;
    let path = format!("/role-bindings/{}", text(&binding, "/id"));
    cloud.test.clock.advance_seconds(7 * 86_400);
    assert_eq!(
        cloud.get(&path).await.status,
        StatusCode::OK,
        "it can be renewed"
    );
    let expired = bind(&cloud, user, "BillingAdmin").await;
    assert_eq!(
        expired.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        expired.body
    );
    let anew = cloud.invite("ann@example.org").await;
    assert_eq!(anew["user"], made["user"]);
    assert_eq!(
        stored(&cloud, &anew).await.roles.to_names(),
        "user_admin,member"
    );
    assert_eq!(cloud.get(&path).await.status, StatusCode::OK);

    cloud.delete(text(&anew, "/id")).await;
    assert_eq!(cloud.get(&path).await.status, StatusCode::NOT_FOUND);
    let third = cloud.invite("ann@example.org").await;
    assert_eq!(stored(&cloud, &third).await.roles.to_names(), "member");
}

#[tokio::test]
async fn a_binding_that_can_be_renewed_is_listed_as_it_is_read() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let user = text(&made, "/user/id");
    let binding = bound(&cloud, user, "AccountAdmin").await;
    let path = format!("/role-bindings/{}", text(&binding, "/id"));
    let all = format!("crn_pattern={}", crn(&cloud));
    let one = format!("{all}&principal=User:{user}");
    let hers = [format!("User:{user} AccountAdmin")];
    let owner = cloud.test.owner.to_confluent();
    let owners = format!("User:{owner} OrganizationAdmin");
    let mut both = [owners.clone(), hers[0].clone()];
    both.sort();
    let agree = async |expected: &[String], hers: &[String], when: &str| {
        assert_eq!(listed(&cloud, &all).await, expected, "{when}");
        assert_eq!(listed(&cloud, &one).await, hers, "{when}");
        let read = cloud.get(&path).await.status;
        assert_eq!(read == StatusCode::OK, !hers.is_empty(), "{when}");
    };
    agree(&both, &hers, "open").await;
    cloud.test.clock.advance_seconds(7 * 86_400);
    agree(&both, &hers, "its time is over").await;
    write_down_the_end(&cloud, &made).await;
    agree(&both, &hers, "and that is written down").await;
    let anew = cloud.invite("ann@example.org").await;
    agree(&both, &hers, "invited again").await;
    cloud.delete(text(&anew, "/id")).await;
    agree(&[owners], &[], "withdrawn").await;
}

#[tokio::test]
async fn an_invitation_to_a_project_hides_no_role_and_takes_none() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let user = text(&made, "/user/id");
    let binding = bound(&cloud, user, "AccountAdmin").await;
    cloud.test.clock.advance_seconds(1);
    let native = format!("/v1/organizations/{}", cloud.test.organization);
    let post = async |below: &str, body: Value| {
        let path = format!("{native}{below}");
        let made = cloud
            .test
            .call(Method::POST, &path, &body.to_string())
            .await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        json(&made)
    };
    let project = post("/projects", object!({"name": "Apollo"})).await["id"].clone();
    let grants = object!([{"project": project, "roles": ["read_only"]}]);
    let body = object!({"email": "ann@example.org", "project": project, "project_roles": grants});
    post("/invitations", body).await;

    let path = format!("/role-bindings/{}", text(&binding, "/id"));
    assert_eq!(json(&cloud.get(&path).await), binding);
    let all = format!("crn_pattern={}&principal=User:{user}", crn(&cloud));
    let expected = [format!("User:{user} AccountAdmin")];
    assert_eq!(listed(&cloud, &all).await, expected);

    cloud.test.clock.advance_seconds(7 * 86_400);
    let anew = cloud.invite("ann@example.org").await;
    assert_eq!(
        stored(&cloud, &anew).await.roles.to_names(),
        "user_admin,member"
    );
}

#[tokio::test]
async fn what_an_inviter_could_not_promise_is_not_kept() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    bound(&cloud, text(&made, "/user/id"), "OrganizationAdmin").await;
    cloud.test.clock.advance_seconds(7 * 86_400);
    let admin = cloud
        .test
        .member_key("adm@acme.example", Role::UserAdmin, KeyKind::Confluent)
        .await;
    let body = r#"{"email":"ann@example.org"}"#;
    let anew = cloud
        .call_as(&basic(&admin), Method::POST, "/invitations", body)
        .await;
    assert_eq!(anew.status, StatusCode::CREATED, "{}", anew.body);
    assert_eq!(
        stored(&cloud, &json(&anew)).await.roles.to_names(),
        "member"
    );
}

#[tokio::test]
async fn the_list_has_pages_and_filters() {
    let cloud = Cloud::new().await;
    let owner = cloud.test.owner.to_confluent();
    let mut expected = vec![format!("User:{owner} OrganizationAdmin")];
    for n in 0..3 {
        cloud.test.clock.advance_seconds(1);
        let made = cloud.invite(&format!("p{n}@example.org")).await;
        let user = text(&made, "/user/id");
        for role in ["AccountAdmin", "BillingAdmin"] {
            bound(&cloud, user, role).await;
            expected.push(format!("User:{user} {role}"));
        }
        cloud.invite(&format!("plain{n}@example.org")).await;
    }
    let all = format!("crn_pattern={}", crn(&cloud));
    assert_eq!(listed(&cloud, &all).await, expected);
    for size in 1..4 {
        let mut found = Vec::new();
        let mut path = format!("/role-bindings?{all}&page_size={size}");
        loop {
            let page = json(&cloud.get(&path).await);
            let data = page["data"].as_array().expect("a list");
            assert!(data.len() <= size);
            found.extend(
                data.iter().map(|item| {
                    format!("{} {}", text(item, "/principal"), text(item, "/role_name"))
                }),
            );
            let Some(next) = page["metadata"].get("next") else {
                break;
            };
            let next = next.as_str().expect("a link");
            let below = next.strip_prefix("https://vestibule.example/iam/v2");
            path = below.expect("our own address").to_owned();
        }
        assert_eq!(found, expected, "by {size}");
    }
    let admins = listed(&cloud, &format!("{all}&role_name=AccountAdmin")).await;
    assert_eq!(admins.len(), 3);
    let part = "crn_pattern=crn://confluent.cloud/organization=";
    assert_eq!(listed(&cloud, part).await, expected, "a part of the name");
    let below = format!("{all}/environment=env-1");
    assert!(listed(&cloud, &below).await.is_empty());
    let robot = format!("{all}&principal=User:sa-00000000000000000000");
    assert!(listed(&cloud, &robot).await.is_empty());
    let nobody = format!("{all}&principal=User:u-00000000000000000000");
    assert!(listed(&cloud, &nobody).await.is_empty());
    for (query, parameter) in [
        ("", "crn_pattern"),
        ("crn_pattern=", "crn_pattern"),
        ("principal=User:u-1", "crn_pattern"),
        (
            &format!("{all}&principal=u-00000000000000000000"),
            "principal",
        ),
        (&format!("{all}&role_name=King"), "role_name"),
        (&format!("{all}&page_token=rb-0"), "page_token"),
        (&format!("{all}&colour=red"), "colour"),
    ] {
        let answer = cloud.get(&format!("/role-bindings?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        let named = json(&answer);
        assert_eq!(
            text(&named, "/errors/0/source/parameter"),
            parameter,
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_binding_is_found_behind_any_number_of_people_with_other_roles() {
    let cloud = Cloud::new().await;
    let made = cloud.test.run(cloud.test.owner_ctx(), |tx, ctx| {
        let mut member = |roles: &[Role]| -> Result<_, AppError> {
            let user = ctx.new_id();
            tx.insert_membership(&Membership {
                id: ctx.new_id(),
                organization: ctx.organization,
                user,
                state: MembershipState::Active,
                roles: RoleSet::of(roles),
                invitation: None,
                joined_at: ctx.now,
                ended_at: None,
            })?;
            Ok(user.to_confluent())
        };
        for _ in 0..1_100 {
            member(&[Role::ReadOnly])?;
        }
        member(&[Role::BillingAdmin, Role::ReadOnly])
    });
    let user = made.await.expect("the members are made");
    let query = format!("crn_pattern={}&role_name=BillingAdmin", crn(&cloud));
    let expected = [format!("User:{user} BillingAdmin")];
    assert_eq!(listed(&cloud, &query).await, expected);
}

#[tokio::test]
async fn what_cannot_be_bound_is_named() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let user = format!("User:{}", text(&made, "/user/id"));
    let whole = object!({
        "principal": user,
        "role_name": "AccountAdmin",
        "crn_pattern": crn(&cloud),
    });
    let crn = crn(&cloud);
    for (member, value, pointer) in [
        ("principal", Value::Null, "/principal"),
        ("principal", object!(1), "/principal"),
        ("principal", object!(text(&made, "/id")), "/principal"),
        ("principal", object!(text(&made, "/user/id")), "/principal"),
        (
            "principal",
            object!("User:u-00000000000000000000"),
            "/principal",
        ),
        (
            "principal",
            object!("User:sa-00000000000000000000"),
            "/principal",
        ),
        ("principal", object!("Group:x"), "/principal"),
        ("role_name", Value::Null, "/role_name"),
        ("role_name", object!("CloudClusterAdmin"), "/role_name"),
        ("role_name", object!("owner"), "/role_name"),
        ("crn_pattern", Value::Null, "/crn_pattern"),
        (
            "crn_pattern",
            object!(format!("{crn}/environment=*")),
            "/crn_pattern",
        ),
        ("crn_pattern", object!(format!("{crn}/*")), "/crn_pattern"),
        (
            "crn_pattern",
            object!("crn://confluent.cloud/organization=00000000-0000-8000-8000-000000000000"),
            "/crn_pattern",
        ),
    ] {
        let mut body = whole.clone();
        body[member] = value.clone();
        let answer = cloud
            .call(Method::POST, "/role-bindings", &body.to_string())
            .await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{member} {value}"
        );
        assert_eq!(text(&json(&answer), "/errors/0/source/pointer"), pointer);
    }
    let mut other = whole.clone();
    other["crn_pattern"] = object!(format!("{crn}/environment=env-1"));
    let answer = cloud
        .call(Method::POST, "/role-bindings", &other.to_string())
        .await;
    insta::assert_snapshot!(shown(&answer), @r#"
    422
    {
      "errors":[
        {
          "id":"request#1",
          "status":"422",
          "code":"invalid_configuration",
          "title":"Unprocessable Entity",
          "detail":"roles are bound to the organization here: crn://confluent.cloud/organization=uuid#2",
          "source":{
            "pointer":"/crn_pattern"
          }
        }
      ]
    }
    "#);
    assert_eq!(stored(&cloud, &made).await.roles.to_names(), "member");
    let path = "/role-bindings/rb-00000000000000000000";
    for id in ["", "rb-1", "x", "%00"] {
        let answer = cloud.get(&format!("{path}{id}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
    }
    let put = cloud.call(Method::PUT, path, "{}").await;
    assert_eq!(put.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn nobody_binds_or_takes_a_role_above_their_own_and_an_owner_stays() {
    let cloud = Cloud::new().await;
    let owner = cloud.test.owner.to_confluent();
    let made = cloud.invite("ann@example.org").await;
    let user = text(&made, "/user/id");
    let member = cloud
        .test
        .member_key("bob@acme.example", Role::Member, KeyKind::Confluent)
        .await;
    let admin = cloud
        .test
        .member_key("adm@acme.example", Role::UserAdmin, KeyKind::Confluent)
        .await;
    let of_owner = format!("crn_pattern={}&principal=User:{owner}", crn(&cloud));
    let owners = listed(&cloud, &of_owner).await;
    assert_eq!(owners, [format!("User:{owner} OrganizationAdmin")]);
    for (key, role, status) in [
        (&member, "AccountAdmin", 403),
        (&admin, "OrganizationAdmin", 403),
        (&admin, "BillingAdmin", 403),
        (&admin, "AccountAdmin", 201),
    ] {
        let new = body(&cloud, user, role);
        let answer = cloud
            .call_as(&basic(key), Method::POST, "/role-bindings", &new)
            .await;
        assert_eq!(answer.status, status, "{role}: {}", answer.body);
    }
    let page = format!(
        "/role-bindings?crn_pattern={}&principal=User:{owner}",
        crn(&cloud)
    );
    let page = json(&cloud.get(&page).await);
    let path = format!("/role-bindings/{}", text(&page, "/data/0/id"));
    for key in [&member, &admin] {
        let answer = cloud.call_as(&basic(key), Method::DELETE, &path, "").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    let last = cloud.call(Method::DELETE, &path, "").await;
    assert_eq!(last.status, StatusCode::CONFLICT, "{}", last.body);
    assert_eq!(detail(&last), "the organization would have no owner left");
    let bob = cloud.test.owner.to_confluent();
    assert_eq!(roles(&cloud, &bob).await, "owner");

    cloud.test.accept(&stored(&cloud, &made).await).await;
    bound(&cloud, user, "OrganizationAdmin").await;
    let gone = cloud.call(Method::DELETE, &path, "").await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.body);
    assert_eq!(
        roles(&cloud, &owner).await,
        "member",
        "nobody is without any role"
    );
}
