//! What of ours meets somebody else's: another open invitation, a member, an organization that
//! cannot be seen any more.

use tfplugin::{Object, Value};
use vestibule_testkit::app::TestApp;

use crate::terraform::{Terraform, details, summaries};
use crate::vestibule::Home;

const ANN: &str = "ann@example.org";

fn ann() -> Object {
    Object::new().with("email", ANN)
}

/// An invitation of Ann's that has expired, as the state says after a refresh.
async fn expired(home: &Home, type_name: &str, config: &Object) -> Terraform {
    let mut resource = home.resource(type_name);
    resource.apply(config).await.unwrap();
    home.days_pass(400);
    resource.refresh().await.unwrap();
    assert_eq!(resource.text("status"), "expired");
    resource
}

/// The detail of a failed apply, with names in place of ids.
async fn advice(home: &Home, resource: &mut Terraform, config: &Object, other: &str) -> String {
    let id = resource.state.as_ref().map(|_| resource.text("id"));
    let errors = resource.apply(config).await.unwrap_err();
    let said = format!("{}\n{}", summaries(&errors), details(&errors))
        .replace(other, "OTHER")
        .replace(&home.organization(), "ORG");
    match id {
        Some(id) => said.replace(&id, "THIS"),
        None => said,
    }
}

#[tokio::test]
async fn renewing_where_the_address_was_invited_anew_names_each_way_out() {
    let home = Home::new().await;
    let mut invited = expired(&home, "vestibule_invitation", &ann()).await;
    let this = invited.text("id");
    let other = home.app.invite(ANN).await.id.to_native();
    let before = invited.state.clone();
    insta::assert_snapshot!(advice(&home, &mut invited, &ann(), &other).await, @r#"
    error: Cannot send the invitation again at email
    POST /v1/organizations/ORG/invitations/THIS/resend: 409 Conflict: this address has an open invitation already.

    Location names the open invitation: send it again, change it or revoke it

    Since THIS expired, the address was invited anew, and OTHER is open. To manage that one here in place of THIS:

        terraform state rm vestibule_invitation.NAME
        terraform import vestibule_invitation.NAME ORG/OTHER

    Or set on_expiry = "ignore", which leaves both as they are. Or withdraw OTHER, and apply again. A vestibule_member goes on by itself with whichever invitation is open: a moved block makes this resource one.
    "#);
    assert_eq!(invited.state, before);

    // As it says: to leave both as they are,
    let ignore = ann().with("on_expiry", "ignore");
    invited.apply(&ignore).await.unwrap();
    assert!(invited.is_up_to_date(&ignore).await);
    // to take the other one,
    let id = format!("{}/{other}", home.organization());
    let mut imported = home.resource("vestibule_invitation");
    imported.import(&id).await.unwrap();
    assert!(imported.is_up_to_date(&ann()).await);
    // or to withdraw it.
    imported.destroy().await.unwrap();
    invited.apply(&ann()).await.unwrap();
    assert_eq!(invited.text("id"), this);
    assert!(invited.is_up_to_date(&ann()).await);
}

#[tokio::test]
async fn recreating_where_the_address_was_invited_anew_comes_with_the_command_to_import() {
    let home = Home::new().await;
    let recreate = ann().with("on_expiry", "recreate");
    let mut invited = expired(&home, "vestibule_invitation", &recreate).await;
    let other = home.app.invite(ANN).await.id.to_native();
    insta::assert_snapshot!(advice(&home, &mut invited, &recreate, &other).await, @r"
    error: Cannot create the invitation at email
    POST /v1/organizations/ORG/invitations: 409 Conflict: this address has an open invitation already.

    Location names the open invitation: send it again, change it or revoke it

    The invitation OTHER for this address is still open. To manage it here, import it:

        terraform import vestibule_invitation.NAME ORG/OTHER

    If this configuration has it already, under another name or another key of for_each, a moved block keeps it; and create_before_destroy cannot replace it.
    ");
    // The expired one is withdrawn, and its place in the state free for the other.
    assert_eq!(invited.state, None);
    invited.import(&other).await.unwrap();
    invited.apply(&recreate).await.unwrap();
    assert!(invited.is_up_to_date(&recreate).await);
}

#[tokio::test]
async fn renewing_for_somebody_who_has_joined_otherwise_says_what_to_do_instead() {
    let home = Home::new().await;
    let mut invited = expired(&home, "vestibule_invitation", &ann()).await;
    home.app.accept(&home.app.invite(ANN).await).await;
    insta::assert_snapshot!(advice(&home, &mut invited, &ann(), "-").await, @r#"
    error: Cannot send the invitation again at email
    POST /v1/organizations/ORG/invitations/THIS/resend: 409 Conflict: this person is a member of the organization already.

    Since THIS expired, the person has joined by another road. Remove this resource, which removes nobody, or set on_expiry = "ignore". To manage the person and their roles, make it a vestibule_member with a moved block.
    "#);
    let errors = home
        .resource("vestibule_invitation")
        .apply(&ann())
        .await
        .unwrap_err();
    insta::assert_snapshot!(details(&errors).replace(&home.organization(), "ORG"), @r"
    POST /v1/organizations/ORG/invitations: 409 Conflict: this person is a member of the organization already.

    Whoever is there needs no invitation. To manage the person and their roles, use vestibule_member instead, and import them:

        terraform import vestibule_member.NAME ORG/ann@example.org
    ");
    let mut member = home.resource("vestibule_member");
    let id = format!("{}/{ANN}", home.organization());
    member.import(&id).await.unwrap();
    assert!(member.is_up_to_date(&ann()).await);
    invited.destroy().await.unwrap();
    assert!(member.is_up_to_date(&ann()).await);
}

#[tokio::test]
async fn a_member_goes_on_with_whichever_invitation_is_open() {
    for on_expiry in ["renew", "recreate", "ignore"] {
        let home = Home::new().await;
        let config = ann().with("on_expiry", on_expiry);
        let mut member = expired(&home, "vestibule_member", &config).await;
        let other = home.app.invite(ANN).await.id.to_native();
        // What was planned before that is refused, and the next plan has nothing to do.
        if on_expiry == "renew" {
            insta::assert_snapshot!(advice(&home, &mut member, &config, &other).await, @r"
            error: Cannot send the invitation again at email
            POST /v1/organizations/ORG/invitations/inv_d6j00409y9ncd6bmfjh0/resend: 409 Conflict: this address has an open invitation already.

            Location names the open invitation: send it again, change it or revoke it

            Since the plan was made the address was invited anew. Run terraform plan again to see what became of it, and what to do now.
            ");
        }
        assert!(member.is_up_to_date(&config).await, "{on_expiry}");
        assert_eq!(member.text("invitation"), other);
        assert_eq!(member.text("status"), "invited");
    }
}

#[tokio::test]
async fn a_full_organization_is_not_mistaken_for_somebody_who_is_there() {
    let app = TestApp::with_settings(|settings| settings.pending_limit = Some(1)).await;
    let home = Home::of(app).await;
    home.app.invite("bob@example.org").await;
    for type_name in ["vestibule_invitation", "vestibule_member"] {
        let errors = home.resource(type_name).apply(&ann()).await.unwrap_err();
        assert!(!summaries(&errors).contains(" at email"), "{type_name}");
        assert!(!details(&errors).contains("import"), "{}", details(&errors));
    }
}

#[tokio::test]
async fn nothing_counts_as_deleted_in_an_organization_that_cannot_be_seen() {
    let home = Home::new().await;
    let elsewhere = home.app.other_organization("Other").await.key.organization;
    let named = |name: &str| Object::new().with("name", name);
    let mut joined = home.resource("vestibule_member");
    let bob = Object::new().with("email", "bob@example.org");
    joined.apply(&bob).await.unwrap();
    let invitation = home.app.open_invitation("bob@example.org").await;
    home.app.accept(&invitation).await;
    joined.refresh().await.unwrap();
    let mut resources = vec![joined];
    for (type_name, config) in [
        ("vestibule_team", named("Blue")),
        ("vestibule_project", named("Web")),
        (
            "vestibule_api_key",
            named("ci").with("roles", Value::set(["member"])),
        ),
        ("vestibule_invitation", ann()),
        (
            "vestibule_member",
            Object::new().with("email", "carl@example.org"),
        ),
    ] {
        let mut resource = home.resource(type_name);
        resource.apply(&config).await.unwrap();
        resources.push(resource);
    }
    for mut resource in resources {
        let state = resource.state().clone();
        let unseen = state.clone().with("organization", elsewhere.to_native());
        resource.state = Some(unseen.clone());
        let errors = resource.destroy().await.unwrap_err();
        assert_eq!(
            summaries(&errors),
            "error: The organization cannot be seen with this token"
        );
        assert_eq!(resource.state, Some(unseen));
        // Where it can be seen, what is gone already is gone.
        resource.state = Some(state.clone());
        resource.destroy().await.unwrap();
        resource.state = Some(state);
        resource.destroy().await.unwrap();
    }
}
