//! A small AWS: `AssumeRole` of STS and `GetSecretValue` of Secrets Manager, at one address.
//!
//! Owns what the two services check and answer, from AWS's API references. It verifies every
//! signature from the request as it came in, with code and cryptography that the client does not use.

mod http;
mod signature;

use std::collections::VecDeque;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use serde_json::{Value, json};

pub use http::Answer;
use http::Request;

/// An access key that lasts.
pub const KEY_ID: &str = "AKIAVESTIBULETESTKEY";
/// Its secret half.
pub const SECRET_KEY: &str = "longTermSecretKey/0123456789+abcdefghijk";
/// An access key that needs [`TOKEN`].
pub const SESSION_KEY_ID: &str = "ASIAVESTIBULESESSION";
/// Its secret half.
pub const SESSION_SECRET_KEY: &str = "sessionSecretKey/0123456789+abcdefghijkl";
/// The session token of that key.
pub const TOKEN: &str = "sessionToken//////////0123456789+abcdefghijklmnopqrstuvwxyz==";
/// The role that may be assumed.
pub const ROLE: &str = "arn:aws:iam::123456789012:role/mdbsts";
/// The region of the secrets.
pub const REGION: &str = "eu-west-1";

const STS_REGION: &str = "us-east-1";
/// The keys of the role, which its sessions get.
const ROLE_KEY_ID: &str = "ASIAVESTIBULEROLEKEY";
const ROLE_SECRET_KEY: &str = "roleSecretKey&<>/0123456789+abcdefghijkl";
const ROLE_TOKEN: &str = "roleSessionToken//////////0123456789+abcdefghijklmnopqrstuv==";
/// Seconds that a signature's time may be off.
const MOST_SKEW_S: i64 = 300;

/// All that must leave no trace anywhere.
pub const SECRETS: [&str; 9] = [
    KEY_ID,
    SECRET_KEY,
    SESSION_KEY_ID,
    SESSION_SECRET_KEY,
    TOKEN,
    ROLE_KEY_ID,
    ROLE_SECRET_KEY,
    ROLE_TOKEN,
    // As XML spells it.
    "roleSecretKey&amp;",
];

/// A listening AWS; it ends with its value.
pub struct FakeAws {
    /// Where both services are.
    pub url: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    has_ended: AtomicBool,
}

#[derive(Default)]
struct State {
    secrets: Vec<Content>,
    first: VecDeque<Answer>,
    clock: Option<Timestamp>,
    calls: Vec<String>,
}

struct Content {
    name: String,
    /// `SecretString` or `SecretBinary`.
    kind: &'static str,
    value: String,
}

impl FakeAws {
    /// Starts to listen on this machine.
    ///
    /// # Panics
    /// If there is no free port.
    #[must_use]
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::<Shared>::default();
        let own = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if own.has_ended.load(Ordering::Relaxed) {
                    return;
                }
                let own = Arc::clone(&own);
                std::thread::spawn(move || {
                    stream.map(|stream| http::serve(stream, |request| own.answer(request)))
                });
            }
        });
        Self {
            url: format!("http://{address}"),
            shared,
        }
    }

    /// Keeps a secret in [`REGION`].
    #[must_use]
    pub fn with_secret(self, name: &str, text: &str) -> Self {
        self.keep(name, "SecretString", text);
        self
    }

    /// Keeps a secret that is no text.
    #[must_use]
    pub fn with_binary_secret(self, name: &str) -> Self {
        self.keep(name, "SecretBinary", "AAEC");
        self
    }

    /// Sets the services' clock, which otherwise is the machine's.
    pub fn set_clock(&self, now: Timestamp) {
        self.shared.state().clock = Some(now);
    }

    /// Answers the next request like this, whatever it is; more calls are for those after it.
    pub fn answer_next(&self, answer: Answer) {
        self.shared.state().first.push_back(answer);
    }

    /// What was asked, as service, region and action.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        self.shared.state().calls.clone()
    }

    fn keep(&self, name: &str, kind: &'static str, value: &str) {
        self.shared.state().secrets.push(Content {
            name: name.to_owned(),
            kind,
            value: value.to_owned(),
        });
    }
}

impl Drop for FakeAws {
    fn drop(&mut self) {
        self.shared.has_ended.store(true, Ordering::Relaxed);
        // Whoever waits for a connection sees it now.
        drop(TcpStream::connect(self.url.trim_start_matches("http://")));
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("not poisoned")
    }

    fn answer(&self, request: &Request) -> Answer {
        let mut state = self.state();
        let now = state.clock.unwrap_or_else(now);
        let target = request.header("x-amz-target");
        let is_sts = target.is_none();
        let (service, action) = match target {
            Some(target) => ("secretsmanager", target.rsplit('.').next()),
            None => ("sts", request.form("Action").map(|_| "AssumeRole")),
        };
        let region = signature::region(request);
        let action = action.unwrap_or_default();
        state.calls.push(format!("{service} {region} {action}"));
        let answer = match state.first.pop_front() {
            Some(answer) => answer,
            None => match checked(request, service, now) {
                Err(refusal) if is_sts => sts_refusal(&Refusal {
                    status: 403,
                    ..refusal
                }),
                Err(refusal) => json_refusal(&refusal),
                Ok(key_id) if is_sts => assume_role(request, key_id),
                Ok(key_id) => state.secret_value(request, key_id, &region),
            },
        };
        answer.at(now)
    }
}

impl State {
    fn secret_value(&self, request: &Request, key_id: &str, region: &str) -> Answer {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let field = |name| body.get(name).and_then(Value::as_str).unwrap_or_default();
        if key_id != ROLE_KEY_ID {
            let words = "User is not authorized to perform: secretsmanager:GetSecretValue";
            return json_refusal(&Refusal::new("AccessDeniedException", words));
        }
        if request.header("content-type") != Some("application/x-amz-json-1.1")
            || field("VersionStage") != "AWSCURRENT"
        {
            return json_refusal(&Refusal::new("InvalidParameterException", "what is this?"));
        }
        let name = field("SecretId");
        let found = self.secrets.iter().find(|secret| secret.name == name);
        let Some(Content { kind, value, .. }) = found.filter(|_| region == REGION) else {
            let words = "Secrets Manager can't find the specified secret.";
            return json_refusal(&Refusal::new("ResourceNotFoundException", words));
        };
        let answer = json!({
            "ARN": format!("arn:aws:secretsmanager:{region}:123456789012:secret:{name}-AbCdEf"),
            "Name": name,
            "VersionId": "EXAMPLE1-90ab-cdef-fedc-ba987SECRET1",
            *kind: value,
            "VersionStages": ["AWSCURRENT"],
            "CreatedDate": 1_523_477_145.713,
        });
        Answer::json(200, &answer)
    }
}

/// Why a service says no.
struct Refusal {
    status: u16,
    code: &'static str,
    message: String,
}

impl Refusal {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: 400,
            code,
            message: message.into(),
        }
    }
}

/// Who sent the request, if it is signed as AWS wants it.
fn checked(request: &Request, service: &str, now: Timestamp) -> Result<&'static str, Refusal> {
    let is_sts = service == "sts";
    let code = |sts, other| if is_sts { sts } else { other };
    let unknown = code("InvalidClientTokenId", "UnrecognizedClientException");
    let mismatch = code("SignatureDoesNotMatch", "InvalidSignatureException");
    let key_id = signature::key_id(request);
    let keys = [
        (KEY_ID, SECRET_KEY, None),
        (SESSION_KEY_ID, SESSION_SECRET_KEY, Some(TOKEN)),
        (ROLE_KEY_ID, ROLE_SECRET_KEY, Some(ROLE_TOKEN)),
    ];
    let token = request.header("x-amz-security-token");
    let known = keys
        .into_iter()
        .find(|(id, _, own)| *id == key_id && *own == token);
    let Some((key_id, secret, _)) = known else {
        let words = "The security token included in the request is invalid.";
        return Err(Refusal::new(unknown, words));
    };
    let region = if is_sts { STS_REGION } else { "" };
    signature::verify(request, secret, service, region)
        .map_err(|words| Refusal::new(mismatch, words))?;
    let sent = signature::instant(request);
    let is_near = sent.is_some_and(|sent| now.duration_since(sent).as_secs().abs() <= MOST_SKEW_S);
    if !is_near {
        return Err(Refusal::new(
            mismatch,
            "Signature expired, or not yet current",
        ));
    }
    Ok(key_id)
}

fn assume_role(request: &Request, key_id: &str) -> Answer {
    let field = |name: &str| request.form(name).unwrap_or_default();
    let session = field("RoleSessionName");
    let is_good = field("Action") == "AssumeRole"
        && field("Version") == "2011-06-15"
        && (2..=64).contains(&session.len())
        && field("DurationSeconds")
            .parse()
            .is_ok_and(|s| (900..=43_200).contains(&s));
    if !is_good {
        return sts_refusal(&Refusal::new("ValidationError", "what is this?"));
    }
    let role = field("RoleArn");
    if role != ROLE || key_id == ROLE_KEY_ID {
        return sts_refusal(&Refusal {
            status: 403,
            code: "AccessDenied",
            message: format!(
                "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: \
                 sts:AssumeRole on resource: {role}"
            ),
        });
    }
    Answer::xml(
        200,
        &format!(
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n\
             <AssumeRoleResult><AssumedRoleUser><AssumedRoleId>AROA:{session}</AssumedRoleId>\
             <Arn>arn:aws:sts::123456789012:assumed-role/mdbsts/{session}</Arn></AssumedRoleUser>\n\
             <Credentials><AccessKeyId>{ROLE_KEY_ID}</AccessKeyId>\
             <SecretAccessKey>{}</SecretAccessKey>\
             <SessionToken>{ROLE_TOKEN}</SessionToken>\
             <Expiration>2030-01-01T00:15:00Z</Expiration></Credentials>\n\
             </AssumeRoleResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>\
             </AssumeRoleResponse>",
            escaped(ROLE_SECRET_KEY)
        ),
    )
}

fn sts_refusal(refusal: &Refusal) -> Answer {
    let Refusal {
        status,
        code,
        message,
    } = refusal;
    Answer::xml(
        *status,
        &format!(
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
             <Type>Sender</Type><Code>{code}</Code><Message>{}</Message></Error>\
             <RequestId>r-1</RequestId></ErrorResponse>",
            escaped(message)
        ),
    )
}

fn json_refusal(refusal: &Refusal) -> Answer {
    let body = json!({ "__type": refusal.code, "Message": refusal.message });
    Answer::json(refusal.status, &body)
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

fn now() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "clients sign with the machine's clock"
    )]
    Timestamp::now()
}
