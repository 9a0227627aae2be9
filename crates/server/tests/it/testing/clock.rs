//! `/testing/clock`.

use super::*;

#[tokio::test]
async fn the_clock_is_shown_set_and_advanced_and_goes_on() {
    let lab = Lab::new().await;
    let shown = lab.control(Method::GET, "clock", "").await;
    insta::assert_snapshot!(shown.shown(), @r#"
    200 OK
    {"now":"2026-03-01T09:00:00.000000Z","machine":"2026-03-01T09:00:00.000000Z","ahead_seconds":0}
    "#);
    let body = r#"{"set":"2030-01-01T12:00:00+02:00"}"#;
    let set = lab.control(Method::POST, "clock", body).await;
    insta::assert_snapshot!(set.shown(), @r#"
    200 OK
    {"now":"2030-01-01T10:00:00.000000Z","machine":"2026-03-01T09:00:00.000000Z","ahead_seconds":121136400}
    "#);
    lab.machine.advance_seconds(5);
    let body = r#"{"advance":"1d6h"}"#;
    let advanced = lab.control(Method::POST, "clock", body).await;
    insta::assert_snapshot!(advanced.shown(), @r#"
    200 OK
    {"now":"2030-01-02T16:00:05.000000Z","machine":"2026-03-01T09:00:05.000000Z","ahead_seconds":121244400}
    "#);
    let back = lab
        .control(Method::POST, "clock", r#"{"set":"2026-02-01T00:00:00Z"}"#)
        .await;
    assert_eq!(back.status, 200, "it may be set back");
}

#[tokio::test]
async fn a_clock_is_not_set_to_what_is_no_time() {
    let lab = Lab::new().await;
    let mut said = Vec::new();
    for body in [
        "{}",
        r#"{"set":"2030-01-01T00:00:00Z","advance":"1d"}"#,
        r#"{"set":"tomorrow"}"#,
        r#"{"set":"1999-12-31T23:59:59Z"}"#,
        r#"{"set":"2100-01-01T00:00:00Z"}"#,
        r#"{"advance":"31"}"#,
        r#"{"advance":"-1d"}"#,
        r#"{"advance":"36500d"}"#,
        r#"{"advance":31}"#,
        r#"{"forward":"1d"}"#,
        "[]",
    ] {
        let answer = lab.control(Method::POST, "clock", body).await;
        assert_eq!(answer.status, 422, "{body}");
        let problem: Value = serde_json::from_str(&answer.body).expect("a problem");
        let error = &problem["errors"][0];
        said.push(format!("{body}  {}: {}", error["pointer"], error["detail"]));
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    {}  "": "it needs one of `set` and `advance`, and not both"
    {"set":"2030-01-01T00:00:00Z","advance":"1d"}  "": "it needs one of `set` and `advance`, and not both"
    {"set":"tomorrow"}  "/set": "it is no RFC 3339 instant such as 2026-03-01T09:00:00Z"
    {"set":"1999-12-31T23:59:59Z"}  "/set": "the clock goes from the year 2000 to the year 2099"
    {"set":"2100-01-01T00:00:00Z"}  "/set": "the clock goes from the year 2000 to the year 2099"
    {"advance":"31"}  "/advance": "it is not a length of time such as 31d, 12h, 30m, 90s or 1d6h, of at most 36500 days"
    {"advance":"-1d"}  "/advance": "it is not a length of time such as 31d, 12h, 30m, 90s or 1d6h, of at most 36500 days"
    {"advance":"36500d"}  "/advance": "the clock goes from the year 2000 to the year 2099"
    {"advance":31}  "/advance": "invalid type: integer `31`, expected a string"
    {"forward":"1d"}  "/forward": "unknown field `forward`, expected `set` or `advance`"
    []  "": "invalid type: sequence, expected an object"
    "#);
    let shown = lab.control_json(Method::GET, "clock", "").await;
    assert_eq!(shown["ahead_seconds"], 0, "nothing was changed");
}

#[tokio::test]
async fn the_header_date_tells_the_servers_time() {
    let lab = Lab::new().await;
    lab.advance("31d").await;
    let answer = lab.call(KeyKind::Native, Method::GET, "/v1/me", "").await;
    assert_eq!(answer.header("date"), "Wed, 01 Apr 2026 09:00:00 GMT");
}

#[tokio::test]
async fn mail_that_waits_for_another_try_is_sent_when_the_clock_says_so() {
    let lab = Lab::new().await;
    let served = lab.serve().await;
    // An invitation whose mail is due only tomorrow.
    let made = lab.invite("ann@acme.example").await;
    let id = Id::from_confluent(made["id"].as_str().expect("an id")).expect("an id");
    let organization = lab.id();
    lab.advance("1m").await;
    let mails = lab.control_json(Method::GET, "mail", "").await;
    assert_eq!(mails["data"].as_array().map(Vec::len), Some(1));
    let ctx = system(&lab);
    lab.app
        .write(ctx, move |tx, ctx| {
            let mut invitation = tx.find_invitation(organization, id)?.expect("it is there");
            invitation.generation += 1;
            invitation.version += 1;
            assert!(tx.update_invitation(&invitation, invitation.version - 1)?);
            invitation.sent_at = ctx.now.plus_seconds(86_400);
            Ok(tx.enqueue_invitation_mail(&invitation)?)
        })
        .await
        .expect("it is queued");
    let mails = lab.control_json(Method::GET, "mail", "").await;
    assert_eq!(mails["data"].as_array().map(Vec::len), Some(1), "not yet");
    lab.advance("1d").await;
    let mails = lab.control_json(Method::GET, "mail", "").await;
    assert_eq!(mails["data"].as_array().map(Vec::len), Some(2));
    drop(served);
}
