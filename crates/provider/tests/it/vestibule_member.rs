//! `vestibule_member`: one resource from the invitation to the removal.

use tfplugin::harness::move_from;
use tfplugin::{Diagnostics, Object, Value};

use crate::terraform::{Terraform, details, summaries};
use crate::vestibule::{Home, texts};

const ANN: &str = "Ann.Lee@Example.org";

fn ann() -> Object {
    Object::new().with("email", ANN)
}

async fn invited(home: &Home, config: &Object) -> Terraform {
    let mut member = home.resource("vestibule_member");
    member.apply(config).await.unwrap();
    member
}

async fn joined(home: &Home, config: &Object) -> Terraform {
    let mut member = invited(home, config).await;
    home.app.accept(&home.app.open_invitation(ANN).await).await;
    member.refresh().await.unwrap();
    member
}

#[tokio::test]
async fn acceptance_changes_nothing_in_a_plan() {
    let home = Home::new().await;
    let team = home.team("Blue").await;
    let config = ann()
        .with("roles", Value::set(["member", "user_admin"]))
        .with("teams", Value::set([team.as_str()]))
        .with("message", "Welcome");
    let mut member = invited(&home, &config).await;
    assert_eq!(member.text("status"), "invited");
    let user = member.text("id");
    assert!(member.is_up_to_date(&config).await);
    home.app.accept(&home.app.open_invitation(ANN).await).await;
    assert!(member.is_up_to_date(&config).await);
    assert_eq!(member.text("status"), "active");
    assert_eq!(member.text("id"), user);
    assert_eq!(member.text("expires_at"), "null");
    assert_eq!(member.text("joined_at"), "2026-03-01T09:00:00.000000Z");
    assert_eq!(texts(member.state(), "teams"), [team]);
}

/// The first two reads of a process are single ones, the others come out of the list.
#[tokio::test]
async fn what_became_of_the_mail_is_said_however_the_person_is_looked_up() {
    let home = Home::new().await;
    let addresses = ["a@x.org", "b@x.org", "c@x.org", "d@x.org"];
    for address in addresses {
        let config = Object::new().with("email", address);
        let mut member = invited(&home, &config).await;
        let made = member.state().get("delivery").clone();
        assert!(!made.is_null());
        member.refresh().await.unwrap();
        assert_eq!(member.state().get("delivery"), &made, "{address}");
    }
    let home = Home::of(home.app).await;
    for address in addresses {
        let mut member = home.resource("vestibule_member");
        member.import(address).await.unwrap();
        assert!(!member.state().get("delivery").is_null(), "{address}");
    }
}

#[tokio::test]
async fn roles_and_teams_change_before_and_after_acceptance() {
    let home = Home::new().await;
    let team = home.team("Blue").await;
    let mut member = invited(&home, &ann()).await;
    let admin = ann().with("roles", Value::set(["user_admin"]));
    member.apply(&admin).await.unwrap();
    assert!(member.is_up_to_date(&admin).await);
    home.app.accept(&home.app.open_invitation(ANN).await).await;
    assert!(member.is_up_to_date(&admin).await);
    assert_eq!(texts(member.state(), "roles"), ["user_admin"]);
    let in_team = ann().with("teams", Value::set([team.as_str()]));
    member.apply(&in_team).await.unwrap();
    assert!(member.is_up_to_date(&in_team).await);
    assert_eq!(texts(member.state(), "roles"), ["member"]);
    assert_eq!(texts(member.state(), "teams"), [team]);
}

#[tokio::test]
async fn a_change_that_meets_an_acceptance_is_given_instead_of_promised() {
    let home = Home::new().await;
    let mut member = invited(&home, &ann()).await;
    home.app.accept(&home.app.open_invitation(ANN).await).await;
    let admin = ann().with("roles", Value::set(["user_admin"]));
    member.apply(&admin).await.unwrap();
    assert!(member.is_up_to_date(&admin).await);
    assert_eq!(member.text("status"), "active");
}

#[tokio::test]
async fn destroying_withdraws_or_removes_as_the_person_stands() {
    let home = Home::new().await;
    let mut member = invited(&home, &ann()).await;
    member.destroy().await.unwrap();
    let found = home.read("vestibule_invitations", ann()).await.unwrap();
    let first = found.get("invitations").as_slice().unwrap()[0].clone();
    assert_eq!(first.as_object().unwrap().str("status"), Ok("deactivated"));

    let mut member = joined(&home, &ann()).await;
    member.destroy().await.unwrap();
    assert_eq!(members(&home).await, ["owner@acme.example"]);

    // Accepted after the last refresh.
    let mut member = invited(&home, &ann()).await;
    home.app.accept(&home.app.open_invitation(ANN).await).await;
    member.destroy().await.unwrap();
    assert_eq!(members(&home).await, ["owner@acme.example"]);
}

async fn members(home: &Home) -> Vec<String> {
    let found = home.read("vestibule_members", Object::new()).await.unwrap();
    let members = found.get("members").as_slice().unwrap();
    members
        .iter()
        .map(|one| one.as_object().unwrap().str("email").unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn whoever_leaves_is_invited_again_forgotten_or_missed_as_configured() {
    for on_leave in ["reinvite", "forget", "fail"] {
        let home = Home::new().await;
        let config = ann().with("on_leave", on_leave);
        let mut member = invited(&home, &config).await;
        let user = member.text("id");
        let invitation = home.app.open_invitation(ANN).await;
        home.app.accept(&invitation).await;
        home.app.leave(&invitation).await;
        member.refresh().await.unwrap();
        assert_eq!(member.text("status"), "gone");
        assert_eq!(member.text("reason"), "user_left");
        let plan = member.plan(&config);
        match on_leave {
            "reinvite" => {
                assert_eq!(plan.replaces, []);
                member.apply(&config).await.unwrap();
                assert_eq!(member.text("status"), "invited");
                assert_ne!(member.text("invitation"), invitation.id.to_native());
                assert_eq!(member.text("id"), user);
                assert!(member.is_up_to_date(&config).await);
            }
            "fail" => {
                assert_eq!(
                    summaries(&plan.diagnostics),
                    "error: The person is not in the organization at on_leave"
                );
                insta::allow_duplicates! {
                    insta::assert_snapshot!(details(&plan.diagnostics), @r#"They left, and on_leave = "fail" asks to stop then. Choose another on_leave, or remove the person from the configuration."#);
                }
                // Another choice takes effect with the next plan.
                member.apply(&ann()).await.unwrap();
                assert_eq!(member.text("status"), "invited");
            }
            _ => {
                assert!(member.is_up_to_date(&config).await);
                let admin = config.clone().with("roles", Value::set(["user_admin"]));
                member.apply(&admin).await.unwrap();
                assert!(member.is_up_to_date(&admin).await);
                member.destroy().await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn whoever_declines_or_is_removed_or_uninvited_counts_as_gone() {
    let home = Home::new().await;
    let mut member = invited(&home, &ann()).await;
    home.app.decline(&home.app.open_invitation(ANN).await).await;
    member.refresh().await.unwrap();
    assert_eq!(member.text("reason"), "declined");
    home.days_pass(1);
    member.apply(&ann()).await.unwrap();

    let mut other = home.resource("vestibule_member");
    other.import(ANN).await.unwrap();
    other.destroy().await.unwrap();
    member.refresh().await.unwrap();
    assert_eq!(member.text("reason"), "revoked");

    home.days_pass(1);
    member.apply(&ann()).await.unwrap();
    home.app.accept(&home.app.open_invitation(ANN).await).await;
    other.import(ANN).await.unwrap();
    other.destroy().await.unwrap();
    member.refresh().await.unwrap();
    assert_eq!(member.text("reason"), "user_removed");
}

#[tokio::test]
async fn an_expired_invitation_is_renewed_or_refused_as_configured() {
    for on_expiry in ["renew", "recreate", "fail", "ignore"] {
        let home = Home::new().await;
        let config = ann().with("on_expiry", on_expiry);
        let mut member = invited(&home, &config).await;
        let invitation = member.text("invitation");
        home.days_pass(400);
        member.refresh().await.unwrap();
        assert_eq!(member.text("status"), "expired");
        match on_expiry {
            "fail" => assert_eq!(
                summaries(&member.plan(&config).diagnostics),
                "error: The invitation has expired at on_expiry"
            ),
            "ignore" => assert!(member.is_up_to_date(&config).await),
            _ => {
                let admin = config.clone().with("roles", Value::set(["user_admin"]));
                member.apply(&admin).await.unwrap();
                assert_eq!(member.text("status"), "invited");
                assert_eq!(
                    member.text("invitation") == invitation,
                    on_expiry == "renew"
                );
                assert!(member.is_up_to_date(&admin).await);
            }
        }
    }
}

#[tokio::test]
async fn a_person_is_imported_by_address_however_they_stand() {
    let home = Home::new().await;
    let mut member = home.resource("vestibule_member");
    let lower = Object::new().with("email", "ann.lee@example.org");
    let id = format!("{}/ann.lee@example.org", home.organization());

    home.app.invite(ANN).await;
    member.import(&id).await.unwrap();
    assert_eq!(member.text("status"), "invited");
    assert!(member.is_up_to_date(&lower).await);

    let invitation = home.app.open_invitation(ANN).await;
    home.app.accept(&invitation).await;
    member.import("ann.lee@example.org").await.unwrap();
    assert_eq!(member.text("status"), "active");
    assert!(member.is_up_to_date(&lower).await);

    home.app.leave(&invitation).await;
    member.import(&id).await.unwrap();
    assert_eq!(member.text("status"), "gone");

    home.app.invite("bob@example.org").await;
    home.days_pass(400);
    member.import("bob@example.org").await.unwrap();
    assert_eq!(member.text("status"), "expired");

    for (id, expected) in [
        ("carl@example.org", "error: There is nobody to import"),
        ("usr_1", "error: The import id is no address"),
        ("", "error: The import id is empty"),
    ] {
        let errors = member.import(id).await.unwrap_err();
        assert_eq!(summaries(&errors), expected);
    }
}

#[tokio::test]
async fn whoever_is_there_already_comes_with_the_command_to_import_them() {
    let home = Home::new().await;
    let mut member = home.resource("vestibule_member");
    let owner = Object::new().with("email", "owner@acme.example");
    let errors = member.apply(&owner).await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Cannot invite the person at email"
    );
    let command = format!(
        "terraform import vestibule_member.NAME {}/owner@acme.example",
        home.organization()
    );
    assert!(details(&errors).contains(&command), "{}", details(&errors));
}

#[tokio::test]
async fn a_moved_block_makes_a_member_of_an_invitation_without_inviting_again() {
    let provider = "registry.terraform.io/vestibule/vestibule";
    let from = "vestibule_invitation";
    for standing in ["invited", "active", "expired", "gone"] {
        let home = Home::new().await;
        let config = ann()
            .with("roles", Value::set(["user_admin"]))
            .with("message", "Welcome");
        let mut invitation = home.resource(from);
        invitation.apply(&config).await.unwrap();
        let id = invitation.text("id");
        match standing {
            "active" => drop(home.app.accept(&home.app.open_invitation(ANN).await).await),
            "gone" => home.app.decline(&home.app.open_invitation(ANN).await).await,
            "expired" => home.days_pass(400),
            _ => {}
        }
        let stored = invitation.state();
        let json = serde_json::json!({
            "id": id, "organization": stored.str("organization").unwrap(), "email": ANN,
            "message": "Welcome", "auth_type": "local", "on_expiry": "renew",
            "roles": ["user_admin"], "status": "sent",
        });
        let json = json.to_string();
        let mut member = home.resource("vestibule_member");
        let moved = |address: &str, type_name: &str| {
            move_from(&*member.resource, address, type_name, json.as_bytes()).unwrap()
        };
        assert_eq!(moved("registry.terraform.io/acme/other", from), None);
        assert_eq!(moved(provider, "vestibule_team"), None);
        member.state = moved(provider, from);
        member.refresh().await.unwrap();
        assert_eq!(member.text("status"), standing);
        assert_eq!(member.text("invitation") == id, standing != "active");
        let changes = standing == "expired" || standing == "gone";
        assert_eq!(!member.is_up_to_date(&config).await, changes, "{standing}");
        home.days_pass(1);
        member.apply(&config).await.unwrap();
        assert!(member.is_up_to_date(&config).await);
    }
}

/// What a member is made of that was moved from a `vestibule_invitation` with this state.
fn moved_invitation(member: &Terraform, json: &str) -> Result<Option<Object>, Diagnostics> {
    move_from(
        &*member.resource,
        "registry.terraform.io/vestibule/vestibule",
        "vestibule_invitation",
        json.as_bytes(),
    )
}

#[tokio::test]
async fn a_moved_member_is_looked_up_before_anything_is_done_without_a_refresh() {
    let home = Home::new().await;
    let mut invitation = home.resource("vestibule_invitation");
    invitation.apply(&ann()).await.unwrap();
    let organization = home.organization();
    let json = serde_json::json!({ "organization": organization, "email": ANN }).to_string();
    let mut member = home.resource("vestibule_member");
    member.state = moved_invitation(&member, &json).unwrap();
    let errors = member.apply(&ann()).await.unwrap_err();
    assert_eq!(summaries(&errors), "error: Cannot change the member");
    insta::assert_snapshot!(details(&errors), @"The resource was moved and has not been refreshed since, so that it is not known how the person stands. Run terraform plan again to see what became of it, and what to do now.");
    member.destroy().await.unwrap();
    invitation.refresh().await.unwrap();
    assert_eq!(invitation.state, None);
}

/// With `create_before_destroy` the new one is there when the old one is withdrawn.
#[tokio::test]
async fn an_expired_invitation_can_be_recreated_before_it_is_destroyed() {
    for type_name in ["vestibule_member", "vestibule_invitation"] {
        let home = Home::new().await;
        let config = ann().with("on_expiry", "recreate");
        let mut old = home.resource(type_name);
        old.apply(&config).await.unwrap();
        home.days_pass(400);
        old.refresh().await.unwrap();
        assert_eq!(old.plan(&config).replaces, ["status".into()]);
        let mut new = home.resource(type_name);
        new.apply(&config).await.unwrap();
        old.destroy().await.unwrap();
        assert!(new.is_up_to_date(&config).await);
        home.app.accept(&home.app.open_invitation(ANN).await).await;
        assert!(new.is_up_to_date(&config).await);
    }
}

#[tokio::test]
async fn an_invitation_to_a_project_does_not_become_a_member_by_being_moved() {
    let home = Home::new().await;
    let member = home.resource("vestibule_member");
    let json = r#"{"email": "ann@example.org", "organization": "org_1", "project": "prj_1"}"#;
    let moved = moved_invitation(&member, json);
    assert_eq!(
        summaries(&moved.unwrap_err()),
        "error: An invitation to a project makes no member of the organization"
    );
}

#[tokio::test]
async fn how_a_member_signs_in_cannot_change() {
    let home = Home::new().await;
    let mut member = invited(&home, &ann()).await;
    let sso = ann().with("auth_type", "sso");
    assert_eq!(member.plan(&sso).replaces, ["auth_type".into()]);
    home.app.accept(&home.app.open_invitation(ANN).await).await;
    member.refresh().await.unwrap();
    assert_eq!(
        summaries(&member.plan(&sso).diagnostics),
        "error: The auth_type of a member cannot change at auth_type"
    );
}
