//! How many invitations may be open at once, over all APIs.

use axum::http::{Method, StatusCode, header};
use vestibule_core::invitation::Invitation;
use vestibule_core::key::KeyKind;
use vestibule_core::organization::Dialect;
use vestibule_core::{Clock, EmailAddress};
use vestibule_store::Scope;
use vestibule_testkit::answer::{Answer, request};
use vestibule_testkit::app::{Secret, TestApp};

use super::{Api, Table, access_token, basic, count};

/// An organization that takes one open invitation, and a key of it for each API.
struct Full {
    api: Api,
    confluent: Secret,
    atlas: Secret,
}

const DIALECTS: [Dialect; 3] = [Dialect::Native, Dialect::Confluent, Dialect::Atlas];

impl Full {
    async fn new() -> Self {
        let test = TestApp::with_settings(|settings| settings.pending_limit = Some(1)).await;
        Self {
            confluent: test.key(KeyKind::Confluent).await,
            atlas: test.key(KeyKind::AtlasServiceAccount).await,
            api: Api { test },
        }
    }

    async fn call(&self, dialect: Dialect, method: Method, below: &str, json: &str) -> Answer {
        let test = &self.api.test;
        match dialect {
            Dialect::Native => {
                self.api
                    .send(method, &format!("/invitations{below}"), json)
                    .await
            }
            Dialect::Confluent => {
                let path = format!("/iam/v2/invitations{below}");
                test.send(request(method, &path, &basic(&self.confluent), json))
                    .await
            }
            Dialect::Atlas => {
                let end = test.clock.now().plus_seconds(3600);
                let token = access_token(&self.api, &self.atlas.key, end);
                let organization = test.organization.to_hex();
                let path = format!("/api/atlas/v2/orgs/{organization}/invites{below}");
                let mut request = request(method, &path, &format!("Bearer {token}"), json);
                let media = "application/vnd.atlas.2023-01-01+json".parse();
                let media: header::HeaderValue = media.expect("a header value");
                request.headers_mut().insert(header::ACCEPT, media.clone());
                if !json.is_empty() {
                    request.headers_mut().insert(header::CONTENT_TYPE, media);
                }
                test.send(request).await
            }
        }
    }

    async fn ask(&self, dialect: Dialect, email: &str) -> Answer {
        let body = match dialect {
            Dialect::Native | Dialect::Confluent => format!(r#"{{"email":"{email}"}}"#),
            Dialect::Atlas => format!(r#"{{"username":"{email}","roles":["ORG_MEMBER"]}}"#),
        };
        self.call(dialect, Method::POST, "", &body).await
    }

    /// Invites, which has to succeed.
    async fn open(&self, dialect: Dialect, email: &str) -> Invitation {
        let made = self.ask(dialect, email).await;
        assert!(made.status.is_success(), "{dialect:?}: {}", made.shown());
        let email = EmailAddress::parse(email).expect("an address");
        let found = self
            .api
            .test
            .run(self.api.test.owner_ctx(), move |tx, ctx| {
                Ok(tx.find_live_invitation(ctx.organization, &email, Scope::Organization)?)
            });
        found.await.expect("the store").expect("it is open")
    }

    /// No API lets another one in, and nothing is left of the attempts.
    async fn assert_full(&self) {
        let before = count(&self.api.test, Table::Invitations).await;
        for (dialect, status, code) in [
            (Dialect::Native, 409, "pending_limit"),
            (Dialect::Confluent, 402, "quota_exceeded"),
            (Dialect::Atlas, 400, "MAX_USERS_PER_ORG_EXCEEDED"),
        ] {
            let refused = self.ask(dialect, "more@x.example").await;
            assert_eq!(refused.status, status, "{}", refused.body);
            assert!(refused.body.contains(code), "{}", refused.body);
        }
        assert_eq!(count(&self.api.test, Table::Invitations).await, before);
    }
}

#[tokio::test]
async fn sec_s24_the_pending_limit_holds_over_all_dialects_until_one_is_withdrawn() {
    let full = Full::new().await;
    for dialect in DIALECTS {
        let open = full.open(dialect, "ann@x.example").await;
        full.assert_full().await;
        let withdrawn = match dialect {
            Dialect::Native => {
                let below = format!("/{}/revoke", open.id);
                full.call(dialect, Method::POST, &below, "").await
            }
            Dialect::Confluent => {
                let below = format!("/{}", open.id.to_confluent());
                full.call(dialect, Method::DELETE, &below, "").await
            }
            Dialect::Atlas => {
                let below = format!("/{}", open.id.to_hex());
                full.call(dialect, Method::DELETE, &below, "").await
            }
        };
        assert!(withdrawn.status.is_success(), "{}", withdrawn.shown());
    }
    full.open(Dialect::Native, "ann@x.example").await;
}

#[tokio::test]
async fn sec_s24_the_pending_limit_holds_until_the_instant_one_expires() {
    let full = Full::new().await;
    for dialect in DIALECTS {
        let open = full.open(dialect, "ann@x.example").await;
        full.api.test.clock.set(open.expires_at.plus_seconds(-1));
        full.assert_full().await;
        full.api.test.clock.set(open.expires_at);
    }
    full.open(Dialect::Native, "bea@x.example").await;
    full.assert_full().await;
}

#[tokio::test]
async fn sec_s24_the_pending_limit_holds_until_one_is_declined() {
    let full = Full::new().await;
    for dialect in DIALECTS {
        let open = full.open(dialect, "ann@x.example").await;
        full.assert_full().await;
        let body = format!(r#"{{"token":"{}"}}"#, full.api.test.token(&open));
        let declined = full
            .api
            .anonymous(Method::POST, "/v1/invitations/decline", &body)
            .await;
        assert_eq!(declined.status, StatusCode::OK, "{}", declined.body);
    }
    full.open(Dialect::Native, "ann@x.example").await;
}
