//! Organizations know nothing of each other.

use axum::http::Method;
use vestibule_core::key::KeyKind;
use vestibule_testkit::app::Secret;

use super::sweep::{ROUTES, Things};
use super::{Api, Table, access_token, code, count};

/// Every kind of credential that another organization can have for this API.
async fn credentials(api: &Api, stranger: &Secret) -> Vec<String> {
    let path = format!("/v1/organizations/{}/keys", stranger.key.organization);
    let mut all = vec![stranger.bearer()];
    for kind in ["native", "atlas_service_account"] {
        let body = format!(r#"{{"kind":"{kind}","name":"robot","roles":["owner"]}}"#);
        let request =
            vestibule_testkit::answer::request(Method::POST, &path, &stranger.bearer(), &body);
        let made = api.test.send(request).await;
        if kind == "native" {
            all.push(format!("Bearer {}", super::text(&made, "/secret")));
            continue;
        }
        let id = vestibule_core::Id::from_native(&super::text(&made, "/key/id"));
        let key = api.test.app.key_of_token(id.expect("an id"), [0; 8]).await;
        let key = key.expect("a read").expect("a key");
        assert_eq!(key.kind, KeyKind::AtlasServiceAccount);
        let end = key.created_at.plus_seconds(3600);
        let token = access_token(api, &key, end);
        all.push(format!("Bearer {}", token));
    }
    all
}

#[tokio::test]
async fn sec_s25_another_organizations_credential_finds_nothing_here() {
    let api = Api::new().await;
    let things = Things::of(&api.test).await;
    let stranger = api.test.other_organization("Globex").await;
    for bearer in credentials(&api, &stranger).await {
        let below = |route: &&super::sweep::Route| route.is_below_an_organization();
        for route in ROUTES.iter().filter(below) {
            let answer = route.call(&api.test, &bearer, &things).await;
            // A service account can leave nothing, whosoever it is.
            let is_person = bearer == stranger.bearer();
            if is_person || !route.name().ends_with(":leave") {
                assert_eq!(code(&answer), "404 not_found", "{}", route.name());
            }
            assert!(
                !answer.body.contains("Acme"),
                "{} tells a name",
                route.name()
            );
        }
    }
    assert_eq!(count(&api.test, Table::Invitations).await, 1);
    assert_eq!(count(&api.test, Table::Members).await, 1);
    assert_eq!(count(&api.test, Table::Keys).await, 1);
}

#[tokio::test]
async fn sec_s25_ids_of_another_organization_are_unknown_under_ones_own_path() {
    let api = Api::new().await;
    let stranger = api.test.other_organization("Globex").await;
    let own = stranger.key.organization.to_native();
    let things = Things::of(&api.test).await.under(own);
    for route in ROUTES.iter().filter(|route| route.names_a_thing()) {
        let answer = route.call(&api.test, &stranger.bearer(), &things).await;
        assert_eq!(code(&answer), "404 not_found", "{}", route.name());
    }
}

#[tokio::test]
async fn sec_s25_a_team_of_another_organization_is_not_promised() {
    let api = Api::new().await;
    let stranger = api.test.other_organization("Globex").await;
    let team = super::text(&api.post("/teams", r#"{"name":"Blue"}"#).await, "/id");
    let path = format!(
        "/v1/organizations/{}/invitations",
        stranger.key.organization
    );
    let body = format!(r#"{{"email":"a@x.example","teams":["{team}"]}}"#);
    let request =
        vestibule_testkit::answer::request(Method::POST, &path, &stranger.bearer(), &body);
    assert_eq!(code(&api.test.send(request).await), "422 invalid_body");
}

#[tokio::test]
async fn a_person_of_two_organizations_has_one_key_for_both() {
    let api = Api::new().await;
    let stranger = api.test.other_organization("Globex").await;
    let invitation = api.test.invite("owner@globex.example").await;
    api.test.accept(&invitation).await;
    let read = api.send_as(&stranger, Method::GET, "", "").await;
    assert_eq!(super::text(&read, "/name"), "Acme");
    let refused = api
        .send_as(&stranger, Method::PATCH, "", r#"{"name":"Mine"}"#)
        .await;
    assert_eq!(code(&refused), "403 not_permitted");
}
