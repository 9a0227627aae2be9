//! Organizations, teams and keys, and the data sources that list.

use tfplugin::{Object, Value};

use crate::terraform::summaries;
use crate::vestibule::{Home, texts};

#[tokio::test]
async fn an_organization_is_made_changed_imported_and_only_forgotten() {
    let home = Home::new().await;
    let mut made = home.resource("vestibule_organization");
    let lifetimes = Object::new().with("confluent", 3600);
    let config = Object::new()
        .with("name", "Branch")
        .with("invitation_lifetimes", lifetimes);
    made.apply(&config).await.unwrap();
    assert!(made.is_up_to_date(&config).await);
    let kept = made.state().get("invitation_lifetimes").clone();
    assert_eq!(
        kept.as_object()
            .unwrap()
            .integer("confluent")
            .unwrap()
            .known(),
        Some(3600)
    );
    let renamed = Object::new().with("name", "Twig").with("sso_enabled", true);
    made.apply(&renamed).await.unwrap();
    assert!(made.is_up_to_date(&renamed).await);
    assert_eq!(made.state().get("invitation_lifetimes"), &kept);

    let mut imported = home.resource("vestibule_organization");
    imported.import(&made.text("id")).await.unwrap();
    assert!(imported.is_up_to_date(&renamed).await);

    let said = made.destroy().await.unwrap();
    assert_eq!(summaries(&said), "warning: The organization still exists");
    let found = home.read("vestibule_organizations", Object::new()).await;
    let mut names: Vec<String> = found
        .unwrap()
        .get("organizations")
        .as_slice()
        .unwrap()
        .iter()
        .map(|one| one.as_object().unwrap().str("name").unwrap().to_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["Acme", "Twig"]);
}

#[tokio::test]
async fn things_can_be_in_another_organization_than_the_tokens() {
    let home = Home::new().await;
    let mut branch = home.resource("vestibule_organization");
    branch
        .apply(&Object::new().with("name", "Branch"))
        .await
        .unwrap();
    let config = Object::new()
        .with("email", "ann@example.org")
        .with("organization", branch.text("id"));
    let mut invited = home.resource("vestibule_member");
    invited.apply(&config).await.unwrap();
    assert!(invited.is_up_to_date(&config).await);
    let elsewhere = Object::new()
        .with("email", "ann@example.org")
        .with("organization", home.organization());
    assert_eq!(invited.plan(&elsewhere).replaces, ["organization".into()]);
}

#[tokio::test]
async fn a_team_is_made_renamed_imported_and_deleted() {
    let home = Home::new().await;
    let mut team = home.resource("vestibule_team");
    let config = |name: &str| Object::new().with("name", name);
    team.apply(&config("Blue")).await.unwrap();
    assert!(team.is_up_to_date(&config("Blue")).await);
    let id = team.text("id");
    team.apply(&config("Green")).await.unwrap();
    assert_eq!(team.text("id"), id);
    assert!(team.is_up_to_date(&config("Green")).await);

    let mut other = home.resource("vestibule_team");
    let errors = other.apply(&config("Green")).await.unwrap_err();
    assert_eq!(summaries(&errors), "error: Cannot create the team at name");
    other.import(&id).await.unwrap();
    assert!(other.is_up_to_date(&config("Green")).await);
    other.destroy().await.unwrap();
    team.refresh().await.unwrap();
    assert_eq!(team.state, None);
}

#[tokio::test]
async fn a_keys_secret_is_in_the_state_only_if_that_was_asked_for() {
    let home = Home::new().await;
    let config = Object::new().with("name", "ci");
    let mut key = home.resource("vestibule_api_key");
    let plan = key.plan(&config);
    assert_eq!(
        summaries(&plan.diagnostics),
        "warning: Nobody will learn the key's secret at store_secret"
    );
    assert_eq!(plan.state.get("secret"), &Value::Null);
    key.apply(&config).await.unwrap();
    assert!(key.state().get("secret").is_null());
    assert!(key.is_up_to_date(&config).await);

    let stored = Object::new()
        .with("name", "ci")
        .with("kind", "confluent")
        .with("roles", Value::set(["user_admin"]))
        .with("expires_in", 3600)
        .with("store_secret", true);
    let mut key = home.resource("vestibule_api_key");
    key.apply(&stored).await.unwrap();
    assert_eq!(key.text("expires_at"), "2026-03-01T10:00:00.000000Z");
    assert!(key.text("owner").starts_with("sva_"));
    let secret = key.text("secret");
    assert!(secret.len() > 20, "{secret}");
    assert!(key.is_up_to_date(&stored).await);
    // Taken back.
    let without = stored.clone().with("store_secret", false);
    key.apply(&without).await.unwrap();
    assert!(key.state().get("secret").is_null());
    assert!(key.is_up_to_date(&without).await);
    // It cannot be learnt later.
    key.apply(&stored).await.unwrap();
    assert!(key.state().get("secret").is_null());
    assert!(key.is_up_to_date(&stored).await);
    key.destroy().await.unwrap();
}

#[tokio::test]
async fn a_key_that_was_revoked_elsewhere_leaves_the_state() {
    let home = Home::new().await;
    let config = Object::new().with("name", "ci");
    let mut key = home.resource("vestibule_api_key");
    key.apply(&config).await.unwrap();
    let mut other = home.resource("vestibule_api_key");
    other.import(&key.text("id")).await.unwrap();
    assert!(other.is_up_to_date(&config).await);
    other.destroy().await.unwrap();
    key.refresh().await.unwrap();
    assert_eq!(key.state, None);
}

#[tokio::test]
async fn an_imported_key_is_not_replaced_by_the_configuration_it_was_made_with() {
    let home = Home::new().await;
    let config = Object::new()
        .with("name", "ci")
        .with("roles", Value::set(["user_admin"]))
        .with("expires_in", 3600);
    let mut key = home.resource("vestibule_api_key");
    key.apply(&config).await.unwrap();
    let mut imported = home.resource("vestibule_api_key");
    imported.import(&key.text("id")).await.unwrap();
    assert!(
        imported
            .is_up_to_date(&Object::new().with("name", "ci"))
            .await
    );
    assert_eq!(imported.plan(&config).replaces, []);
    imported.apply(&config).await.unwrap();
    assert!(imported.is_up_to_date(&config).await);
    assert_eq!(imported.text("id"), key.text("id"));
    // From then on a change is a change.
    let member = config.clone().with("roles", Value::set(["member"]));
    assert_eq!(imported.plan(&member).replaces, ["roles".into()]);
    let longer = config.clone().with("expires_in", 7200);
    assert_eq!(imported.plan(&longer).replaces, ["expires_in".into()]);
    let personal = Object::new().with("name", "ci");
    let both = ["expires_in".into(), "roles".into()];
    assert_eq!(imported.plan(&personal).replaces, both);

    // What cannot be so replaces an imported one, too: another life, and roles of a person's key.
    imported.import(&key.text("id")).await.unwrap();
    assert_eq!(imported.plan(&longer).replaces, ["expires_in".into()]);
    key.apply(&personal).await.unwrap();
    imported.import(&key.text("id")).await.unwrap();
    assert_eq!(imported.plan(&config).replaces, both);
}

#[tokio::test]
async fn lists_have_everything_and_filters_narrow_them() {
    let home = Home::new().await;
    let team = home.team("Blue").await;
    for (email, role) in [
        ("ann@example.org", "user_admin"),
        ("bob@example.org", "member"),
    ] {
        let config = Object::new()
            .with("email", email)
            .with("roles", Value::set([role]))
            .with("teams", Value::set([team.as_str()]));
        let mut invited = home.resource("vestibule_invitation");
        invited.apply(&config).await.unwrap();
    }
    let emails = async |filter: Object| {
        let found = home.read("vestibule_invitations", filter).await.unwrap();
        let found = found.get("invitations").as_slice().unwrap().to_vec();
        let mut emails: Vec<String> = found
            .iter()
            .map(|one| one.as_object().unwrap().str("email").unwrap().to_owned())
            .collect();
        emails.sort();
        emails.join(" ")
    };
    let filter = |name: &str, value: &str| Object::new().with(name, value);
    let both = "ann@example.org bob@example.org";
    assert_eq!(emails(Object::new()).await, both);
    assert_eq!(emails(filter("team", &team)).await, both);
    assert_eq!(emails(filter("status", "sent")).await, both);
    assert_eq!(emails(filter("status", "accepted")).await, "");
    assert_eq!(
        emails(filter("role", "user_admin")).await,
        "ann@example.org"
    );
    assert_eq!(
        emails(filter("email", "BOB@example.org")).await,
        "bob@example.org"
    );
    let found = home.read("vestibule_teams", Object::new()).await.unwrap();
    let first = found.get("teams").as_slice().unwrap()[0].clone();
    assert_eq!(first.as_object().unwrap().str("name"), Ok("Blue"));
    let members = home.read("vestibule_members", Object::new()).await.unwrap();
    let first = members.get("members").as_slice().unwrap()[0].clone();
    assert_eq!(texts(first.as_object().unwrap(), "roles"), ["owner"]);
}
