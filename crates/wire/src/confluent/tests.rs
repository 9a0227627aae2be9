//! Compares the shapes with the vendor's examples and with recorded requests.

use super::*;

/// The shape of the vendor's documented object, with our values.
const INVITATION: &str = r#"{"api_version":"iam/v2","kind":"Invitation","id":"i-4k2zq","metadata":{"self":"https://vst.example/iam/v2/invitations/i-4k2zq","resource_name":"crn://confluent.cloud/organization=3f0c0000-0000-4000-8000-000000000000/invitation=i-4k2zq","created_at":"2026-03-01T09:00:00.100000Z","updated_at":"2026-03-01T09:00:00.120000Z"},"email":"Ann@example.org","auth_type":"AUTH_TYPE_LOCAL","status":"INVITE_STATUS_SENT","accepted_at":null,"expires_at":"2026-03-08T09:00:00.120000Z","user":{"api_version":"iam/v2","kind":"User","id":"u-8d1x0p","related":"https://vst.example/iam/v2/users/u-8d1x0p","resource_name":"crn://confluent.cloud/user=u-8d1x0p"},"creator":{"api_version":"iam/v2","kind":"User","id":"u-7ab3c9","related":"https://vst.example/iam/v2/users/u-7ab3c9","resource_name":"crn://confluent.cloud/user=u-7ab3c9"}}"#;

#[test]
fn an_invitation_survives_a_round_trip_byte_for_byte() {
    let invitation: Invitation = serde_json::from_str(INVITATION).expect("decodes");
    assert_eq!(invitation.status, STATUS_SENT);
    assert_eq!(invitation.accepted_at, None);
    assert_eq!(
        serde_json::to_string(&invitation).expect("encodes"),
        INVITATION
    );
}

#[test]
fn an_invitation_without_the_optional_members_decodes() {
    let text = r#"{"id":"i-1","email":"a@b.example","status":"INVITE_STATUS_SENT","future":1}"#;
    let invitation: Invitation = serde_json::from_str(text).expect("decodes");
    assert_eq!(invitation.user, None);
    assert_eq!(invitation.expires_at, None);
}

#[test]
fn an_invitation_without_an_id_does_not_decode() {
    serde_json::from_str::<Invitation>(r#"{"email":"a@b.example"}"#).expect_err("id is missing");
}

#[test]
fn a_create_request_is_written_as_the_vendors_provider_writes_it() {
    let create = InvitationCreate {
        auth_type: Some(AUTH_TYPE_LOCAL.to_owned()),
        email: Some("bob@example.org".to_owned()),
    };
    assert_eq!(
        serde_json::to_string(&create).expect("encodes"),
        r#"{"auth_type":"AUTH_TYPE_LOCAL","email":"bob@example.org"}"#
    );
}

#[test]
fn a_create_request_may_lack_everything_and_hold_anything_else() {
    let create: InvitationCreate =
        serde_json::from_str(r#"{"auth_type":null,"id":"i-1","x":[]}"#).expect("decodes");
    assert_eq!(create, InvitationCreate::default());
}

#[test]
fn the_last_page_has_no_next_member() {
    let first = ListMeta {
        first: Some("https://vst.example/iam/v2/invitations".to_owned()),
        ..ListMeta::default()
    };
    let list = List::<Invitation>::new(KIND_INVITATION_LIST, first, Vec::new());
    assert_eq!(
        serde_json::to_string(&list).expect("encodes"),
        r#"{"api_version":"iam/v2","kind":"InvitationList","metadata":{"first":"https://vst.example/iam/v2/invitations"},"data":[]}"#
    );
}

#[test]
fn a_null_link_and_null_data_are_read_as_absent() {
    let list: List<User> =
        serde_json::from_str(r#"{"metadata":{"next":null},"data":null}"#).expect("decodes");
    assert_eq!(
        (list.metadata, list.data),
        (ListMeta::default(), Vec::new())
    );
}

#[test]
fn a_failure_has_the_documented_members() {
    let failure = Failure {
        errors: vec![ErrorItem {
            id: Some("7f".to_owned()),
            status: Some("422".to_owned()),
            code: Some("invalid_configuration".to_owned()),
            title: Some("Unprocessable".to_owned()),
            detail: Some("email is not an address".to_owned()),
            resolution: None,
            source: Some(ErrorSource {
                pointer: Some("/email".to_owned()),
                parameter: None,
            }),
        }],
    };
    assert_eq!(
        serde_json::to_string(&failure).expect("encodes"),
        r#"{"errors":[{"id":"7f","status":"422","code":"invalid_configuration","title":"Unprocessable","detail":"email is not an address","source":{"pointer":"/email"}}]}"#
    );
}

#[test]
fn the_life_of_a_token_may_be_a_number_a_string_or_missing() {
    let life = |text: &str| {
        let body = format!(r#"{{"access_token":"t"{text}}}"#);
        serde_json::from_str::<TokenResponse>(&body)
            .expect("decodes")
            .expires_in
    };
    assert_eq!(life(r#","expires_in":900"#), Some(900));
    assert_eq!(life(r#","expires_in":"3600""#), Some(3600));
    assert_eq!(life(r#","expires_in":null"#), None);
    assert_eq!(life(r#","expires_in":-1.5"#), None);
    assert_eq!(life(""), None);
}
