//! Days 7, 30 and 31 of an invitation, by the clock's control: each API and the page.

use super::*;

/// What everybody sees of two invitations, made through each vendor's API on day 0.
async fn seen(lab: &Lab, confluent: &Value, atlas: &Value, pages: &[String; 2]) -> String {
    let path = format!(
        "/iam/v2/invitations/{}",
        confluent["id"].as_str().expect("an id")
    );
    let shown = lab.call(KeyKind::Confluent, Method::GET, &path, "").await;
    let shown: Value = serde_json::from_str(&shown.body).expect("JSON");
    let org = format!("/api/atlas/v2/orgs/{}", lab.id().to_hex());
    let path = format!("{org}/invites/{}", atlas["id"].as_str().expect("an id"));
    let invite = lab.call(KeyKind::Native, Method::GET, &path, "").await;
    let invites = lab
        .call(KeyKind::Native, Method::GET, &format!("{org}/invites"), "")
        .await;
    let invites: Value = serde_json::from_str(&invites.body).expect("JSON");
    let statuses = [
        "ACTIVE",
        "PENDING",
        "INVITATION_EXPIRED",
        "INVITATION_REJECTED",
    ]
    .map(|status| format!("orgMembershipStatuses={status}"))
    .join("&");
    let path = format!("{org}/users?username=bob@acme.example&{statuses}");
    let mut users = request(Method::GET, &path, &lab.credential(KeyKind::Native), "");
    let newest = "application/vnd.atlas.2025-02-19+json";
    users
        .headers_mut()
        .insert("accept", newest.parse().expect("a value"));
    let users = lab.send(users).await;
    let users: Value = serde_json::from_str(&users.body).expect("JSON");
    let user = &users["results"][0]["orgMembershipStatus"];
    let native = format!("/v1/organizations/{}/invitations", lab.id());
    let native = lab.call(KeyKind::Native, Method::GET, &native, "").await;
    let native: Value = serde_json::from_str(&native.body).expect("JSON");
    let mut states: Vec<_> = native["data"]
        .as_array()
        .expect("invitations")
        .iter()
        .map(|one| format!("{} {}", one["email"], one["state"]))
        .collect();
    // Made in the same second, they are in no order.
    states.sort();
    let [ann, bob] = pages;
    let ann = lab.send(request(Method::GET, ann, "", "")).await;
    let bob = lab.send(request(Method::GET, bob, "", "")).await;
    format!(
        "confluent: {}\natlas: {} {} of {}, user {user}\nnative: {}\npages: ann {}, bob {}",
        shown["status"],
        invite.status.as_u16(),
        invite.header("x-error-code"),
        invites.as_array().map_or(0, Vec::len),
        states.join(", "),
        ann.status.as_u16(),
        bob.status.as_u16()
    )
    .replace('"', "")
}

#[tokio::test]
async fn invitations_end_on_the_days_that_their_apis_promise() {
    let lab = Lab::new().await;
    let confluent = lab.invite("ann@acme.example").await;
    let path = format!("/api/atlas/v2/orgs/{}/invites", lab.id().to_hex());
    let body = r#"{"username":"bob@acme.example","roles":["ORG_MEMBER"]}"#;
    let atlas = lab.call(KeyKind::Native, Method::POST, &path, body).await;
    let atlas: Value = serde_json::from_str(&atlas.body).expect("JSON");
    lab.send_mail().await;
    let mails = lab.control_json(Method::GET, "mail", "").await;
    let mails = mails["data"].as_array().expect("mails");
    let pages = ["ann@acme.example", "bob@acme.example"].map(|address| {
        let mail = mails.iter().find(|mail| mail["to"] == address);
        let token = mail.expect("a mail")["token"].as_str().expect("a token");
        format!("/invitations/{token}")
    });

    let mut story = Vec::new();
    for (day, forward) in [
        ("day 0", "0s"),
        ("a second before day 7", "6d23h59m59s"),
        ("day 7", "1s"),
        ("a second before day 30", "22d23h59m59s"),
        ("day 30", "1s"),
        ("day 31", "1d"),
    ] {
        lab.advance(forward).await;
        story.push(format!(
            "{day}\n{}",
            seen(&lab, &confluent, &atlas, &pages).await
        ));
    }
    insta::assert_snapshot!(story.join("\n\n"), @"
    day 0
    confluent: INVITE_STATUS_SENT
    atlas: 200  of 2, user PENDING
    native: ann@acme.example sent, bob@acme.example sent
    pages: ann 200, bob 200

    a second before day 7
    confluent: INVITE_STATUS_SENT
    atlas: 200  of 2, user PENDING
    native: ann@acme.example sent, bob@acme.example sent
    pages: ann 200, bob 200

    day 7
    confluent: INVITE_STATUS_EXPIRED
    atlas: 200  of 1, user PENDING
    native: ann@acme.example expired, bob@acme.example sent
    pages: ann 404, bob 200

    a second before day 30
    confluent: INVITE_STATUS_EXPIRED
    atlas: 200  of 1, user PENDING
    native: ann@acme.example expired, bob@acme.example sent
    pages: ann 404, bob 200

    day 30
    confluent: INVITE_STATUS_EXPIRED
    atlas: 404 INVALID_INVITATION_ID of 0, user INVITATION_EXPIRED
    native: ann@acme.example expired, bob@acme.example expired
    pages: ann 404, bob 404

    day 31
    confluent: INVITE_STATUS_EXPIRED
    atlas: 404 INVALID_INVITATION_ID of 0, user INVITATION_EXPIRED
    native: ann@acme.example expired, bob@acme.example expired
    pages: ann 404, bob 404
    ");

    // On day 31 both addresses can be invited again, through either API.
    lab.invite("bob@acme.example").await;
    let body = r#"{"username":"ann@acme.example","roles":["ORG_MEMBER"]}"#;
    let again = lab.call(KeyKind::Native, Method::POST, &path, body).await;
    assert_eq!(again.status, 200, "{}", again.shown());
}
