//! AWS, as far as reading one secret needs it: a role is assumed at STS, and the secret is read from
//! Secrets Manager with the role's temporary keys.
//!
//! Owns addresses, requests and what answers say. It must not decide where keys come from or what a
//! secret's text means. Keys, tokens and that text are in no error: AWS's words are searched for them.
//!
//! Facts: AWS's API references of `AssumeRole` (2011-06-15) and `GetSecretValue` (2017-10-17), and
//! what the vendors' SDK for Go does by default.

mod answer;
mod signer;

use http::{HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use serde_json::json;
use url::Url;

use crate::auth::Auth;
use crate::transport::{BaseUrl, HttpClient, Idempotency, Request, Response};
use crate::{Error, Secret, Settings};
pub(crate) use signer::Signer;

/// How long the role's keys are good, in seconds: the least that AWS gives, and plenty for one
/// request.
const DURATION_S: &str = "900";
/// What the role's sessions are called in AWS's logs.
const SESSION_NAME: &str = "vestibule";
/// Where STS signs for no region in particular.
const GLOBAL_STS: &str = "sts.amazonaws.com";
const DEFAULT_REGION: &str = "us-east-1";
/// Regions that are in partitions of their own, by the beginning of their names.
const PARTITIONS: [(&str, &str); 6] = [
    ("cn-", "amazonaws.com.cn"),
    ("eusc-", "amazonaws.eu"),
    ("us-iso-", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov"),
    ("us-isof-", "csp.hci.ic.gov"),
    ("eu-isoe-", "cloud.adc-e.uk"),
];

/// What requests are signed with.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The id of the access key.
    pub access_key_id: Secret,
    /// Its secret half.
    pub secret_access_key: Secret,
    /// What temporary keys have besides.
    pub session_token: Option<Secret>,
}

/// Where a service of AWS is asked, and the region that signatures are made for.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// `http` or `https`.
    pub url: String,
    /// `us-east-1` and the like.
    pub region: String,
}

impl Endpoint {
    /// STS, at this address or in this region or in the default one.
    ///
    /// An address says which region signs: the one after `sts` in a host of AWS's, else us-east-1,
    /// as in the vendor's Atlas provider.
    ///
    /// # Errors
    /// `Invalid` for an address that cannot be used.
    pub fn sts(url: Option<&str>, region: Option<&str>) -> Result<Self, Error> {
        let Some(url) = url else {
            return Ok(Self::regional("sts", region.unwrap_or(DEFAULT_REGION)));
        };
        let region = signing_region(url).unwrap_or_else(|| DEFAULT_REGION.to_owned());
        Self::at(url, region)
    }

    /// Secrets Manager in this region, at this address or at AWS's own.
    ///
    /// # Errors
    /// `Invalid` for an address that cannot be used.
    pub fn secrets_manager(url: Option<&str>, region: &str) -> Result<Self, Error> {
        match url {
            Some(url) => Self::at(url, region.to_owned()),
            None => Ok(Self::regional("secretsmanager", region)),
        }
    }

    fn at(url: &str, region: String) -> Result<Self, Error> {
        BaseUrl::parse(url)?;
        let url = url.to_owned();
        Ok(Self { url, region })
    }

    fn regional(service: &str, region: &str) -> Self {
        let own = PARTITIONS
            .iter()
            .find(|(prefix, _)| region.starts_with(prefix));
        let suffix = own.map_or("amazonaws.com", |(_, suffix)| suffix);
        Self {
            url: format!("https://{service}.{region}.{suffix}"),
            region: region.to_owned(),
        }
    }
}

/// The region in `sts.REGION.…`, also behind the name of an endpoint in a network of one's own.
fn signing_region(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?;
    if host == GLOBAL_STS {
        return None;
    }
    let mut labels = host.split('.').skip_while(|label| !is_sts(label)).skip(1);
    let region = labels.next()?;
    // What follows is a domain.
    (labels.count() >= 2).then(|| region.to_owned())
}

fn is_sts(label: &str) -> bool {
    matches!(label, "sts" | "sts-fips")
}

/// Asks AWS.
#[derive(Clone, Debug)]
pub struct Aws {
    settings: Settings,
    clock: fn() -> Timestamp,
}

impl Aws {
    /// With the clock of this machine.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        #[expect(clippy::disallowed_methods, reason = "signatures carry real time")]
        Self::with_clock(settings, Timestamp::now)
    }

    /// With a clock of one's own.
    #[must_use]
    pub fn with_clock(settings: Settings, clock: fn() -> Timestamp) -> Self {
        Self { settings, clock }
    }

    /// Gets temporary keys of a role.
    ///
    /// # Errors
    /// `Unauthenticated` where AWS does not accept keys or signature, `Forbidden` where they may not
    /// assume the role, and what else AWS answers.
    pub async fn assume_role(
        &self,
        sts: &Endpoint,
        keys: &Keys,
        role_arn: &str,
    ) -> Result<Keys, Error> {
        let request = Request::new(Method::POST, "/", "*/*").form(&[
            ("Action", "AssumeRole"),
            ("Version", "2011-06-15"),
            ("DurationSeconds", DURATION_S),
            ("RoleArn", role_arn),
            ("RoleSessionName", SESSION_NAME),
        ]);
        let call = Call {
            name: "AssumeRole",
            service: "sts",
            endpoint: sts,
            keys,
        };
        let response = self.send(&call, request).await?;
        answer::keys(&response)
    }

    /// Reads the current text of a secret.
    ///
    /// # Errors
    /// `NotFound` where there is no such secret in the region, `Forbidden` where the keys may not read
    /// it, `Decode` where it has no text, and what else AWS answers.
    pub async fn secret_text(
        &self,
        secrets_manager: &Endpoint,
        keys: &Keys,
        name: &str,
    ) -> Result<Secret, Error> {
        let body = json!({ "SecretId": name, "VersionStage": "AWSCURRENT" });
        let mut request =
            Request::new(Method::POST, "/", "*/*").json("application/x-amz-json-1.1", &body)?;
        request.headers.insert(
            HeaderName::from_static("x-amz-target"),
            HeaderValue::from_static("secretsmanager.GetSecretValue"),
        );
        let call = Call {
            name: "GetSecretValue",
            service: "secretsmanager",
            endpoint: secrets_manager,
            keys,
        };
        let response = self.send(&call, request).await?;
        answer::secret_text(&response)
    }

    async fn send(&self, call: &Call<'_>, request: Request) -> Result<Response, Error> {
        let Endpoint { url, region } = call.endpoint;
        let operation = format!("{} at {url}", call.name);
        let signer = Signer::new(call.keys.clone(), call.service, region.clone(), self.clock);
        let http = HttpClient::new(url, self.settings.clone(), Auth::Aws(signer))?;
        // Both calls change nothing that matters, whatever HTTP makes of a POST.
        let request = request
            .idempotency(Idempotency::Repeatable)
            .throttled(answer::throttled);
        let answer = http.send(&request).await;
        let response = Response {
            changes_something: false,
            earlier_attempt_unclear: false,
            operation: operation.clone(),
            ..answer.map_err(|lost| lost.named(operation).with_maybe_done(false))?
        };
        if response.status.is_success() {
            return Ok(response);
        }
        Err(answer::refusal(response, call.keys, (self.clock)()))
    }
}

/// One call of one service.
struct Call<'a> {
    name: &'static str,
    service: &'static str,
    endpoint: &'a Endpoint,
    keys: &'a Keys,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_of_an_sts_endpoint_is_in_its_name() {
        for (url, region) in [
            ("https://sts.amazonaws.com/", "us-east-1"),
            ("https://sts.eu-west-1.amazonaws.com/", "eu-west-1"),
            ("https://sts-fips.us-west-2.amazonaws.com", "us-west-2"),
            ("https://sts.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            (
                "https://vpce-0a-1b.sts.eu-west-3.vpce.amazonaws.com",
                "eu-west-3",
            ),
            ("https://sts.example.org", "us-east-1"),
            ("http://localhost:4566", "us-east-1"),
        ] {
            let sts = Endpoint::sts(Some(url), Some("sa-east-1")).expect("an endpoint");
            assert_eq!(sts.region, region, "{url}");
        }
    }

    #[test]
    fn services_are_where_their_region_is() {
        let sts = |region| Endpoint::sts(None, region).expect("an endpoint").url;
        assert_eq!(sts(None), "https://sts.us-east-1.amazonaws.com");
        assert_eq!(
            sts(Some("eu-west-1")),
            "https://sts.eu-west-1.amazonaws.com"
        );
        let secrets = |region| {
            let place = Endpoint::secrets_manager(None, region);
            place.expect("an endpoint").url
        };
        assert_eq!(
            secrets("cn-north-1"),
            "https://secretsmanager.cn-north-1.amazonaws.com.cn"
        );
        assert_eq!(
            secrets("us-gov-west-1"),
            "https://secretsmanager.us-gov-west-1.amazonaws.com"
        );
    }
}
