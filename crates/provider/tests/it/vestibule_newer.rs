//! Functions, ephemeral resources, list resources and actions of persona `vestibule`.

use std::sync::Arc;

use tfplugin::harness::{self, complete};
use tfplugin::{
    Arguments, Context, EphemeralResource, Function, ListQuery, Object, Private, Provider as _,
    Value,
};
use vestibule_provider::{Environment, Persona, Provider};

use crate::terraform::summaries;
use crate::vestibule::Home;

const ANN: &str = "Ann.Lee@Example.org";

fn function(name: &str) -> Arc<dyn Function> {
    let provider = Provider::new(Persona::Vestibule, Environment::new(|_| None));
    let mut functions = provider.functions().into_iter();
    functions.find(|one| one.name() == name).unwrap()
}

fn call(name: &str, arguments: &[&str]) -> String {
    let arguments = Arguments::new(arguments.iter().copied());
    match function(name).call(&arguments) {
        Ok(value) => value.as_str().unwrap().to_owned(),
        Err(error) => format!("argument {:?}: {error:?}", error.position()),
    }
}

#[test]
fn spellings_of_one_address_have_one_key() {
    assert_eq!(call("address_key", &[ANN]), "ann.lee@example.org");
    assert_eq!(
        call("address_key", &["jo\u{308}rg@EXÄMPLE.org"]),
        call("address_key", &["j\u{f6}rg@exämple.org"])
    );
    assert!(call("address_key", &["ann"]).starts_with("argument Some(0)"));
}

#[tokio::test]
async fn ids_are_translated_as_the_server_spells_them() {
    let home = Home::new().await;
    let invitation = home.app.invite(ANN).await;
    let (organization, owner) = (home.app.organization, home.app.owner);
    for (kind, native, confluent, atlas) in [
        (
            "inv",
            invitation.id.to_native(),
            invitation.id.to_confluent(),
            invitation.id.to_hex(),
        ),
        (
            "usr",
            owner.to_native(),
            owner.to_confluent(),
            owner.to_hex(),
        ),
        (
            "org",
            organization.to_native(),
            organization.to_uuid(),
            organization.to_hex(),
        ),
    ] {
        assert_eq!(call("confluent_id", &[&native]), confluent);
        assert_eq!(call("atlas_id", &[&native]), atlas);
        for id in [&native, &confluent, &atlas] {
            assert_eq!(call("native_id", &[kind, id]), native);
        }
    }
    let user = owner.to_confluent();
    for (function, arguments, position) in [
        ("native_id", vec!["inv", &user], 1),
        ("native_id", vec!["cat", &user], 0),
        ("native_id", vec!["usr", "u-1"], 1),
        ("native_id", vec!["usr", "é"], 1),
        ("confluent_id", vec![user.as_str()], 0),
        ("atlas_id", vec!["inv_0000000000000000000z"], 0),
    ] {
        let refused = call(function, &arguments);
        assert!(
            refused.starts_with(&format!("argument Some({position})")),
            "{refused}"
        );
    }
}

fn ephemeral(home: &Home, type_name: &str) -> Arc<dyn EphemeralResource> {
    let mut all = home.provider.ephemeral_resources().into_iter();
    all.find(|one| one.type_name() == type_name).unwrap()
}

#[tokio::test]
async fn an_accept_link_is_the_one_in_the_mail() {
    let home = Home::new().await;
    let invitation = home.app.invite(ANN).await;
    let link = ephemeral(&home, "vestibule_accept_link");
    let config = Object::new().with("invitation", invitation.id.to_native());
    let config = complete(&link.schema(), config).unwrap();
    let cx = Context::new(Object::new(), Private::new());
    let opened = link.open(&cx, config.clone()).await.unwrap();
    let token = home.app.token(&invitation);
    assert_eq!(opened.result.str("token").unwrap(), token);
    assert_eq!(
        opened.result.str("url").unwrap(),
        format!("https://vestibule.example/invitations/{token}")
    );
    home.app.accept(&invitation).await;
    let refused = link.open(&cx, config).await.unwrap_err();
    assert_eq!(
        summaries(&refused),
        "error: Cannot show the link of the invitation"
    );
}

#[tokio::test]
async fn a_key_for_a_run_opens_the_server_and_ends_with_the_run() {
    let home = Home::new().await;
    let key = ephemeral(&home, "vestibule_api_key");
    let config = Object::new()
        .with("name", "run")
        .with("roles", Value::set(["read_only"]));
    let config = complete(&key.schema(), config).unwrap();
    let cx = Context::new(Object::new(), Private::new());
    let opened = key.open(&cx, config).await.unwrap();
    let result = opened.result;
    assert_eq!(
        result.str("expires_at").unwrap(),
        "2026-03-01T10:00:00.000000Z"
    );
    assert!(result.str("secret").unwrap().starts_with("vstk_"));
    let mut managed = home.resource("vestibule_api_key");
    managed.import(result.str("id").unwrap()).await.unwrap();
    assert!(managed.state.is_some());
    key.close(&cx).await.unwrap();
    managed.refresh().await.unwrap();
    assert_eq!(managed.state, None);
    // Closing twice, or closing what was revoked elsewhere, is done.
    key.close(&cx).await.unwrap();
}

#[tokio::test]
async fn what_there_is_can_be_listed_and_imported() {
    let home = Home::new().await;
    home.app.accept(&home.app.invite(ANN).await).await;
    home.app.invite("bob@example.org").await;
    home.team("Blue").await;
    let mut project = home.resource("vestibule_project");
    let named = Object::new().with("name", "Payments");
    project.apply(&named).await.unwrap();
    // What is revoked is not listed, because it could not be imported.
    let mut withdrawn = home.resource("vestibule_invitation");
    let carl = Object::new().with("email", "carl@example.org");
    withdrawn.apply(&carl).await.unwrap();
    withdrawn.destroy().await.unwrap();
    let mut revoked = home.resource("vestibule_api_key");
    revoked.apply(&named).await.unwrap();
    revoked.destroy().await.unwrap();
    for (type_name, expected) in [
        (
            "vestibule_invitation",
            vec!["Ann.Lee@Example.org (accepted)", "bob@example.org (sent)"],
        ),
        (
            "vestibule_member",
            vec!["Ann.Lee@Example.org", "owner@acme.example"],
        ),
        ("vestibule_team", vec!["Blue"]),
        ("vestibule_project", vec!["Payments"]),
        ("vestibule_organization", vec!["Acme"]),
        ("vestibule_api_key", vec!["the first owner's key (native)"]),
    ] {
        let mut listers = home.provider.list_resources().into_iter();
        let lister = listers.find(|one| one.type_name() == type_name).unwrap();
        let query = ListQuery::new(Object::new()).include_resource();
        let found = harness::list(&*lister, &query).await.unwrap();
        let mut names: Vec<&str> = found.iter().map(|one| one.display_name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, expected);
        for one in &found {
            let mut resource = home.resource(type_name);
            let cx = Context::new(Object::new(), Private::new());
            let imported = resource
                .resource
                .import_identity(&cx, one.identity.clone())
                .await
                .unwrap();
            let schema = resource.resource.schema();
            resource.state = Some(complete(&schema, imported).unwrap());
            resource.refresh().await.unwrap();
            let listed = complete(&schema, one.resource.clone().unwrap()).unwrap();
            let has_one = resource.state().contains("organization");
            let organization = if has_one { "organization" } else { "id" };
            assert_eq!(resource.text(organization), home.organization());
            assert_eq!(resource.state().get("id"), listed.get("id"));
            assert_eq!(
                harness::identity(&*resource.resource, resource.state()).unwrap(),
                one.identity
            );
        }
    }
}

#[tokio::test]
async fn an_action_sends_an_invitation_again() {
    let home = Home::new().await;
    let invitation = home.app.invite(ANN).await;
    home.days_pass(1);
    let mut actions = home.provider.actions().into_iter();
    let resend = actions.next().unwrap();
    let config = Object::new().with("invitation", invitation.id.to_native());
    let (told, result) = harness::invoke(&*resend, config).await;
    result.unwrap();
    assert_eq!(told.len(), 1);
    let now = home.app.open_invitation(ANN).await;
    assert_eq!(now.generation, invitation.generation + 1);
}

#[test]
fn every_schema_and_signature_obeys_terraforms_rules() {
    let provider = Provider::new(Persona::Vestibule, Environment::new(|_| None));
    for one in provider.functions() {
        assert_eq!(one.signature().check(), Ok(()), "{}", one.name());
    }
    for one in provider.ephemeral_resources() {
        assert_eq!(one.schema().check(), Ok(()), "{}", one.type_name());
    }
    for one in provider.list_resources() {
        assert_eq!(one.schema().check(), Ok(()), "{}", one.type_name());
    }
    for one in provider.actions() {
        assert_eq!(one.schema().check(), Ok(()), "{}", one.type_name());
    }
    for one in provider.resources() {
        if let Some(identity) = one.identity_schema() {
            assert_eq!(identity.check(), Ok(()), "{}", one.type_name());
        }
    }
}
