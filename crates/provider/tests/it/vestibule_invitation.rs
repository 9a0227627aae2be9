//! `vestibule_invitation` from its creation to its end.

use tfplugin::{Object, Value};

use crate::terraform::{details, summaries};
use crate::vestibule::{Home, texts};

const ANN: &str = "Ann.Lee@Example.org";

fn ann() -> Object {
    Object::new().with("email", ANN)
}

#[tokio::test]
async fn an_invitation_is_created_and_stays_without_a_difference() {
    let home = Home::new().await;
    let mut ann_invited = home.resource("vestibule_invitation");
    ann_invited.apply(&ann()).await.unwrap();
    let state = ann_invited.state();
    assert_eq!(state.str("organization").unwrap(), home.organization());
    assert_eq!(state.str("status").unwrap(), "sent");
    assert_eq!(state.str("auth_type").unwrap(), "local");
    assert_eq!(texts(state, "roles"), ["member"]);
    assert!(state.str("id").unwrap().starts_with("inv_"));
    assert!(state.str("user").unwrap().starts_with("usr_"));
    assert!(ann_invited.is_up_to_date(&ann()).await);
    let lower = Object::new().with("email", "ann.lee@EXAMPLE.org");
    assert!(ann_invited.is_up_to_date(&lower).await);
}

#[tokio::test]
async fn roles_teams_message_and_life_change_in_place() {
    let home = Home::new().await;
    let team = home.team("Blue").await;
    let mut invited = home.resource("vestibule_invitation");
    invited.apply(&ann()).await.unwrap();
    let (id, end) = (invited.text("id"), invited.text("expires_at"));
    let config = ann()
        .with("roles", Value::set(["user_admin"]))
        .with("teams", Value::set([team.as_str()]))
        .with("message", "Welcome\r\naboard")
        .with("expires_in", 3600);
    let plan = invited.plan(&config);
    assert_eq!(plan.replaces, []);
    assert!(plan.state.get("expires_at").is_unknown());
    invited.apply(&config).await.unwrap();
    assert_eq!(invited.text("id"), id);
    assert_ne!(invited.text("expires_at"), end);
    assert_eq!(texts(invited.state(), "teams"), [team]);
    assert!(invited.is_up_to_date(&config).await);
    let without = ann().with("roles", Value::set(["user_admin"]));
    invited.apply(&without).await.unwrap();
    assert!(invited.is_up_to_date(&without).await);
    assert_eq!(invited.text("message"), "null");
}

#[tokio::test]
async fn taking_the_life_out_of_the_configuration_leaves_the_life_that_is() {
    let home = Home::new().await;
    for type_name in ["vestibule_invitation", "vestibule_member"] {
        let mut invited = home.resource(type_name);
        let hour = ann().with("expires_in", 3600);
        invited.apply(&hour).await.unwrap();
        let end = invited.text("expires_at");
        invited.apply(&ann()).await.unwrap();
        assert_eq!(invited.text("expires_at"), end, "{type_name}");
        assert!(invited.is_up_to_date(&ann()).await);
        invited.destroy().await.unwrap();
    }
}

#[tokio::test]
async fn what_was_left_expired_is_replaced_when_it_is_to_promise_something_else() {
    for (type_name, open) in [
        ("vestibule_invitation", "sent"),
        ("vestibule_member", "invited"),
    ] {
        let home = Home::new().await;
        let mut invited = home.resource(type_name);
        let ignored = ann().with("on_expiry", "ignore");
        invited.apply(&ignored).await.unwrap();
        home.days_pass(400);
        assert!(invited.is_up_to_date(&ignored).await);
        let admin = ignored.with("roles", Value::set(["user_admin"]));
        assert_eq!(invited.plan(&admin).replaces, ["roles".into()]);
        invited.apply(&admin).await.unwrap();
        assert!(invited.is_up_to_date(&admin).await);
        assert_eq!(invited.text("status"), open);
    }
}

#[tokio::test]
async fn the_words_of_an_accepted_invitation_can_change_and_differ_from_nothing() {
    let home = Home::new().await;
    let mut invited = home.resource("vestibule_invitation");
    invited.apply(&ann()).await.unwrap();
    home.app.accept(&home.app.open_invitation(ANN).await).await;
    invited.refresh().await.unwrap();
    let words = ann().with("message", "Welcome");
    invited.apply(&words).await.unwrap();
    assert!(invited.is_up_to_date(&words).await);
}

#[tokio::test]
async fn a_change_of_what_was_declined_is_said_to_reach_nobody() {
    let home = Home::new().await;
    let mut invited = home.resource("vestibule_invitation");
    invited.apply(&ann()).await.unwrap();
    home.app.decline(&home.app.open_invitation(ANN).await).await;
    invited.refresh().await.unwrap();
    assert_eq!(summaries(&invited.plan(&ann()).diagnostics), "");
    let admin = ann().with("roles", Value::set(["user_admin"]));
    assert_eq!(
        summaries(&invited.plan(&admin).diagnostics),
        "warning: The invitation has ended, and is not sent again"
    );
    invited.apply(&admin).await.unwrap();
    assert!(invited.is_up_to_date(&admin).await);
}

#[tokio::test]
async fn acceptance_leaves_no_difference_and_ends_what_can_change() {
    let home = Home::new().await;
    let mut invited = home.resource("vestibule_invitation");
    invited.apply(&ann()).await.unwrap();
    home.app.accept(&home.app.open_invitation(ANN).await).await;
    assert!(invited.is_up_to_date(&ann()).await);
    assert_eq!(invited.text("status"), "accepted");
    let promoted = ann().with("roles", Value::set(["user_admin"]));
    assert_eq!(
        summaries(&invited.plan(&promoted).diagnostics),
        "error: An accepted invitation cannot change at roles"
    );
    let said = invited.destroy().await.unwrap();
    assert_eq!(
        summaries(&said),
        "warning: The person stays in the organization"
    );
}

#[tokio::test]
async fn an_expired_invitation_is_renewed_recreated_refused_or_left_as_configured() {
    for on_expiry in ["renew", "recreate", "fail", "ignore"] {
        let home = Home::new().await;
        let config = ann().with("on_expiry", on_expiry);
        let mut invited = home.resource("vestibule_invitation");
        invited.apply(&config).await.unwrap();
        let id = invited.text("id");
        home.days_pass(400);
        invited.refresh().await.unwrap();
        assert_eq!(invited.text("status"), "expired");
        let plan = invited.plan(&config);
        match on_expiry {
            "renew" => {
                assert_eq!(plan.replaces, []);
                invited.apply(&config).await.unwrap();
                assert_eq!(invited.text("id"), id);
                assert_eq!(invited.text("status"), "sent");
                assert_eq!(
                    invited.state().integer("resend_count").unwrap().known(),
                    Some(1)
                );
                assert!(invited.is_up_to_date(&config).await);
            }
            "recreate" => {
                assert_eq!(plan.replaces, ["status".into()]);
                invited.apply(&config).await.unwrap();
                assert_ne!(invited.text("id"), id);
                assert!(invited.is_up_to_date(&config).await);
            }
            "fail" => assert_eq!(
                summaries(&plan.diagnostics),
                "error: The invitation has expired at on_expiry"
            ),
            _ => assert!(invited.is_up_to_date(&config).await),
        }
    }
}

#[tokio::test]
async fn renewing_brings_along_what_else_has_changed() {
    let home = Home::new().await;
    let mut invited = home.resource("vestibule_invitation");
    invited.apply(&ann()).await.unwrap();
    home.days_pass(400);
    invited.refresh().await.unwrap();
    let config = ann().with("roles", Value::set(["user_admin"]));
    invited.apply(&config).await.unwrap();
    assert_eq!(invited.text("status"), "sent");
    assert!(invited.is_up_to_date(&config).await);
}

#[tokio::test]
async fn what_somebody_else_withdrew_is_invited_again_and_what_was_declined_is_said() {
    let home = Home::new().await;
    let mut invited = home.resource("vestibule_invitation");
    invited.apply(&ann()).await.unwrap();
    let mut other = home.resource("vestibule_invitation");
    other.import(&invited.text("id")).await.unwrap();
    other.destroy().await.unwrap();
    invited.refresh().await.unwrap();
    assert_eq!(invited.state, None);

    invited.apply(&ann()).await.unwrap();
    home.app.decline(&home.app.open_invitation(ANN).await).await;
    let said = invited.refresh().await.unwrap();
    assert_eq!(summaries(&said), "warning: The invitation has ended");
    assert_eq!(invited.text("reason"), "declined");
    assert!(invited.is_up_to_date(&ann()).await);
    // Said once, when it happened.
    assert_eq!(summaries(&invited.refresh().await.unwrap()), "");
    invited.destroy().await.unwrap();
}

#[tokio::test]
async fn an_invitation_in_the_way_can_be_imported_by_id_and_by_address() {
    let home = Home::new().await;
    let existing = home.app.invite(ANN).await.id.to_native();
    let mut invited = home.resource("vestibule_invitation");
    let errors = invited.apply(&ann()).await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Cannot create the invitation at email"
    );
    let organization = home.organization();
    let command = format!("terraform import vestibule_invitation.NAME {organization}/{existing}");
    assert!(details(&errors).contains(&command), "{}", details(&errors));
    for id in [
        existing.clone(),
        format!("{organization}/{existing}"),
        "ann.lee@example.org".to_owned(),
    ] {
        invited.import(&id).await.unwrap();
        assert_eq!(invited.text("id"), existing);
        let config = Object::new().with("email", "ann.lee@example.org");
        assert!(invited.is_up_to_date(&config).await, "{id}");
    }
    let errors = invited.import("bob@example.org").await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: There is no invitation to import"
    );
}

#[tokio::test]
async fn a_stranger_to_the_organization_loses_no_state() {
    let home = Home::new().await;
    let other = home.app.other_organization("Other").await;
    let mut invited = home.resource("vestibule_invitation");
    invited.apply(&ann()).await.unwrap();
    let organization = other.key.organization.to_native();
    let state = invited.state().clone().with("organization", organization);
    invited.state = Some(state);
    let errors = invited.refresh().await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: The organization cannot be seen with this token"
    );
    assert!(invited.state.is_some());
}

#[tokio::test]
async fn known_bad_values_are_refused_before_anything_is_sent() {
    let home = Home::new().await;
    let invited = home.resource("vestibule_invitation");
    let problems = |config: Object| summaries(&invited.validate(&config));
    let long = "x".repeat(501);
    insta::assert_snapshot!(
        [
            problems(Object::new().with("email", "ann")),
            problems(ann().with("roles", Value::set(Vec::<Value>::new()))),
            problems(ann().with("auth_type", "AUTH_TYPE_LOCAL")),
            problems(ann().with("on_expiry", "always")),
            problems(ann().with("expires_in", 0)),
            problems(ann().with("message", long)),
        ]
        .join("\n"),
        @r"
    error: Invalid value for email at email
    error: Invalid value for roles at roles
    error: Invalid value for auth_type at auth_type
    error: Invalid value for on_expiry at on_expiry
    error: Invalid value for expires_in at expires_in
    error: Invalid value for message at message
    "
    );
}
