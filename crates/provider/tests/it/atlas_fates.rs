//! `mongodbatlas_org_invitation`: what becomes of an invitation, and of a member's placeholder.

use std::sync::Arc;

use serde_json::json;
use tfplugin::{Context, Object, Private, Value};

use crate::atlas::{ann, invite, terraform};
use crate::fake_atlas::FakeAtlas;
use crate::terraform::{Terraform, details, summaries};

#[tokio::test]
async fn a_pending_invitation_is_left_as_it_is() {
    let fake = FakeAtlas::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    assert!(terraform.is_up_to_date(&ann()).await);
    assert_eq!(fake.invitation_ids().len(), 1);
}

#[tokio::test]
async fn an_accepted_invitation_leaves_the_state_with_a_warning() {
    for is_old in [false, true] {
        let fake = FakeAtlas::start().await;
        fake.organization().is_old = is_old;
        let mut terraform = terraform(&fake).await;
        terraform.apply(&ann()).await.unwrap();
        fake.accept_all();
        let warnings = terraform.refresh().await.unwrap();
        assert_eq!(summaries(&warnings), "warning: The invitation was accepted");
        assert!(details(&warnings).contains("Remove the mongodbatlas_org_invitation block"));
        assert_eq!(terraform.state, None);
    }
}

#[tokio::test]
async fn a_member_who_left_is_invited_again() {
    for is_old in [false, true] {
        let fake = FakeAtlas::start().await;
        fake.organization().is_old = is_old;
        let mut terraform = terraform(&fake).await;
        terraform.apply(&ann()).await.unwrap();
        fake.accept_all();
        fake.organization().members.clear();
        assert_eq!(summaries(&terraform.refresh().await.unwrap()), "");
        assert_eq!(terraform.state, None);
        terraform.apply(&ann()).await.unwrap();
        assert_eq!(fake.invitation_ids(), ["6a0000000000000000000002"]);
    }
}

#[tokio::test]
async fn an_invitation_that_expired_or_was_declined_is_sent_again() {
    let fake = FakeAtlas::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    fake.organization().invitations.clear();
    terraform.refresh().await.unwrap();
    assert_eq!(terraform.state, None);
}

#[tokio::test]
async fn a_newer_invitation_of_the_same_address_is_adopted() {
    for is_old in [false, true] {
        let fake = FakeAtlas::start().await;
        fake.organization().is_old = is_old;
        let mut terraform = terraform(&fake).await;
        terraform.apply(&ann()).await.unwrap();
        fake.organization().invitations.clear();
        fake.organization().invite(
            &json!({ "username": "ann.lee@example.org", "roles": ["ORG_MEMBER"], "teamIds": [] }),
        );
        assert!(terraform.is_up_to_date(&ann()).await);
        assert_eq!(terraform.text("invitation_id"), "6a0000000000000000000002");
        assert_eq!(terraform.text("username"), "Ann.Lee@Example.org");
        terraform.destroy().await.unwrap();
        assert!(fake.invitation_ids().is_empty());
    }
}

#[tokio::test]
async fn a_failing_request_never_drops_the_state() {
    let fake = FakeAtlas::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    fake.refuse("GET", 403, "IP_ADDRESS_NOT_ON_ACCESS_LIST_404");
    let errors = terraform.refresh().await.unwrap_err();
    assert_eq!(summaries(&errors), "error: Cannot read the invitation");
    fake.organization().invitations.clear();
    fake.refuse("/users", 401, "UNEXPECTED_ERROR");
    let errors = terraform.refresh().await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Cannot tell whether the user is a member"
    );
    assert!(terraform.state.is_some());
}

#[tokio::test]
async fn inviting_a_member_leaves_a_placeholder_without_a_difference() {
    let fake = FakeAtlas::start().await;
    fake.organization()
        .members
        .push("ann.lee@example.org".to_owned());
    let mut terraform = terraform(&fake).await;
    let warnings = terraform.apply(&ann()).await.unwrap();
    assert_eq!(
        summaries(&warnings),
        "warning: The user is a member already"
    );
    assert!(fake.invitation_ids().is_empty());
    assert_eq!(terraform.text("invitation_id"), "null");
    assert_eq!(terraform.state().get("teams_ids"), &Value::Set(Vec::new()));
    assert!(terraform.is_up_to_date(&ann()).await);
}

#[tokio::test]
async fn where_members_are_refused_inviting_takes_one_request_and_a_member_becomes_a_placeholder() {
    let fake = FakeAtlas::start().await;
    fake.server.pretend_to_be_vestibule();
    fake.organization().refuses_members = true;
    fake.organization()
        .members
        .push("bob@example.org".to_owned());
    let mut first = terraform(&fake).await;
    first.apply(&ann()).await.unwrap();
    assert!(first.is_up_to_date(&ann()).await);
    fake.server.take_lines();

    let mut others = ["carol@example.org", "Bob@Example.org"].into_iter();
    let mut apply = async || {
        let mut terraform = Terraform {
            resource: Arc::clone(&first.resource),
            state: None,
        };
        let config = invite(others.next().unwrap(), &["ORG_MEMBER"]);
        let warnings = terraform.apply(&config).await.unwrap();
        (summaries(&warnings), fake.server.take_lines().len())
    };
    assert_eq!(apply().await, (String::new(), 1));
    let member = "warning: The user is a member already".to_owned();
    assert_eq!(apply().await, (member, 2));
}

#[tokio::test]
async fn a_placeholder_of_somebody_who_left_is_replaced_by_an_invitation() {
    for is_old in [false, true] {
        let fake = FakeAtlas::start().await;
        fake.organization().is_old = is_old;
        fake.organization()
            .members
            .push("ann.lee@example.org".to_owned());
        let mut terraform = terraform(&fake).await;
        terraform.apply(&ann()).await.unwrap();
        fake.organization().members.clear();
        terraform.refresh().await.unwrap();
        assert_eq!(terraform.state, None);
        terraform.apply(&ann()).await.unwrap();
        assert_eq!(fake.invitation_ids().len(), 1);
    }
}

#[tokio::test]
async fn a_placeholder_cannot_change_roles_or_teams() {
    let fake = FakeAtlas::start().await;
    fake.organization()
        .members
        .push("ann.lee@example.org".to_owned());
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    let owner = invite("Ann.Lee@Example.org", &["ORG_OWNER"]);
    let plan = terraform.plan(&owner.with("teams_ids", Value::set(["5d1"])));
    assert_eq!(
        summaries(&plan.diagnostics),
        "error: The user is a member already at roles\nerror: The user is a member already at \
         teams_ids"
    );
    let plan = terraform.plan(&invite("bob@example.org", &["ORG_OWNER"]));
    assert_eq!(summaries(&plan.diagnostics), "");
}

#[tokio::test]
async fn roles_of_a_placeholder_that_become_known_later_are_refused_then() {
    let fake = FakeAtlas::start().await;
    fake.organization()
        .members
        .push("ann.lee@example.org".to_owned());
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    let later = ann().with("roles", Value::UNKNOWN);
    assert_eq!(summaries(&terraform.plan(&later).diagnostics), "");
    let prior = terraform.state().clone();
    let cx = Context::new(Object::new(), Private::new());
    let update = |planned| terraform.resource.update(&cx, prior.clone(), planned);
    assert_eq!(update(prior.clone()).await, Ok(prior.clone()));
    let other = prior.clone().with("roles", Value::set(["ORG_OWNER"]));
    let errors = update(other).await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: The user is a member already at roles"
    );
}

#[tokio::test]
async fn destroying_a_placeholder_asks_nothing_and_says_that_the_member_stays() {
    let fake = FakeAtlas::start().await;
    fake.organization()
        .members
        .push("ann.lee@example.org".to_owned());
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    fake.server.take_lines();
    let warnings = terraform.destroy().await.unwrap();
    assert_eq!(summaries(&warnings), "warning: The user remains a member");
    assert_eq!(fake.server.take_lines(), [""; 0]);
}
