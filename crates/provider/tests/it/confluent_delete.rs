//! `confluent_invitation`: destroying, in every state of the invitation.

use axum::http::Method;
use tfplugin::Object;

use crate::confluent::{ann, terraform};
use crate::fake_confluent::FakeConfluent;
use crate::terraform::{Terraform, details, summaries};

async fn created(fake: &FakeConfluent, config: &Object) -> Terraform {
    let mut terraform = terraform(fake).await;
    terraform.apply(config).await.unwrap();
    fake.server.take_lines();
    terraform
}

#[tokio::test]
async fn an_open_invitation_is_withdrawn() {
    let fake = FakeConfluent::start().await;
    let mut terraform = created(&fake, &ann()).await;
    assert_eq!(summaries(&terraform.destroy().await.unwrap()), "");
    assert!(fake.organization().invitations.is_empty());
}

#[tokio::test]
async fn one_that_is_gone_already_is_no_error() {
    let fake = FakeConfluent::start().await;
    let mut terraform = created(&fake, &ann()).await;
    fake.organization().invitations.clear();
    assert_eq!(summaries(&terraform.destroy().await.unwrap()), "");
}

#[tokio::test]
async fn one_that_vanishes_after_the_look_is_no_error() {
    let fake = FakeConfluent::start().await;
    let mut terraform = created(&fake, &ann()).await;
    fake.refuse(Method::DELETE, 404, "gone a moment ago");
    assert_eq!(summaries(&terraform.destroy().await.unwrap()), "");
}

#[tokio::test]
async fn a_deactivated_one_is_forgotten() {
    let fake = FakeConfluent::start().await;
    let mut terraform = created(&fake, &ann()).await;
    fake.set("i-000001", "status", "INVITE_STATUS_DEACTIVATED");
    terraform.destroy().await.unwrap();
    assert_eq!(
        fake.server.take_lines(),
        ["GET /iam/v2/invitations/i-000001"]
    );
}

#[tokio::test]
async fn an_accepted_one_needs_allow_deletion() {
    let fake = FakeConfluent::start().await;
    let mut terraform = created(&fake, &ann()).await;
    fake.accept("i-000001");
    let errors = terraform.destroy().await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: An accepted invitation cannot be deleted at allow_deletion"
    );
    assert!(details(&errors).contains("allow_deletion = true"));
    assert!(terraform.state.is_some());
    assert_eq!(
        fake.server.take_lines(),
        ["GET /iam/v2/invitations/i-000001"]
    );
}

#[tokio::test]
async fn an_accepted_one_with_allow_deletion_is_forgotten_with_a_warning() {
    let fake = FakeConfluent::start().await;
    let mut terraform = created(&fake, &ann().with("allow_deletion", true)).await;
    // The state still says that it is open.
    fake.accept("i-000001");
    let warnings = terraform.destroy().await.unwrap();
    assert_eq!(
        summaries(&warnings),
        "warning: The invited user remains in the organization"
    );
    assert_eq!(
        fake.server.take_lines(),
        ["GET /iam/v2/invitations/i-000001"]
    );
}

#[tokio::test]
async fn one_that_is_accepted_after_the_look_is_treated_as_accepted() {
    let fake = FakeConfluent::start().await;
    let mut terraform = created(&fake, &ann().with("allow_deletion", true)).await;
    let open = fake.organization().invitations["i-000001"].clone();
    fake.organization()
        .refusals
        .push_back((Method::GET, (200, open)));
    fake.accept("i-000001");
    let warnings = terraform.destroy().await.unwrap();
    assert_eq!(
        summaries(&warnings),
        "warning: The invited user remains in the organization"
    );
}

#[tokio::test]
async fn a_refusal_keeps_the_state() {
    let fake = FakeConfluent::start().await;
    let mut terraform = created(&fake, &ann()).await;
    fake.refuse(Method::DELETE, 403, "only administrators");
    let errors = terraform.destroy().await.unwrap_err();
    assert_eq!(summaries(&errors), "error: Cannot delete the invitation");
    assert!(details(&errors).contains("only administrators"));
    assert!(terraform.state.is_some());
}

#[tokio::test]
async fn replacing_an_accepted_one_is_refused_while_planning() {
    let fake = FakeConfluent::start().await;
    let mut terraform = created(&fake, &ann()).await;
    fake.accept("i-000001");
    terraform.refresh().await.unwrap();
    let bob = Object::new().with("email", "bob@example.org");
    let plan = terraform.plan(&bob);
    assert_eq!(
        summaries(&plan.diagnostics),
        "error: An accepted invitation cannot be replaced at email"
    );
    terraform
        .apply(&ann().with("allow_deletion", true))
        .await
        .unwrap();
    let warnings = terraform
        .apply(&bob.with("allow_deletion", true))
        .await
        .unwrap();
    assert_eq!(
        summaries(&warnings),
        "warning: The invited user remains in the organization"
    );
    assert_eq!(terraform.text("email"), "bob@example.org");
}
