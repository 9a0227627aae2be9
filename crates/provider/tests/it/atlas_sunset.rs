//! `mongodbatlas_org_invitation` after 1 July 2027, when the API behind it answers 410.

use tfplugin::{Object, Value};

use crate::atlas::{ann, invite};
use crate::fake_atlas::ORG;
use crate::fake_people::FakePeople;
use crate::terraform::{Terraform, details, summaries};

async fn scene() -> (FakePeople, Terraform) {
    let fake = FakePeople::start().await;
    fake.world().is_after_the_sunset = true;
    let terraform = fake.terraform("mongodbatlas_org_invitation").await;
    (fake, terraform)
}

#[tokio::test]
async fn invitations_live_on_as_pending_users_of_the_newer_api() {
    let (fake, mut terraform) = scene().await;
    terraform.apply(&ann()).await.unwrap();
    assert_eq!(terraform.text("invitation_id"), "5e0000000000000000000001");
    assert_eq!(terraform.text("created_at"), "2026-11-22T05:59:56Z");
    assert!(terraform.is_up_to_date(&ann()).await);

    let owner = invite("Ann.Lee@Example.org", &["ORG_OWNER"])
        .with("teams_ids", Value::set(["5d0000000000000000000001"]));
    terraform.apply(&owner).await.unwrap();
    assert!(terraform.is_up_to_date(&owner).await);
    let user = fake.world().user("ann.lee@example.org").clone();
    assert_eq!(user.teams, ["5d0000000000000000000001"]);

    terraform.destroy().await.unwrap();
    assert!(fake.world().users.is_empty());
}

#[tokio::test]
async fn a_state_from_before_the_sunset_adopts_the_pending_user() {
    let (fake, mut terraform) = scene().await;
    let id = fake.world().add("Ann.Lee@Example.org", "PENDING");
    let state = Object::new()
        .with("org_id", ORG)
        .with("username", "Ann.Lee@Example.org")
        .with("invitation_id", "6a0000000000000000000001")
        .with("roles", Value::set(["ORG_MEMBER"]));
    terraform.state =
        Some(tfplugin::harness::complete(&terraform.resource.schema(), state).unwrap());
    assert!(terraform.is_up_to_date(&ann()).await);
    assert_eq!(terraform.text("invitation_id"), id);
}

#[tokio::test]
async fn destroying_an_invitation_never_removes_the_member_it_became() {
    let (fake, mut terraform) = scene().await;
    terraform.apply(&ann()).await.unwrap();
    fake.world().accept_all();
    terraform.destroy().await.unwrap();
    assert_eq!(fake.world().user("ann.lee@example.org").status, "ACTIVE");
}

#[tokio::test]
async fn accepted_and_expired_invitations_meet_the_same_fate_as_before() {
    let (fake, mut terraform) = scene().await;
    terraform.apply(&ann()).await.unwrap();
    let state = terraform.state.clone();
    fake.world().accept_all();
    let warnings = terraform.refresh().await.unwrap();
    assert_eq!(summaries(&warnings), "warning: The invitation was accepted");
    assert_eq!(terraform.state, None);
    terraform.state = state;
    fake.world().user("ann.lee@example.org").status = "INVITATION_EXPIRED";
    terraform.refresh().await.unwrap();
    assert_eq!(terraform.state, None);
}

#[tokio::test]
async fn imports_and_conflicts_work_without_the_legacy_api() {
    let (fake, mut terraform) = scene().await;
    fake.world().add("Ann.Lee@Example.org", "PENDING");
    let errors = terraform.apply(&ann()).await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Cannot create the invitation at username"
    );
    assert!(details(&errors).contains("terraform import"));
    let id = format!("{ORG}-ann.lee@example.org");
    terraform.import(&id).await.unwrap();
    assert!(terraform.is_up_to_date(&ann()).await);
}
