//! Who joined: what each API shows of the membership, and how each calls a role.

use vestibule_core::role::{Role, Vocabulary};

use super::*;

async fn get(test: &TestApp, path: &str) -> Value {
    let answer = test.call(Method::GET, path, "").await;
    found(&answer).expect("it is there")
}

/// The bindings of a person in Confluent's API.
async fn bindings(test: &TestApp, user: &str) -> Value {
    let organization = test.organization.to_uuid();
    let path = format!(
        "/iam/v2/role-bindings?crn_pattern=crn://confluent.cloud/organization={organization}\
         &principal=User:{user}"
    );
    get(test, &path).await["data"].clone()
}

#[tokio::test]
async fn each_field_of_a_membership_is_shown_where_the_table_says() {
    let rows = table("Members");
    assert_eq!(rows.len(), 7);
    let test = TestApp::new().await;
    let team = make(&test, "/teams", &json!({"name": "Ops"})).await;
    let project = make(&test, "/projects", &json!({"name": "Apollo"})).await;
    let body = json!({
        "email": EMAIL,
        "roles": ["billing_admin"],
        "teams": [team["id"]],
        "project_roles": [{"project": project["id"], "roles": ["data_admin"]}],
    });
    let made = make(&test, "/invitations", &body).await;
    let invitation = stored(&test, &made).await;
    // Nothing else happens in this minute.
    test.clock.advance_seconds(60);
    test.accept(&invitation).await;
    test.clock.advance_seconds(60);

    let organization = format!("/v1/organizations/{}", test.organization.to_native());
    let native = get(
        &test,
        &format!("{organization}/members?email=ann@example.org"),
    )
    .await;
    let user = invitation.user.to_confluent();
    let confluent = get(&test, &format!("/iam/v2/users/{user}")).await;
    let binding = bindings(&test, &user).await;
    let base = format!("/api/atlas/v2/orgs/{}", test.organization.to_hex());
    let atlas = atlas_user(&test, &base).await;
    let columns = [
        Some(&native["data"][0]),
        Some(&confluent),
        Some(&binding[0]),
        atlas.as_ref(),
    ];
    for row in rows {
        assert_shown(&row, &columns);
    }
}

#[tokio::test]
async fn each_role_is_called_as_the_table_says_before_and_after_acceptance() {
    let rows = table("Roles");
    let names: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    let all: Vec<_> = Role::ALL.iter().map(|role| role.name()).collect();
    assert_eq!(names, all);
    for row in rows {
        let test = TestApp::new().await;
        let body = json!({"email": EMAIL, "roles": [row[0]]});
        let made = make(&test, "/invitations", &body).await;
        let invitation = stored(&test, &made).await;
        let base = format!("/api/atlas/v2/orgs/{}", test.organization.to_hex());
        for is_member in [false, true] {
            if is_member {
                test.accept(&invitation).await;
            }
            let user = atlas_user(&test, &base).await.expect("a user");
            let bound = bindings(&test, &invitation.user.to_confluent()).await;
            let bound = bound.as_array().expect("a list").iter();
            let bound: Vec<_> = bound.filter_map(|one| one["role_name"].as_str()).collect();
            let confluent = bound.first().copied().unwrap_or("–");
            assert!(bound.len() < 2, "{bound:?}");
            assert_eq!(confluent, row[1], "{}", row[0]);
            assert_eq!(user["roles"]["orgRoles"], json!([row[2]]), "{}", row[0]);
        }
    }
}
