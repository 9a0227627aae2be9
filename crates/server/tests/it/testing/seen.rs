//! `/testing/requests`, `/testing/mail`, `/testing/seed` and `/testing/reset`.

use super::*;

#[tokio::test]
async fn the_journal_counts_by_route_and_keeps_what_the_client_got() {
    let lab = Lab::new().await;
    let made = lab.invite("ann@acme.example").await;
    let path = format!(
        "/iam/v2/invitations/{}",
        made["id"].as_str().expect("an id")
    );
    for _ in 0..2 {
        lab.call(KeyKind::Confluent, Method::GET, &path, "").await;
    }
    lab.control(Method::POST, "faults", r#"{"status":503}"#)
        .await;
    lab.call(KeyKind::Native, Method::GET, "/v1/me", "").await;
    lab.send(request(Method::GET, "/readyz", "", "")).await;
    let journal = lab.control_json(Method::GET, "requests", "").await;
    insta::assert_snapshot!(journal["counts"], @r#"[{"count":1,"method":"GET","route":null},{"count":2,"method":"GET","route":"/iam/v2/invitations/{id}"},{"count":1,"method":"POST","route":"/iam/v2/invitations"}]"#);
    let mut entries = Vec::new();
    for entry in journal["data"].as_array().expect("entries") {
        let path = entry["path"]
            .as_str()
            .expect("a path")
            .replace(&path, "/iam/v2/invitations/ID");
        let route = entry["route"].as_str().unwrap_or("-");
        entries.push(format!(
            "{} {} {} {path} {route} {} {} {}",
            entry["number"],
            entry["at"],
            entry["method"],
            entry["dialect"],
            entry["status"],
            entry["fault"]
        ));
    }
    insta::assert_snapshot!(entries.join("\n"), @r#"
    1 "2026-03-01T09:00:00.000000Z" "POST" /iam/v2/invitations /iam/v2/invitations "confluent" 201 null
    2 "2026-03-01T09:00:00.000000Z" "GET" /iam/v2/invitations/ID /iam/v2/invitations/{id} "confluent" 200 null
    3 "2026-03-01T09:00:00.000000Z" "GET" /iam/v2/invitations/ID /iam/v2/invitations/{id} "confluent" 200 null
    4 "2026-03-01T09:00:00.000000Z" "GET" /v1/me - "native" 503 1
    "#);
    assert_eq!(
        lab.control(Method::DELETE, "requests", "").await.status,
        204
    );
    let journal = lab.control_json(Method::GET, "requests", "").await;
    assert_eq!(journal, serde_json::json!({"counts": [], "data": []}));
}

#[tokio::test]
async fn a_mail_is_shown_with_the_token_that_accepts() {
    let lab = Lab::new().await;
    lab.invite("ann@acme.example").await;
    lab.send_mail().await;
    let mails = lab.control_json(Method::GET, "mail", "").await;
    let mail = &mails["data"][0];
    assert_eq!(mail["to"], "ann@acme.example");
    assert_eq!(mail["date"], "2026-03-01T09:00:00Z");
    let token = mail["token"].as_str().expect("a token");
    assert_eq!(
        mail["link"],
        format!("https://vestibule.example/invitations/{token}")
    );
    let body = format!("{{\"token\":\"{token}\"}}");
    let accepted = lab
        .send(request(Method::POST, "/v1/invitations/accept", "", &body))
        .await;
    assert_eq!(accepted.status, 200, "{}", accepted.shown());
}

#[tokio::test]
async fn the_seed_is_shown_with_secrets_that_open() {
    let lab = Lab::new().await;
    let shown = lab.control(Method::GET, "seed", "").await;
    insta::assert_snapshot!(shown.shown(), @r#"
    200 OK
    {"url":"https://vestibule.example","organizations":[{"id":"org_cp9010267vapksv2q4g0","atlas_id":"65920080463ed569e762b920","confluent_id":"65920080-463e-8d56-89e7-62b920000000","name":"Acme","members":[{"id":"usr_cp9010712x40ce7h3sag","email":"owner@acme.example","roles":["owner"]},{"id":"usr_cp901068jqrt7b2wjp90","email":"other@acme.example","roles":["owner"]}],"teams":[],"projects":[{"id":"prj_cp90104hnteeyd0a053g","atlas_id":"6592008091ae9cef340a0147","name":"Research"}],"keys":[{"kind":"native","name":"native","public_id":"key_cp9010724khjdm0sqnf0","secret":"vstk_cp9010724khjdm0sqnf0yd35e0pwfh7a0xgg87j8js3b4p86whf02z2t20","holder":"owner@acme.example"},{"kind":"confluent","name":"confluent","public_id":"ACME000000000001","secret":"vsts_zxw2xy479pbsvyn5drh6379jhv6y5qr1xj44fq","holder":"owner@acme.example"},{"kind":"atlas","name":"atlas","public_id":"acmeaaaa","secret":"vsts_1syby5arma2706rkcbch09t53f9833hzt6wh39","holder":"owner@acme.example"}]}]}
    "#);
    let me = lab.call(KeyKind::Native, Method::GET, "/v1/me", "").await;
    assert!(me.body.contains("owner@acme.example"), "{}", me.body);
}

#[tokio::test]
async fn a_reset_leaves_nothing_but_the_seed() {
    let lab = Lab::new().await;
    let made = lab.invite("ann@acme.example").await;
    lab.send_mail().await;
    lab.advance("3d").await;
    lab.control(
        Method::POST,
        "faults",
        r#"{"status":503,"path":"/nowhere"}"#,
    )
    .await;
    let keys = format!("/v1/organizations/{}/keys", lab.id());
    let body = r#"{"kind":"native","name":"another"}"#;
    let key = lab.call(KeyKind::Native, Method::POST, &keys, body).await;
    let key: Value = serde_json::from_str(&key.body).expect("JSON");
    let secret = format!("Bearer {}", key["secret"].as_str().expect("a secret"));
    assert_eq!(
        lab.send(request(Method::GET, "/v1/me", &secret, ""))
            .await
            .status,
        200
    );

    assert_eq!(lab.control(Method::POST, "reset", "").await.status, 204);
    let path = format!(
        "/iam/v2/invitations/{}",
        made["id"].as_str().expect("an id")
    );
    assert_eq!(
        lab.send(request(Method::GET, "/v1/me", &secret, ""))
            .await
            .status,
        401
    );
    let gone = lab.call(KeyKind::Confluent, Method::GET, &path, "").await;
    assert_eq!(gone.status, 404);
    let clock = lab.control_json(Method::GET, "clock", "").await;
    assert_eq!(clock["ahead_seconds"], 0);
    for list in ["faults", "mail"] {
        let shown = lab.control_json(Method::GET, list, "").await;
        assert_eq!(shown["data"], serde_json::json!([]), "{list}");
    }
    let journal = lab.control_json(Method::GET, "requests", "").await;
    assert_eq!(
        journal["data"].as_array().map(Vec::len),
        Some(2),
        "since the reset"
    );
    // The same address can be invited, with the same keys as before.
    lab.invite("ann@acme.example").await;
}
