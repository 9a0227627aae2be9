//! What goes wrong, and how it is told.

use super::*;

async fn refused(cloud: &Cloud, body: &str) -> String {
    let answer = cloud.post("/orgs/ORG/invites", body).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(
        answer.header("x-error-code"),
        text(&json(&answer), "/errorCode")
    );
    cloud.shown(&answer)
}

#[tokio::test]
async fn a_create_that_lacks_something_is_told_what() {
    let cloud = Cloud::new().await;
    insta::assert_snapshot!(refused(&cloud, "{}").await, @r#"
    400
    {"detail":"The required attribute username was not specified.","error":400,"errorCode":"MISSING_ATTRIBUTE","parameters":["username"],"reason":"Bad Request"}
    "#);
    insta::assert_snapshot!(refused(&cloud, r#"{"username":"a@example.org"}"#).await, @r#"
    400
    {"detail":"The required attribute roles was not specified.","error":400,"errorCode":"MISSING_ATTRIBUTE","parameters":["roles"],"reason":"Bad Request"}
    "#);
    insta::assert_snapshot!(refused(&cloud, r#"{"username":"a@example.org","roles":[]}"#).await, @r#"
    400
    {"badRequestDetail":{"fields":[{"description":"At least one role is needed.","field":"roles"}]},"detail":"roles: At least one role is needed.","error":400,"errorCode":"INVALID_ATTRIBUTE","parameters":["roles"],"reason":"Bad Request"}
    "#);
    insta::assert_snapshot!(refused(&cloud, r#"{"roles":["ORG_MEMBER"],"username":null}"#).await, @r#"
    400
    {"detail":"The required attribute username was not specified.","error":400,"errorCode":"MISSING_ATTRIBUTE","parameters":["username"],"reason":"Bad Request"}
    "#);
    assert_eq!(cloud.get("/orgs/ORG/invites").await.body, "[]");
}

#[tokio::test]
async fn a_role_that_is_none_is_told_apart() {
    let cloud = Cloud::new().await;
    let with =
        |role: &str| format!(r#"{{"username":"a@example.org","roles":["ORG_MEMBER","{role}"]}}"#);
    insta::assert_snapshot!(refused(&cloud, &with("KING")).await, @r#"
    400
    {"detail":"An invalid enumeration value KING was specified.","error":400,"errorCode":"INVALID_ENUM_VALUE","parameters":["KING"],"reason":"Bad Request"}
    "#);
    insta::assert_snapshot!(refused(&cloud, &with("ORG_KING")).await, @r#"
    400
    {"detail":"Role ORG_KING is invalid for organizations.","error":400,"errorCode":"INVALID_ROLE_FOR_ORG","parameters":["ORG_KING"],"reason":"Bad Request"}
    "#);
    insta::assert_snapshot!(refused(&cloud, &with("GROUP_OWNER")).await, @r#"
    400
    {"detail":"The project role GROUP_OWNER cannot be given in an organization.","error":400,"errorCode":"CANNOT_ADD_GROUP_ROLE","parameters":["GROUP_OWNER"],"reason":"Bad Request"}
    "#);
    insta::assert_snapshot!(refused(&cloud, &with("org_owner")).await, @r#"
    400
    {"detail":"An invalid enumeration value org_owner was specified.","error":400,"errorCode":"INVALID_ENUM_VALUE","parameters":["org_owner"],"reason":"Bad Request"}
    "#);
    insta::assert_snapshot!(refused(&cloud, &with("")).await, @r#"
    400
    {"detail":"An invalid enumeration value  was specified.","error":400,"errorCode":"INVALID_ENUM_VALUE","parameters":[""],"reason":"Bad Request"}
    "#);
    assert_eq!(cloud.get("/orgs/ORG/invites").await.body, "[]");
}

#[tokio::test]
async fn a_team_that_is_none_is_not_found() {
    let cloud = Cloud::new().await;
    let with = |team: &str| {
        format!(r#"{{"username":"a@example.org","roles":["ORG_MEMBER"],"teamIds":["{team}"]}}"#)
    };
    insta::assert_snapshot!(refused(&cloud, &with("ops")).await, @r#"
    404
    {"detail":"An invalid team ID ops was specified.","error":404,"errorCode":"INVALID_TEAM_ID","parameters":["ops"],"reason":"Not Found"}
    "#);
    insta::assert_snapshot!(refused(&cloud, &with("5d0000000000000000000001")).await, @r#"
    404
    {"detail":"No team with ID id1 exists.","error":404,"errorCode":"TEAM_NOT_FOUND","parameters":["id1"],"reason":"Not Found"}
    "#);
    let made = cloud.invite("b@example.org").await;
    let path = format!("/orgs/ORG/invites/{}", text(&made, "/id"));
    let answer = cloud
        .patch(&path, r#"{"teamIds":["5d0000000000000000000001"]}"#)
        .await;
    assert_eq!(answer.header("x-error-code"), "TEAM_NOT_FOUND");
}

#[tokio::test]
async fn a_project_that_there_is_not_gives_no_roles() {
    let cloud = Cloud::new().await;
    let body = r#"{"username":"a@example.org","roles":["ORG_MEMBER"],"groupRoleAssignments":[{"groupId":"5e0000000000000000000001","roles":["GROUP_OWNER"]}]}"#;
    insta::assert_snapshot!(refused(&cloud, body).await, @r#"
    404
    {"detail":"No group with ID id1 exists.","error":404,"errorCode":"GROUP_NOT_FOUND","parameters":["id1"],"reason":"Not Found"}
    "#);
}

#[tokio::test]
async fn a_second_invitation_is_a_conflict_where_the_operator_says_so() {
    let cloud = Cloud::with_settings(|settings| settings.atlas_duplicate_conflict = true).await;
    cloud.invite("ann@example.org").await;
    let again = r#"{"username":"ann@example.org","roles":["ORG_MEMBER"]}"#;
    insta::assert_snapshot!(refused(&cloud, again).await, @r#"
    409
    {"detail":"This address has an open invitation already.","error":409,"errorCode":"USER_ALREADY_INVITED","parameters":[],"reason":"Conflict"}
    "#);
}

#[tokio::test]
async fn a_second_invitation_is_refused_and_so_is_one_of_a_member() {
    let cloud = Cloud::new().await;
    cloud.invite("Ann@example.org").await;
    let again = r#"{"username":"ann@EXAMPLE.org","roles":["ORG_MEMBER"]}"#;
    insta::assert_snapshot!(refused(&cloud, again).await, @r#"
    400
    {"detail":"This address has an open invitation already.","error":400,"errorCode":"USER_ALREADY_INVITED","parameters":[],"reason":"Bad Request"}
    "#);
    let member = r#"{"username":"owner@acme.example","roles":["ORG_MEMBER"]}"#;
    insta::assert_snapshot!(refused(&cloud, member).await, @r#"
    400
    {"detail":"This person is a member of the organization already.","error":400,"errorCode":"USER_ALREADY_IN_ORG","parameters":[],"reason":"Bad Request"}
    "#);
}

#[tokio::test]
async fn an_organization_that_is_full_says_so() {
    let cloud = Cloud::with_settings(|settings| settings.pending_limit = Some(1)).await;
    cloud.invite("ann@example.org").await;
    let second = r#"{"username":"bob@example.org","roles":["ORG_MEMBER"]}"#;
    insta::assert_snapshot!(refused(&cloud, second).await, @r#"
    400
    {"detail":"The number of open invitations in this organization is currently limited to 1.","error":400,"errorCode":"MAX_USERS_PER_ORG_EXCEEDED","parameters":[],"reason":"Bad Request"}
    "#);
}

#[tokio::test]
async fn hostile_addresses_are_refused_with_a_reason() {
    let cloud = Cloud::new().await;
    insta::assert_snapshot!(refused(&cloud, r#"{"username":"no-address","roles":["ORG_MEMBER"]}"#).await, @r#"
    400
    {"detail":"An invalid email address was specified: it has no @.","error":400,"errorCode":"INVALID_EMAIL_ADDRESS","parameters":[],"reason":"Bad Request"}
    "#);
    let long = format!("{}@example.org", "a".repeat(300));
    for address in [
        "",
        " ",
        "@",
        "a@",
        "@b.org",
        "a@b@c.org",
        "a b@c.org",
        "Ann <ann@example.org>",
        "ann@example.org,bob@example.org",
        "ann@example.org\\r\\nBcc: eve@example.org",
        "ann\\u0000@example.org",
        "ann\\u202e@example.org",
        "\\\"a b\\\"@example.org",
        "<script>@example.org>",
        "ann@[127.0.0.1]",
        "ann@exa_mple..org",
        &long,
    ] {
        let body = format!(r#"{{"username":"{address}","roles":["ORG_MEMBER"]}}"#);
        let answer = cloud.post("/orgs/ORG/invites", &body).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{address}: {}",
            answer.body
        );
        assert_eq!(
            answer.header("x-error-code"),
            "INVALID_EMAIL_ADDRESS",
            "{address}"
        );
    }
    assert_eq!(cloud.get("/orgs/ORG/invites").await.body, "[]");
}

#[tokio::test]
async fn what_is_no_json_or_another_shape_is_told_where() {
    let cloud = Cloud::new().await;
    insta::assert_snapshot!(refused(&cloud, "{\"username\":\"a@example.org\",").await, @r#"
    400
    {"detail":"Received JSON is malformed at line 1, column 28.","error":400,"errorCode":"MALFORMED_JSON","parameters":[],"reason":"Bad Request"}
    "#);
    insta::assert_snapshot!(refused(&cloud, "nope").await, @r#"
    400
    {"detail":"Received JSON is malformed at line 1, column 2.","error":400,"errorCode":"MALFORMED_JSON","parameters":[],"reason":"Bad Request"}
    "#);
    insta::assert_snapshot!(refused(&cloud, "[]").await, @r#"
    400
    {"detail":"Received JSON is no object.","error":400,"errorCode":"INVALID_JSON","parameters":[],"reason":"Bad Request"}
    "#);
    let by_position = r#" [null,["ORG_MEMBER"],[],"a@example.org"]"#;
    insta::assert_snapshot!(refused(&cloud, by_position).await, @r#"
    400
    {"detail":"Received JSON is no object.","error":400,"errorCode":"INVALID_JSON","parameters":[],"reason":"Bad Request"}
    "#);
    insta::assert_snapshot!(refused(&cloud, r#"{"groupRoleAssignments":["x"]}"#).await, @r#"
    400
    {"badRequestDetail":{"fields":[{"description":"invalid type: string \"x\", expected an object","field":"groupRoleAssignments.0"}]},"detail":"groupRoleAssignments.0: invalid type: string \"x\", expected an object","error":400,"errorCode":"INVALID_JSON_ATTRIBUTE","parameters":["groupRoleAssignments.0"],"reason":"Bad Request"}
    "#);
    insta::assert_snapshot!(refused(&cloud, "null").await, @r#"
    400
    {"detail":"Received JSON is no object.","error":400,"errorCode":"INVALID_JSON","parameters":[],"reason":"Bad Request"}
    "#);
    insta::assert_snapshot!(refused(&cloud, r#"{"username":7,"roles":["ORG_MEMBER"]}"#).await, @r#"
    400
    {"badRequestDetail":{"fields":[{"description":"invalid type: integer `7`, expected a string","field":"username"}]},"detail":"username: invalid type: integer `7`, expected a string","error":400,"errorCode":"INVALID_JSON_ATTRIBUTE","parameters":["username"],"reason":"Bad Request"}
    "#);
    insta::assert_snapshot!(refused(&cloud, r#"{"username":"a@example.org","roles":"ORG_MEMBER"}"#).await, @r#"
    400
    {"badRequestDetail":{"fields":[{"description":"invalid type: string \"ORG_MEMBER\", expected a sequence","field":"roles"}]},"detail":"roles: invalid type: string \"ORG_MEMBER\", expected a sequence","error":400,"errorCode":"INVALID_JSON_ATTRIBUTE","parameters":["roles"],"reason":"Bad Request"}
    "#);
    insta::assert_snapshot!(refused(&cloud, r#"{"username":"a@example.org","roles":[null]}"#).await, @r#"
    400
    {"badRequestDetail":{"fields":[{"description":"invalid type: null, expected a string","field":"roles.0"}]},"detail":"roles.0: invalid type: null, expected a string","error":400,"errorCode":"INVALID_JSON_ATTRIBUTE","parameters":["roles.0"],"reason":"Bad Request"}
    "#);
    insta::assert_snapshot!(refused(&cloud, r#"{"groupRoleAssignments":[{"roles":[]}]}"#).await, @r#"
    400
    {"badRequestDetail":{"fields":[{"description":"it is required","field":"groupRoleAssignments.0.groupId"}]},"detail":"groupRoleAssignments.0.groupId: it is required","error":400,"errorCode":"INVALID_JSON_ATTRIBUTE","parameters":["groupRoleAssignments.0.groupId"],"reason":"Bad Request"}
    "#);
    assert_eq!(cloud.get("/orgs/ORG/invites").await.body, "[]");
}

#[tokio::test]
async fn a_body_is_needed_and_must_be_json() {
    let cloud = Cloud::new().await;
    let empty = cloud.post("/orgs/ORG/invites", "").await;
    insta::assert_snapshot!(cloud.shown(&empty), @r#"
    400
    {"detail":"The request has no body.","error":400,"errorCode":"INVALID_JSON","parameters":[],"reason":"Bad Request"}
    "#);
    let form = Request::post(format!("/api/atlas/v2/orgs/{}/invites", cloud.org))
        .header(header::AUTHORIZATION, cloud.test.owner_key.bearer())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("username=a@example.org"))
        .expect("a request");
    let answer = cloud.test.send(form).await;
    insta::assert_snapshot!(cloud.shown(&answer), @r#"
    415
    {"detail":"The request body must be JSON, and its Content-Type must say so.","error":415,"errorCode":"UNSUPPORTED_MEDIA_TYPE","parameters":[],"reason":"Unsupported Media Type"}
    "#);
}

#[tokio::test]
async fn a_body_of_two_megabytes_is_too_large() {
    let cloud = Cloud::new().await;
    let body = format!(r#"{{"username":"{}"}}"#, "a".repeat(2 << 20));
    let answer = cloud
        .send(
            Method::POST,
            &format!("/api/atlas/v2/orgs/{}/invites", cloud.org),
            &cloud.test.owner_key.bearer(),
            &body,
        )
        .await;
    insta::assert_snapshot!(cloud.shown(&answer), @r#"
    413
    {"detail":"The request body is larger than 1048576 bytes.","error":413,"errorCode":"REQUEST_TOO_LARGE","parameters":[],"reason":"Payload Too Large"}
    "#);
}

#[tokio::test]
async fn an_error_does_not_carry_back_what_was_sent() {
    let cloud = Cloud::new().await;
    let long = "\u{e9}".repeat(200_000);
    for body in [
        format!(r#"{{"username":"a@example.org","roles":["{long}"]}}"#),
        format!(r#"{{"username":"a@example.org","roles":"{long}"}}"#),
        format!(r#"{{"username":"a@example.org","roles":["ORG_MEMBER"],"teamIds":["{long}"]}}"#),
        format!(r#"{{"username":"{long}","roles":["ORG_MEMBER"]}}"#),
    ] {
        let answer = cloud.post("/orgs/ORG/invites", &body).await;
        assert!(answer.status.is_client_error(), "{}", answer.status);
        assert!(answer.body.len() < 3000, "{}", answer.body.len());
        json(&answer);
    }
}

#[tokio::test]
async fn an_invitation_that_is_not_there_is_an_invalid_id() {
    let cloud = Cloud::new().await;
    let paths = [
        "6a0000000000000000000004",
        "nope",
        &cloud.org,
        "%00",
        "6a00",
    ];
    for id in paths {
        let path = format!("/orgs/ORG/invites/{id}");
        for (method, body) in [
            (Method::GET, ""),
            (Method::PATCH, r#"{"roles":["ORG_MEMBER"]}"#),
            (Method::DELETE, ""),
        ] {
            let answer = cloud.call(method.clone(), &path, body).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {id}");
            assert_eq!(answer.header("x-error-code"), "INVALID_INVITATION_ID");
        }
    }
    let answer = cloud
        .get("/orgs/ORG/invites/6a0000000000000000000004")
        .await;
    insta::assert_snapshot!(answer.body, @r#"{"detail":"An invalid invitation ID 6a0000000000000000000004 was specified.","error":404,"errorCode":"INVALID_INVITATION_ID","parameters":["6a0000000000000000000004"],"reason":"Not Found"}"#);
}

#[tokio::test]
async fn an_update_is_checked_like_a_create() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let path = format!("/orgs/ORG/invites/{}", text(&made, "/id"));
    for (body, code) in [
        (r#"{"roles":[]}"#, "INVALID_ATTRIBUTE"),
        (r#"{"roles":["KING"]}"#, "INVALID_ENUM_VALUE"),
        (r#"{"roles":["GROUP_OWNER"]}"#, "CANNOT_ADD_GROUP_ROLE"),
        (r#"{"roles":{}}"#, "INVALID_JSON_ATTRIBUTE"),
        (r#"{"teamIds":["x"]}"#, "INVALID_TEAM_ID"),
        (
            r#"{"groupRoleAssignments":[{"groupId":"5e0000000000000000000001"}]}"#,
            "INVALID_ATTRIBUTE",
        ),
        ("{", "MALFORMED_JSON"),
        ("", "INVALID_JSON"),
    ] {
        let answer = cloud.patch(&path, body).await;
        assert_eq!(
            answer.header("x-error-code"),
            code,
            "{body}: {}",
            answer.body
        );
    }
    assert_eq!(json(&cloud.get(&path).await), made, "nothing was written");

    let by_name = |body| cloud.patch("/orgs/ORG/invites", body);
    let unknown = by_name(r#"{"username":"bob@example.org","roles":["ORG_MEMBER"]}"#).await;
    insta::assert_snapshot!(cloud.shown(&unknown), @r#"
    404
    {"detail":"No invitation for the username bob@example.org is pending.","error":404,"errorCode":"USERNAME_NOT_FOUND","parameters":["bob@example.org"],"reason":"Not Found"}
    "#);
    for (body, code) in [
        (r#"{"roles":["ORG_MEMBER"]}"#, "MISSING_ATTRIBUTE"),
        (
            r#"{"username":"","roles":["ORG_MEMBER"]}"#,
            "INVALID_EMAIL_ADDRESS",
        ),
        (
            r#"{"username":"ann@example.org","roles":[]}"#,
            "INVALID_ATTRIBUTE",
        ),
    ] {
        assert_eq!(by_name(body).await.header("x-error-code"), code, "{body}");
    }
}

#[tokio::test]
async fn who_may_not_invite_is_told_so_and_nothing_is_written() {
    let cloud = Cloud::new().await;
    use vestibule_core::role::Role;
    let reader = cloud
        .test
        .member_key("reader@example.org", Role::ReadOnly, KeyKind::Atlas)
        .await;
    let admin = cloud
        .test
        .member_key("admin@example.org", Role::UserAdmin, KeyKind::Atlas)
        .await;
    let body = r#"{"username":"a@example.org","roles":["ORG_MEMBER"]}"#;
    let answer = cloud
        .call_as(&reader, Method::POST, "/orgs/ORG/invites", body)
        .await;
    insta::assert_snapshot!(cloud.shown(&answer), @r#"
    401
    {"detail":"This needs the permission to invite people.","error":401,"errorCode":"NOT_ORG_OWNER","parameters":[],"reason":"Unauthorized"}
    "#);
    let body = r#"{"username":"a@example.org","roles":["ORG_OWNER","ORG_MEMBER"]}"#;
    let answer = cloud
        .call_as(&admin, Method::POST, "/orgs/ORG/invites", body)
        .await;
    insta::assert_snapshot!(cloud.shown(&answer), @r#"
    401
    {"detail":"You may not grant: ORG_OWNER.","error":401,"errorCode":"NOT_ORG_OWNER","parameters":[],"reason":"Unauthorized"}
    "#);

    let made = cloud.invite("b@example.org").await;
    let path = format!("/orgs/ORG/invites/{}", text(&made, "/id"));
    for (method, body) in [
        (Method::PATCH, r#"{"roles":["ORG_READ_ONLY"]}"#),
        (Method::DELETE, ""),
    ] {
        let answer = cloud.call_as(&reader, method, &path, body).await;
        assert_eq!(answer.header("x-error-code"), "NOT_ORG_OWNER");
    }
    let seen = cloud.call_as(&reader, Method::GET, &path, "").await;
    assert_eq!(json(&seen), made);
}

#[tokio::test]
async fn paths_and_methods_that_there_are_not_answer_in_this_shape() {
    let cloud = Cloud::new().await;
    for path in ["/orgs/ORG/nothing", "//", "/orgs/ORG/invites//"] {
        let answer = cloud.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.body.is_empty(), "{path}");
    }
    insta::assert_snapshot!(cloud.shown(&cloud.get("/nothing").await), @r#"
    404
    {"detail":"Cannot find resource /api/atlas/v2/nothing.","error":404,"errorCode":"RESOURCE_NOT_FOUND","parameters":["/api/atlas/v2/nothing"],"reason":"Not Found"}
    "#);
    let put = cloud.call(Method::PUT, "/orgs/ORG/invites", "{}").await;
    insta::assert_snapshot!(cloud.shown(&put), @r#"
    405
    {"detail":"The method PUT is not allowed here.","error":405,"errorCode":"METHOD_NOT_ALLOWED","parameters":["PUT"],"reason":"Method Not Allowed"}
    "#);
    assert_eq!(put.header("allow"), "GET,HEAD,POST,PATCH");
    let outside = cloud
        .send(
            Method::GET,
            "/api/atlas",
            &cloud.test.owner_key.bearer(),
            "",
        )
        .await;
    assert_eq!(outside.header("x-error-code"), "RESOURCE_NOT_FOUND");
}

#[tokio::test]
async fn an_organization_that_is_none_is_not_found() {
    let cloud = Cloud::new().await;
    insta::assert_snapshot!(cloud.shown(&cloud.get("/orgs/acme/invites").await), @r#"
    404
    {"detail":"An invalid organization ID acme was specified.","error":404,"errorCode":"INVALID_ORG_ID","parameters":["acme"],"reason":"Not Found"}
    "#);
    insta::assert_snapshot!(
        cloud.shown(&cloud.get("/orgs/5f0000000000000000000001/invites").await),
        @r#"
    404
    {"detail":"No organization with ID id1 exists.","error":404,"errorCode":"ORG_NOT_FOUND","parameters":["id1"],"reason":"Not Found"}
    "#
    );
}
