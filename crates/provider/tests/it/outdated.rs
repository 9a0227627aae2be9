//! Changes that meet something else than what they were planned for: what is gone, or no longer
//! open. They say so, leave the state alone, and the next plan finds a way.

use tfplugin::{Object, Value};

use crate::fake_atlas::ORG;
use crate::fake_people::FakePeople;
use crate::terraform::{Terraform, details, summaries};
use crate::vestibule::Home;
use crate::{atlas_org_user, atlas_project_invitation};

const ANN: &str = "ann@example.org";
const GONE: &str = "What was to be changed is no longer there: since the plan was made it was \
                    removed, or these credentials may not see it any more. Run terraform plan \
                    again to see what became of it, and what to do now.";
const NOT_OPEN: &str = "The invitation is no longer open: since the plan was made it was accepted, \
                        declined or withdrawn, or it expired. Run terraform plan again to see what \
                        became of it, and what to do now.";

/// Applies without a refresh, in vain.
async fn refused(resource: &mut Terraform, config: &Object, summary: &str, why: &str) {
    let before = resource.state.clone();
    let errors = resource.apply(config).await.unwrap_err();
    assert_eq!(summaries(&errors), format!("error: {summary}"));
    assert!(details(&errors).ends_with(why), "{}", details(&errors));
    assert_eq!(resource.state, before, "{summary}");
}

/// Plans again, and applies that.
async fn repaired(resource: &mut Terraform, config: &Object) {
    resource.refresh().await.unwrap();
    resource.apply(config).await.unwrap();
    assert!(resource.is_up_to_date(config).await);
}

fn ann() -> Object {
    Object::new().with("email", ANN)
}

fn admin() -> Object {
    ann().with("roles", Value::set(["user_admin"]))
}

/// Deletes what a resource is about behind its back.
async fn removed(home: &Home, type_name: &str, import_id: &str) {
    let mut other = home.resource(type_name);
    other.import(import_id).await.unwrap();
    other.destroy().await.unwrap();
}

#[tokio::test]
async fn a_team_or_project_that_was_deleted_meanwhile_is_said_to_be_gone() {
    let home = Home::new().await;
    for (type_name, summary) in [
        ("vestibule_team", "Cannot change the team at name"),
        ("vestibule_project", "Cannot change the project at name"),
    ] {
        let named = |name: &str| Object::new().with("name", name);
        let mut resource = home.resource(type_name);
        resource.apply(&named("Blue")).await.unwrap();
        removed(&home, type_name, &resource.text("id")).await;
        refused(&mut resource, &named("Green"), summary, GONE).await;
        repaired(&mut resource, &named("Green")).await;
    }
}

#[tokio::test]
async fn an_organization_that_cannot_be_seen_any_more_is_said_to_be_gone() {
    let home = Home::new().await;
    let elsewhere = home.app.other_organization("Other").await.key.organization;
    let mut resource = home.resource("vestibule_organization");
    let named = |name: &str| Object::new().with("name", name);
    resource.apply(&named("Branch")).await.unwrap();
    let state = resource.state().clone();
    resource.state = Some(state.with("id", elsewhere.to_native()));
    let summary = "Cannot change the organization";
    refused(&mut resource, &named("Twig"), summary, GONE).await;
}

#[tokio::test]
async fn an_invitation_that_ended_meanwhile_is_said_to_be_no_longer_open() {
    let cannot_change = [
        ("vestibule_invitation", "Cannot change the invitation"),
        ("vestibule_member", "Cannot change the member"),
    ];
    for (type_name, summary) in cannot_change {
        for ending in ["withdrawn", "declined", "expired"] {
            let home = Home::new().await;
            let mut resource = home.resource(type_name);
            resource.apply(&ann()).await.unwrap();
            match ending {
                "withdrawn" => removed(&home, "vestibule_invitation", ANN).await,
                "declined" => home.app.decline(&home.app.open_invitation(ANN).await).await,
                _ => home.days_pass(400),
            }
            refused(&mut resource, &admin(), summary, NOT_OPEN).await;
            // A change that members know nothing of is not taken for done either.
            let words = ann().with("message", "Welcome");
            refused(&mut resource, &words, summary, NOT_OPEN).await;
            home.days_pass(1);
            repaired(&mut resource, &admin()).await;
        }
    }
}

#[tokio::test]
async fn an_expired_invitation_that_was_withdrawn_meanwhile_is_not_sent_again() {
    for type_name in ["vestibule_invitation", "vestibule_member"] {
        let home = Home::new().await;
        let mut resource = home.resource(type_name);
        resource.apply(&ann()).await.unwrap();
        home.days_pass(400);
        resource.refresh().await.unwrap();
        removed(&home, "vestibule_invitation", ANN).await;
        let summary = "Cannot send the invitation again";
        refused(&mut resource, &ann(), summary, NOT_OPEN).await;
        repaired(&mut resource, &ann()).await;
    }
}

#[tokio::test]
async fn a_member_who_was_removed_meanwhile_is_said_to_be_gone() {
    let home = Home::new().await;
    let mut resource = home.resource("vestibule_member");
    resource.apply(&ann()).await.unwrap();
    home.app.accept(&home.app.open_invitation(ANN).await).await;
    resource.refresh().await.unwrap();
    removed(&home, "vestibule_member", ANN).await;
    refused(&mut resource, &admin(), "Cannot change the member", GONE).await;
    home.days_pass(1);
    repaired(&mut resource, &admin()).await;
}

#[tokio::test]
async fn somebody_of_atlas_who_was_removed_meanwhile_is_said_to_be_gone() {
    let in_organization = |role| atlas_org_user::place(ANN, &[role]);
    let in_project = |role| atlas_project_invitation::invite(ANN, &[role]);
    let kinds = [
        (
            "mongodbatlas_cloud_user_org_assignment",
            [in_organization("ORG_MEMBER"), in_organization("ORG_OWNER")],
            "Cannot change the user's roles",
        ),
        (
            "mongodbatlas_cloud_user_project_assignment",
            [in_project("GROUP_READ_ONLY"), in_project("GROUP_OWNER")],
            "Cannot change the user's roles in the project",
        ),
    ];
    for (type_name, [before, after], summary) in kinds {
        let fake = FakePeople::start().await;
        let mut resource = fake.terraform(type_name).await;
        resource.apply(&before).await.unwrap();
        fake.world().users.clear();
        refused(&mut resource, &after, summary, GONE).await;
        repaired(&mut resource, &after).await;
    }
}

#[tokio::test]
async fn a_project_invitation_that_was_accepted_meanwhile_is_said_to_be_no_longer_open() {
    let fake = FakePeople::start().await;
    let invite = |role| atlas_project_invitation::invite(ANN, &[role]);
    let mut resource = fake.terraform("mongodbatlas_project_invitation").await;
    resource.apply(&invite("GROUP_READ_ONLY")).await.unwrap();
    fake.world().accept_all();
    let summary = "Cannot change the project invitation";
    refused(&mut resource, &invite("GROUP_OWNER"), summary, NOT_OPEN).await;
}

#[tokio::test]
async fn a_team_of_atlas_that_was_deleted_meanwhile_is_said_to_be_gone() {
    let team = |name: &str, usernames: &[&str]| {
        Object::new()
            .with("org_id", ORG)
            .with("name", name)
            .with("usernames", Value::set(usernames.iter().copied()))
    };
    for (config, summary) in [
        (team("dev", &[ANN]), "Cannot rename the team"),
        (
            team("ops", &[ANN, "bob@example.org"]),
            "Cannot add a member to the team",
        ),
        (team("ops", &[]), "Cannot take a member out of the team"),
    ] {
        let fake = FakePeople::start().await;
        fake.world().add(ANN, "ACTIVE");
        fake.world().add("bob@example.org", "ACTIVE");
        let mut resource = fake.terraform("mongodbatlas_team").await;
        resource.apply(&team("ops", &[ANN])).await.unwrap();
        fake.world().teams.clear();
        refused(&mut resource, &config, summary, GONE).await;
        repaired(&mut resource, &config).await;
    }
}
