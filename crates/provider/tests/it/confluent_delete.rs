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
async fn an_open_invitation_is_withdrawn_with_one_request() {
    let fake = FakeConfluent::start().await;
    let mut terraform = created(&fake, &ann()).await;
    assert_eq!(summaries(&terraform.destroy().await.unwrap()), "");
    assert!(fake.organization().invitations.is_empty());
    assert_eq!(
        fake.server.take_lines(),
        ["DELETE /iam/v2/invitations/i-000001"]
    );
}

#[tokio::test]
async fn one_that_is_gone_already_is_no_error() {
    let fake = FakeConfluent::start().await;
    let mut terraform = created(&fake, &ann()).await;
    fake.organization().invitations.clear();
    assert_eq!(summaries(&terraform.destroy().await.unwrap()), "");
}

#[tokio::test]
async fn a_deactivated_one_is_forgotten_even_if_it_cannot_be_deleted() {
    let fake = FakeConfluent::start().await;
    let mut terraform = created(&fake, &ann()).await;
    fake.set("i-000001", "status", "INVITE_STATUS_DEACTIVATED");
    fake.refuse(Method::DELETE, 400, "the invitation was deactivated");
    terraform.destroy().await.unwrap();
    assert_eq!(
        fake.server.take_lines(),
        [
            "DELETE /iam/v2/invitations/i-000001",
            "GET /iam/v2/invitations/i-000001",
        ]
    );
}

#[tokio::test]
async fn one_that_is_known_to_be_accepted_needs_allow_deletion() {
    let fake = FakeConfluent::start().await;
    let mut terraform = created(&fake, &ann()).await;
    fake.accept("i-000001");
    terraform.refresh().await.unwrap();
    fake.server.take_lines();
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
async fn one_that_was_accepted_since_the_refresh_is_treated_as_accepted() {
    for (allowed, said) in [
        (
            false,
            "error: An accepted invitation cannot be deleted at allow_deletion",
        ),
        (
            true,
            "warning: The invited user remains in the organization",
        ),
    ] {
        let fake = FakeConfluent::start().await;
        let config = ann().with("allow_deletion", allowed);
        let mut terraform = created(&fake, &config).await;
        // The state still says that it is open.
        fake.accept("i-000001");
        let (Ok(end) | Err(end)) = terraform.destroy().await;
        assert_eq!(summaries(&end), said);
        assert_eq!(terraform.state.is_some(), !allowed);
        assert_eq!(
            fake.server.take_lines(),
            [
                "DELETE /iam/v2/invitations/i-000001",
                "GET /iam/v2/invitations/i-000001",
            ]
        );
        assert_eq!(fake.organization().invitations.len(), 1);
    }
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
