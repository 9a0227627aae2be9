//! Compares the shapes with recorded traffic of the vendor's clients and cloud.

use super::*;

fn strings(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

#[test]
fn a_create_request_is_written_as_the_vendors_provider_writes_it() {
    let request = OrgInvitationRequest {
        roles: Some(strings(&["ORG_OWNER"])),
        team_ids: Some(Vec::new()),
        username: Some("Ann.Lee@Example.org".to_owned()),
        ..OrgInvitationRequest::default()
    };
    assert_eq!(
        serde_json::to_string(&request).expect("encodes"),
        r#"{"roles":["ORG_OWNER"],"teamIds":[],"username":"Ann.Lee@Example.org"}"#
    );
}

#[test]
fn an_update_keeps_absent_and_empty_apart() {
    let update: OrgInvitationUpdate =
        serde_json::from_str(r#"{"roles":["ORG_MEMBER"]}"#).expect("decodes");
    assert_eq!(update.team_ids, None);
    let update: OrgInvitationUpdate =
        serde_json::from_str(r#"{"roles":["ORG_MEMBER"],"teamIds":[]}"#).expect("decodes");
    assert_eq!(update.team_ids, Some(Vec::new()));
    assert_eq!(
        serde_json::to_string(&update).expect("encodes"),
        r#"{"roles":["ORG_MEMBER"],"teamIds":[]}"#
    );
}

#[test]
fn requests_say_roles_and_responses_say_group_role() {
    let request = r#"{"groupRoleAssignments":[{"groupId":"6a0000000000000000000009","roles":["GROUP_OWNER","GROUP_READ_ONLY"]}],"username":"a@b.example"}"#;
    let decoded: OrgInvitationRequest = serde_json::from_str(request).expect("decodes");
    assert_eq!(serde_json::to_string(&decoded).expect("encodes"), request);
    let assignment = GroupRoleAssignment {
        group_id: "6a0000000000000000000009".to_owned(),
        group_role: "GROUP_OWNER".to_owned(),
    };
    assert_eq!(
        serde_json::to_string(&assignment).expect("encodes"),
        r#"{"groupId":"6a0000000000000000000009","groupRole":"GROUP_OWNER"}"#
    );
}

#[test]
fn an_invitation_always_has_all_members_in_alphabetical_order() {
    let text = r#"{"createdAt":"2026-08-10T03:03:37Z","expiresAt":"2026-09-09T03:03:37Z","groupRoleAssignments":[],"id":"6a793f89c0eb9e7a177165b6","inviterUsername":"abcdefgh","orgId":"5f0000000000000000000001","orgName":"Acme","roles":["ORG_MEMBER"],"teamIds":[],"username":"Ann.Lee@Example.org"}"#;
    let invitation: OrgInvitation = serde_json::from_str(text).expect("decodes");
    assert_eq!(serde_json::to_string(&invitation).expect("encodes"), text);
}

#[test]
fn a_user_is_a_member_of_the_organizations_its_roles_name() {
    let text = r#"{"country":"US","createdAt":"2026-08-10T03:03:37Z","emailAddress":"c@example.org","firstName":"C","id":"5a0000000000000000000001","lastAuth":"2026-08-10T03:03:37Z","lastName":"D","links":[],"roles":[{"groupId":"6b0000000000000000000001","roleName":"GROUP_OWNER"},{"orgId":"5f0000000000000000000001","roleName":"ORG_OWNER"}],"teamIds":[],"username":"c@example.org"}"#;
    let user: CloudAppUser = serde_json::from_str(text).expect("decodes");
    assert!(user.is_member_of("5f0000000000000000000001"));
    assert!(!user.is_member_of("6b0000000000000000000001"));
    assert_eq!(serde_json::to_string(&user).expect("encodes"), text);
}

#[test]
fn a_pending_user_carries_its_invitation_and_an_active_one_its_profile() {
    let pending = r#"{"id":"5a0000000000000000000001","invitationCreatedAt":"2026-08-10T03:03:37Z","invitationExpiresAt":"2026-09-09T03:03:37Z","inviterUsername":"abcdefgh","orgMembershipStatus":"PENDING","roles":{"groupRoleAssignments":[],"orgRoles":["ORG_MEMBER"]},"teamIds":[],"username":"c@example.org"}"#;
    let active = r#"{"country":"US","createdAt":"2026-08-10T03:03:37Z","firstName":"C","id":"5a0000000000000000000001","lastAuth":"2026-08-10T03:03:37Z","lastName":"D","mobileNumber":null,"orgMembershipStatus":"ACTIVE","roles":{"groupRoleAssignments":[{"groupId":"6b0000000000000000000001","groupRoles":["GROUP_OWNER"]}],"orgRoles":["ORG_MEMBER"]},"teamIds":[],"username":"c@example.org"}"#;
    for text in [pending, active] {
        let user: OrgUser = serde_json::from_str(text).expect("decodes");
        assert_eq!(serde_json::to_string(&user).expect("encodes"), text);
    }
}

#[test]
fn a_rejected_invitation_has_a_null_end() {
    let text = r#"{"id":"5a","invitationCreatedAt":"2026-08-10T03:03:37Z","invitationExpiresAt":null,"inviterUsername":"x","orgMembershipStatus":"INVITATION_REJECTED","roles":{"groupRoleAssignments":[],"orgRoles":[]},"teamIds":[],"username":"c@example.org"}"#;
    let user: OrgUser = serde_json::from_str(text).expect("decodes");
    assert_eq!(user.user.invitation_expires_at, Some(None));
    assert_eq!(serde_json::to_string(&user).expect("encodes"), text);
}

#[test]
fn a_team_create_request_may_say_null_for_no_members() {
    let create: TeamCreate =
        serde_json::from_str(r#"{"name":"ops","usernames":null}"#).expect("decodes");
    assert_eq!(create.usernames, None);
}

#[test]
fn a_page_wraps_its_results() {
    let text = r#"{"links":[{"href":"https://vst.example/api/atlas/v2/orgs/o/teams","rel":"self"}],"results":[{"id":"5d","links":[],"name":"ops"}],"totalCount":1}"#;
    let page: Page<Team> = serde_json::from_str(text).expect("decodes");
    assert_eq!(serde_json::to_string(&page).expect("encodes"), text);
}

#[test]
fn an_error_has_the_recorded_members() {
    let text = r#"{"detail":"An invalid invitation ID 6a00 was specified.","error":404,"errorCode":"INVALID_INVITATION_ID","parameters":["6a00"],"reason":"Not Found"}"#;
    let error: ApiError = serde_json::from_str(text).expect("decodes");
    assert_eq!(error.error_code, "INVALID_INVITATION_ID");
    assert_eq!(serde_json::to_string(&error).expect("encodes"), text);
}

#[test]
fn a_token_is_hidden_from_debug_output() {
    let token: TokenResponse =
        serde_json::from_str(r#"{"access_token":"eyJ","expires_in":3600,"token_type":"Bearer"}"#)
            .expect("decodes");
    assert!(!format!("{token:?}").contains("eyJ"));
    assert_eq!(token.access_token.expose(), "eyJ");
}

#[test]
fn roles_of_a_request_leave_out_what_is_to_stay() {
    let update = OrgUserUpdate {
        roles: Some(OrgUserRolesRequest {
            org_roles: Some(strings(&["ORG_MEMBER"])),
            ..OrgUserRolesRequest::default()
        }),
        ..OrgUserUpdate::default()
    };
    assert_eq!(
        serde_json::to_string(&update).expect("encodes"),
        r#"{"roles":{"orgRoles":["ORG_MEMBER"]}}"#
    );
}

#[test]
fn a_project_invitation_always_has_all_members_in_alphabetical_order() {
    let text = r#"{"createdAt":"2026-08-10T03:03:37Z","expiresAt":"2026-09-09T03:03:37Z","groupId":"5f0000000000000000000009","groupName":"Apollo","id":"6a793f89c0eb9e7a177165b6","inviterUsername":"abcdefgh","roles":["GROUP_OWNER"],"username":"Ann.Lee@Example.org"}"#;
    let invitation: GroupInvitation = serde_json::from_str(text).expect("decodes");
    assert_eq!(serde_json::to_string(&invitation).expect("encodes"), text);
}
