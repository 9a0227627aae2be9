//! Pins our own API's JSON: a change here is a change of a published contract.

use super::*;

#[test]
fn a_sent_invitation_writes_every_member() {
    let text = r#"{"id":"inv_1","organization":"org_1","email":"Ann@example.org","auth_type":"local","state":"sent","reason":null,"delivery":{"state":"handed_off","attempts":1,"last_error":null,"handed_off_at":"2026-03-01T09:00:01.000000Z"},"roles":["member"],"teams":[],"project":"prj_06hx04st02pfjqzk2gg8","project_roles":[{"project":"prj_06hx04st02pfjqzk2gg8","roles":["owner"]}],"message":null,"user":"usr_1","inviter":{"kind":"service_account","id":"sa_1","name":"terraform"},"generation":1,"resend_count":0,"sent_at":"2026-03-01T09:00:00.000000Z","expires_at":"2026-03-08T09:00:00.000000Z","accepted_at":null,"ended_at":null,"created_at":"2026-03-01T09:00:00.000000Z","updated_at":"2026-03-01T09:00:00.000000Z","version":1}"#;
    let invitation: Invitation = serde_json::from_str(text).expect("decodes");
    assert_eq!(serde_json::to_string(&invitation).expect("encodes"), text);
}

#[test]
fn a_misspelt_member_of_a_request_is_refused() {
    let error =
        serde_json::from_str::<InvitationCreate>(r#"{"email":"a@b.example","rolls":["member"]}"#)
            .expect_err("rolls is unknown");
    assert!(error.to_string().starts_with("unknown field `rolls`"));
}

#[test]
fn a_patch_tells_a_removed_message_from_an_untouched_one() {
    let patch: InvitationPatch = serde_json::from_str(r#"{"message":null}"#).expect("decodes");
    assert_eq!(patch.message, Some(None));
    assert_eq!(
        serde_json::to_string(&patch).expect("encodes"),
        r#"{"message":null}"#
    );
    let patch: InvitationPatch = serde_json::from_str("{}").expect("decodes");
    assert_eq!(patch, InvitationPatch::default());
    assert_eq!(serde_json::to_string(&patch).expect("encodes"), "{}");
}

#[test]
fn key_kinds_have_their_published_names() {
    let kinds = [
        KeyKind::Native,
        KeyKind::Confluent,
        KeyKind::Atlas,
        KeyKind::AtlasServiceAccount,
    ];
    assert_eq!(
        serde_json::to_string(&kinds).expect("encodes"),
        r#"["native","confluent","atlas","atlas_service_account"]"#
    );
}

#[test]
fn names_in_programs_and_on_the_wire_are_the_same() {
    let on_the_wire = |value: serde_json::Value| value.as_str().map(ToOwned::to_owned);
    for state in [
        InvitationState::Staged,
        InvitationState::Sent,
        InvitationState::Accepted,
        InvitationState::Expired,
        InvitationState::Deactivated,
    ] {
        let value = serde_json::to_value(state).expect("encodes");
        assert_eq!(on_the_wire(value).as_deref(), Some(state.as_str()));
    }
    for kind in [
        KeyKind::Native,
        KeyKind::Confluent,
        KeyKind::Atlas,
        KeyKind::AtlasServiceAccount,
    ] {
        let value = serde_json::to_value(kind).expect("encodes");
        assert_eq!(on_the_wire(value).as_deref(), Some(kind.as_str()));
    }
    for auth_type in [AuthType::Local, AuthType::Sso] {
        let value = serde_json::to_value(auth_type).expect("encodes");
        assert_eq!(on_the_wire(value).as_deref(), Some(auth_type.as_str()));
    }
}

#[test]
fn the_last_page_says_so_with_null() {
    let page = Page::<Team> {
        data: Vec::new(),
        next: None,
    };
    assert_eq!(
        serde_json::to_string(&page).expect("encodes"),
        r#"{"data":[],"next":null}"#
    );
}

#[test]
fn a_problem_leaves_out_what_it_does_not_know() {
    let problem: Problem = serde_json::from_str(
        r#"{"title":"Not Found","status":404,"detail":"no such invitation","code":"not_found"}"#,
    )
    .expect("decodes");
    assert_eq!(
        serde_json::to_string(&problem).expect("encodes"),
        r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"no such invitation","code":"not_found"}"#
    );
}

#[test]
fn tokens_and_secrets_are_hidden_from_debug_output() {
    let accept: AcceptRequest = serde_json::from_str(r#"{"token":"vst_t"}"#).expect("decodes");
    assert_eq!(format!("{accept:?}"), "AcceptRequest { token: [redacted] }");
}

#[test]
fn lifetimes_are_named_never_listed() {
    let read = |text: &str| serde_json::from_str::<OrganizationPatch>(text);
    let listed = read(r#"{"invitation_lifetimes":[3600,7200,86400]}"#);
    assert_eq!(
        listed.expect_err("a list is no object").to_string(),
        "invalid type: sequence, expected an object at line 1 column 24"
    );
    for absent in ["{}", r#"{"invitation_lifetimes":null}"#] {
        assert_eq!(read(absent).expect("decodes"), OrganizationPatch::default());
    }
}
