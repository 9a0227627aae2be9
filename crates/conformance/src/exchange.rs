//! Sends a request as a golden file says, and nothing else: no redirect, no retry, no header that
//! is not asked for.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::{Client, Method, StatusCode, Url};
use ring::rand::{SecureRandom, SystemRandom};

use crate::credential::{Challenge, Credential};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is sent.
pub(crate) struct Sent {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// By their names in lower case; the first of each.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// A client of one server.
#[derive(Clone)]
pub(crate) struct Exchange {
    client: Client,
}

impl Exchange {
    /// A client; loopback addresses are reached without a proxy.
    pub(crate) fn new(base: &Url) -> Result<Self, reqwest::Error> {
        // Another may be there already, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut client = Client::builder()
            .user_agent(concat!("vestibule-conformance/", env!("CARGO_PKG_VERSION")))
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none());
        if matches!(base.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")) {
            client = client.no_proxy();
        }
        let client = client.build()?;
        Ok(Self { client })
    }

    /// Sends, with this credential; answers a challenge as the vendor's client does, which sends
    /// everything without a credential first. What went wrong is told as text.
    pub(crate) async fn send(
        &self,
        sent: &Sent,
        credential: &Credential,
    ) -> Result<Answer, String> {
        let (user, secret) = match credential {
            Credential::Nobody => return self.once(sent, None).await,
            Credential::Header(header) => return self.once(sent, Some(header)).await,
            Credential::Digest { user, secret } => (user.as_str(), secret.as_str()),
        };
        let first = self.once(sent, None).await?;
        if first.status != StatusCode::UNAUTHORIZED.as_u16() {
            let status = first.status;
            return Err(format!(
                "without a credential it is {status}, and no challenge"
            ));
        }
        let header = first.headers.get("www-authenticate").map(String::as_str);
        let challenge = Challenge::parse(header)?;
        let target = match sent.url.query() {
            Some(query) => format!("{}?{query}", sent.url.path()),
            None => sent.url.path().to_owned(),
        };
        let request = (sent.method.as_str(), target.as_str());
        let header = challenge.answer((user, secret), request, &random_hex()?);
        self.once(sent, Some(&header)).await
    }

    async fn once(&self, sent: &Sent, authorization: Option<&str>) -> Result<Answer, String> {
        let mut request = self.client.request(sent.method.clone(), sent.url.clone());
        for (name, value) in &sent.headers {
            request = request.header(name, value);
        }
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        if !sent.body.is_empty() {
            request = request.body(sent.body.clone());
        }
        let response = request.send().await.map_err(|error| chain(&error))?;
        let status = response.status().as_u16();
        let mut headers = BTreeMap::new();
        for (name, value) in response.headers() {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            headers.entry(name.as_str().to_owned()).or_insert(value);
        }
        let body = response.text().await.map_err(|error| chain(&error))?;
        Ok(Answer {
            status,
            headers,
            body,
        })
    }
}

/// 16 hexadecimal digits.
pub(crate) fn random_hex() -> Result<String, String> {
    let mut bytes = [0; 8];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_unspecified| "there is no randomness".to_owned())?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}
