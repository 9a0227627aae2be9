//! The data sources about people, teams and invitations to projects.

use std::sync::Arc;

use serde_json::json;
use tfplugin::harness::complete;
use tfplugin::{Attr, Context, DataSource, Diagnostics, Object, Private, Provider as _, Value};

use crate::fake_atlas::ORG;
use crate::fake_people::{FakePeople, PROJECT};
use crate::terraform::summaries;

async fn source(fake: &FakePeople, type_name: &str) -> Arc<dyn DataSource> {
    let sources = fake.provider().await.data_sources();
    let mut sources = sources.into_iter();
    sources
        .find(|source| source.type_name() == type_name)
        .unwrap()
}

async fn read(source: &Arc<dyn DataSource>, config: Object) -> Result<Object, Diagnostics> {
    let cx = Context::new(Object::new(), Private::new());
    let config = complete(&source.schema(), config).unwrap();
    let data = source.read(&cx, config).await?;
    complete(&source.schema(), data)
}

fn problems(source: &Arc<dyn DataSource>, config: Object) -> String {
    let config = complete(&source.schema(), config).unwrap();
    let mut diagnostics = Diagnostics::new();
    source.validate(&config, &mut diagnostics);
    summaries(&diagnostics)
}

#[tokio::test]
async fn a_user_of_an_organization_is_read_by_id_or_address() {
    let fake = FakePeople::start().await;
    let id = fake.world().add("Ann@Example.org", "ACTIVE");
    fake.world().user("ann@example.org").in_project = true;
    fake.world().user("ann@example.org").project_roles = vec!["GROUP_OWNER".to_owned()];
    let source = source(&fake, "mongodbatlas_cloud_user_org_assignment").await;
    let org = Object::new().with("org_id", ORG);
    let by_id = read(&source, org.clone().with("user_id", &id))
        .await
        .unwrap();
    let by_address = org.clone().with("username", "Ann@Example.org");
    assert_eq!(read(&source, by_address).await.unwrap(), by_id);
    assert_eq!(by_id.str("username"), Ok("Ann@Example.org"));
    assert_eq!(by_id.str("last_auth"), Ok("2026-11-20T05:59:56Z"));
    insta::assert_snapshot!(by_id.get("roles"), @r#"{ org_roles = ["ORG_MEMBER"], project_role_assignments = [{ project_id = "5f0000000000000000000009", project_roles = ["GROUP_OWNER"] }] }"#);
    let errors = read(&source, org.with("username", "bob@example.org"))
        .await
        .unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: There is no such user at username"
    );
}

#[tokio::test]
async fn a_user_of_a_team_or_a_project_is_read_by_id_or_address() {
    let fake = FakePeople::start().await;
    let team = fake.world().add_team("ops");
    let id = fake.world().add("ann@example.org", "PENDING");
    fake.world()
        .user("ann@example.org")
        .teams
        .push(team.clone());
    fake.world().user("ann@example.org").in_project = true;
    for (type_name, place) in [
        (
            "mongodbatlas_cloud_user_team_assignment",
            Object::new().with("org_id", ORG).with("team_id", &team),
        ),
        (
            "mongodbatlas_cloud_user_project_assignment",
            Object::new().with("project_id", PROJECT),
        ),
    ] {
        let source = source(&fake, type_name).await;
        let by_id = read(&source, place.clone().with("user_id", &id))
            .await
            .unwrap();
        let by_address = place.clone().with("username", "ann@example.org");
        assert_eq!(read(&source, by_address).await.unwrap(), by_id);
        assert_eq!(by_id.str("user_id"), Ok(id.as_str()));
        assert_eq!(by_id.str("org_membership_status"), Ok("PENDING"));
        let errors = read(&source, place.with("user_id", "5e1"))
            .await
            .unwrap_err();
        assert_eq!(
            summaries(&errors),
            "error: There is no such user at user_id"
        );
    }
}

#[tokio::test]
async fn a_user_is_named_by_exactly_one_argument() {
    let fake = FakePeople::start().await;
    for type_name in [
        "mongodbatlas_cloud_user_org_assignment",
        "mongodbatlas_cloud_user_team_assignment",
        "mongodbatlas_cloud_user_project_assignment",
    ] {
        let source = source(&fake, type_name).await;
        let both = Object::new().with("user_id", "x").with("username", "y");
        let problem = "error: The user is not named by exactly one argument at user_id";
        assert_eq!(problems(&source, both.clone()), problem);
        assert_eq!(problems(&source, Object::new()), problem);
        assert_eq!(
            problems(&source, both.clone().with("user_id", Value::Null)),
            ""
        );
        assert_eq!(problems(&source, both.with("username", Value::UNKNOWN)), "");
    }
}

#[tokio::test]
async fn a_team_is_read_by_id_or_name_with_everybody_in_it() {
    let fake = FakePeople::start().await;
    let team = fake.world().add_team("ops");
    for (username, status) in [
        ("ann@example.org", "ACTIVE"),
        ("bob@example.org", "PENDING"),
    ] {
        fake.world().add(username, status);
        fake.world().user(username).teams.push(team.clone());
    }
    let source = source(&fake, "mongodbatlas_team").await;
    let org = Object::new().with("org_id", ORG);
    let by_name = read(&source, org.clone().with("name", "ops"))
        .await
        .unwrap();
    let by_id = read(&source, org.clone().with("team_id", &team))
        .await
        .unwrap();
    assert_eq!(by_id, by_name);
    assert_eq!(by_id.get("usernames"), &Value::set(["ann@example.org"]));
    insta::assert_snapshot!(by_id.get("users"), @r#"[{ country = "US", created_at = "2026-01-02T03:04:05Z", first_name = "Ann", id = "5e0000000000000000000002", invitation_created_at = null, invitation_expires_at = null, inviter_username = "", last_auth = "2026-11-20T05:59:56Z", last_name = "Lee", mobile_number = "", org_membership_status = "ACTIVE", roles = [{ org_roles = ["ORG_MEMBER"], project_role_assignments = [] }], team_ids = ["5d0000000000000000000001"], username = "ann@example.org" }, { country = "", created_at = null, first_name = "", id = "5e0000000000000000000003", invitation_created_at = "2026-11-22T05:59:56Z", invitation_expires_at = "2026-12-22T05:59:56Z", inviter_username = "abcdefgh", last_auth = null, last_name = "", mobile_number = "", org_membership_status = "PENDING", roles = [{ org_roles = ["ORG_MEMBER"], project_role_assignments = [] }], team_ids = ["5d0000000000000000000001"], username = "bob@example.org" }]"#);
    let errors = read(&source, org.clone().with("name", "dev"))
        .await
        .unwrap_err();
    assert_eq!(summaries(&errors), "error: There is no such team at name");
    assert_eq!(
        problems(&source, org.clone()),
        "error: The team is not named by exactly one argument at team_id"
    );
    let both = org.with("team_id", &team).with("name", "ops");
    assert_eq!(
        problems(&source, both),
        "error: The team is not named by exactly one argument at team_id"
    );
}

#[tokio::test]
async fn a_project_invitation_is_read_by_its_id() {
    let fake = FakePeople::start().await;
    fake.world().project_invitations.push(json!({
        "createdAt": "2026-11-22T05:59:56Z", "expiresAt": "0001-01-01T00:00:00Z",
        "groupId": PROJECT, "groupName": "Apollo", "id": "6a1", "inviterUsername": "abcdefgh",
        "roles": ["GROUP_OWNER"], "username": "Ann@Example.org",
    }));
    let source = source(&fake, "mongodbatlas_project_invitation").await;
    let asked = |id: &str| {
        Object::new()
            .with("project_id", PROJECT)
            .with("username", "ann@example.org")
            .with("invitation_id", id)
    };
    let found = read(&source, asked("6a1")).await.unwrap();
    assert_eq!(found.get("roles"), &Value::set(["GROUP_OWNER"]));
    assert!(found.get("expires_at").is_null(), "year-1 times are null");
    let errors = read(&source, asked("6a2")).await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: There is no such invitation at invitation_id"
    );
}

#[tokio::test]
async fn an_organization_is_read_with_its_settings_and_everybody_in_it() {
    let fake = FakePeople::start().await;
    fake.world().add("ann@example.org", "ACTIVE");
    fake.world().add("bob@example.org", "PENDING");
    fake.world().add("cy@example.org", "INVITATION_EXPIRED");
    let source = source(&fake, "mongodbatlas_organization").await;
    let org = Object::new().with("org_id", ORG);
    let data = read(&source, org.clone()).await.unwrap();
    let users = data.get("users").as_slice().unwrap();
    let named = users.iter().map(|user| user.as_object().unwrap());
    let named: Vec<&str> = named.map(|user| user.str("username").unwrap()).collect();
    assert_eq!(named, ["ann@example.org", "bob@example.org"]);
    assert_eq!(
        data.bool("multi_factor_auth_required"),
        Ok(Attr::Known(true))
    );
    assert_eq!(
        data.bool("restrict_employee_access"),
        Ok(Attr::Known(false))
    );
    assert!(data.get("security_contact").is_null());
    assert_eq!((data.str("id"), data.str("name")), (Ok(ORG), Ok("Acme")));
    insta::assert_snapshot!(data.get("links"), @r#"[{ href = "https://cloud.example/orgs/o", rel = "self" }]"#);
    assert_eq!(fake.server.take_lines().len(), 3);

    // Half an organization is none: whatever fails, the reading fails.
    for (what, code) in [("/settings", "NOT_ORG_OWNER"), ("/users", "NOT_ORG_OWNER")] {
        fake.refuse(what, 401, code);
        let errors = read(&source, org.clone()).await.unwrap_err();
        assert_eq!(summaries(&errors), "error: Cannot read the organization");
    }
    let unknown = Object::new().with("org_id", "5f0000000000000000000099");
    let errors = read(&source, unknown).await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: There is no such organization at org_id"
    );
}
