//! A running `vestibule serve`, and what a test needs to act on it.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// The executable under test.
pub(crate) fn executable() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_vestibule"))
}

/// A free port without `404` in it, which the vendor's Atlas provider would take for a status.
pub(crate) fn free_port() -> u16 {
    loop {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        if !port.to_string().contains("404") {
            return port;
        }
    }
}

/// Gives other processes time to get on, in a loop that watches for a condition.
#[expect(
    clippy::disallowed_methods,
    reason = "nothing tells when another process has got on"
)]
pub(crate) fn pause(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

/// Interrupts a process as Ctrl-C would.
pub(crate) fn interrupt(process: &Child) {
    let done = Command::new("kill")
        .args(["-INT", &process.id().to_string()])
        .status()
        .unwrap();
    assert!(done.success());
}

/// A server process; killed when dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) owner_key: String,
    pub(crate) organization: String,
    data: PathBuf,
    process: Child,
    log: Option<PathBuf>,
    _directory: Option<TempDir>,
}

impl Server {
    /// Starts a server on fresh data.
    pub(crate) fn start() -> Self {
        let directory = TempDir::with_prefix("vestibule-e2e-").unwrap();
        let data = directory.path().join("data");
        let mut server = Self::start_on(&data, "");
        server._directory = Some(directory);
        server
    }

    /// Starts a server on fresh data that logs each request, and sends no mail.
    pub(crate) fn start_counting() -> Self {
        let directory = TempDir::with_prefix("vestibule-e2e-").unwrap();
        let log = directory.path().join("log");
        let mut server = Self::launch(&directory.path().join("data"), "", Some(log));
        server._directory = Some(directory);
        server
    }

    /// Starts a server on fresh data whose clock can be moved, with the organizations of its seed.
    pub(crate) fn start_testing() -> Self {
        let directory = TempDir::with_prefix("vestibule-e2e-").unwrap();
        let port = free_port();
        let data = directory.path().join("data");
        let mut process = Command::new(executable())
            .args(["serve", "--testing", "--print-env", "vestibule"])
            .args(["--data-dir", data.to_str().unwrap(), "--log", "warn"])
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let owner_key = lines
            .map(|line| line.unwrap())
            .find_map(|line| {
                let value = line.strip_prefix("export VESTIBULE_KEY=")?;
                Some(value.trim_matches('\'').to_owned())
            })
            .expect("the key of the seed");
        let mut server = Self {
            url: format!("http://127.0.0.1:{port}"),
            owner_key,
            organization: String::new(),
            data,
            process,
            log: None,
            _directory: Some(directory),
        };
        let me = server.call("GET", "/v1/me", None);
        let organization = me["organization"]["id"].as_str();
        server.organization = organization.expect("an organization").to_owned();
        server
    }

    /// Moves the clock forward, of a server for testing.
    pub(crate) fn advance(&self, duration: &str) {
        let change = serde_json::json!({ "advance": duration });
        self.call("POST", "/testing/clock", Some(&change));
    }

    /// The token of the open invitation of this address.
    pub(crate) fn token_of(&self, email: &str) -> String {
        let open = self.invitations_to(email);
        let open = open.iter().find(|one| one["state"] == "sent");
        let id = open.expect("an open invitation")["id"].clone();
        let path = self.path(&format!("invitations/{}/link", id.as_str().unwrap()));
        let link = self.call("POST", &path, None);
        link["token"].as_str().expect("a token").to_owned()
    }

    /// Does with this token what people do: `accept`, `decline` or `leave`.
    pub(crate) fn answer(&self, verb: &str, token: &str) {
        let body = serde_json::json!({ "token": token });
        self.call("POST", &format!("/v1/invitations/{verb}"), Some(&body));
    }

    /// The requests so far, by method and pattern of the path; of a server that counts.
    pub(crate) fn requests(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.log.as_ref().expect("a log")).unwrap();
        let field = |line: &str, name: &str| {
            let (_, rest) = line.split_once(&format!("{name}="))?;
            rest.split(' ').next().map(str::to_owned)
        };
        log.lines()
            .filter(|line| line.contains(" answered "))
            .map(|line| {
                let (method, route) = (field(line, "method"), field(line, "route"));
                format!("{} {}", method.unwrap(), route.unwrap())
            })
            .collect()
    }

    /// Starts a server on this data, which may be an earlier server's; `owner_key` is empty for
    /// fresh data.
    pub(crate) fn start_on(data: &Path, owner_key: &str) -> Self {
        Self::launch(data, owner_key, None)
    }

    fn launch(data: &Path, owner_key: &str, log: Option<PathBuf>) -> Self {
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}");
        let mut command = Command::new(executable());
        command
            .args(["serve", "--data-dir", data.to_str().unwrap()])
            .args(["--listen", &format!("127.0.0.1:{port}"), "--log"]);
        match &log {
            Some(log) => command
                .args(["warn,vestibule_server::http=debug", "--mail", "off"])
                .env("NO_COLOR", "1")
                .stderr(std::fs::File::create(log).unwrap()),
            None => command.arg("warn"),
        };
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let owner_key = if owner_key.is_empty() {
            let mut line = String::new();
            BufReader::new(process.stdout.take().unwrap())
                .read_line(&mut line)
                .unwrap();
            line.trim()
                .strip_prefix("VESTIBULE_KEY=")
                .expect("the first owner's key")
                .to_owned()
        } else {
            owner_key.to_owned()
        };
        let mut server = Self {
            url,
            owner_key,
            organization: String::new(),
            data: data.to_owned(),
            process,
            log,
            _directory: None,
        };
        server.wait_until_it_answers();
        let me = server.call("GET", "/v1/me", None);
        server.organization = me["organization"]["id"]
            .as_str()
            .expect("an organization")
            .to_owned();
        server
    }

    fn wait_until_it_answers(&mut self) {
        for _ in 0..500 {
            if self
                .request("GET", "/readyz", None)
                .is_some_and(|(status, _)| status == 200)
            {
                return;
            }
            assert!(
                self.process.try_wait().unwrap().is_none(),
                "the server ended"
            );
            pause(20);
        }
        panic!("the server does not answer");
    }

    /// Kills the process as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// A request with the owner's key; status and body, or `None` without an answer.
    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Option<(u16, String)> {
        let mut command = Command::new("curl");
        command.args([
            "-s",
            "-S",
            "-X",
            method,
            "-w",
            "\n%{http_code}",
            "--max-time",
            "20",
        ]);
        command.args(["-H", &format!("Authorization: Bearer {}", self.owner_key)]);
        if let Some(body) = body {
            command.args([
                "-H",
                "Content-Type: application/json",
                "-d",
                &body.to_string(),
            ]);
        }
        let done = command
            .arg(format!("{}{path}", self.url))
            .stderr(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8(done.stdout).unwrap();
        let (body, status) = text.rsplit_once('\n')?;
        let status: u16 = status.parse().ok()?;
        (status != 0).then(|| (status, body.to_owned()))
    }

    /// A request with the owner's key that must succeed; its JSON.
    pub(crate) fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let (status, text) = self.request(method, path, body).expect("an answer");
        assert!(
            (200..300).contains(&status),
            "{method} {path}: {status} {text}"
        );
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// A path below the organization.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/v1/organizations/{}/{rest}", self.organization)
    }

    /// A key of this kind: public and secret half.
    pub(crate) fn key(&self, kind: &str) -> (String, String) {
        let body = serde_json::json!({"kind": kind, "name": format!("{kind} test")});
        let made = self.call("POST", &self.path("keys"), Some(&body));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&made["key"]["public_id"]), text(&made["secret"]))
    }

    /// The Atlas spelling of the organization's id.
    pub(crate) fn organization_hex(&self) -> String {
        vestibule_core::Id::<vestibule_core::organization::Organization>::from_native(
            &self.organization,
        )
        .unwrap()
        .to_hex()
    }

    /// The invitations to this address, by the native API.
    pub(crate) fn invitations_to(&self, email: &str) -> Vec<Value> {
        let query = email.replace('+', "%2B").replace('@', "%40");
        let page = self.call(
            "GET",
            &self.path(&format!("invitations?email={query}")),
            None,
        );
        page["data"].as_array().unwrap().clone()
    }

    /// The token in the newest mail to this address.
    pub(crate) fn token_mailed_to(&self, email: &str) -> String {
        for _ in 0..500 {
            if let Some(token) = self.find_token(email) {
                return token;
            }
            pause(20);
        }
        panic!("no mail to {email}");
    }

    fn find_token(&self, email: &str) -> Option<String> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.data.join("mail"))
            .ok()?
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
            .collect();
        files.sort();
        files.iter().rev().find_map(|file| {
            let text = std::fs::read_to_string(file).ok()?;
            let to = text.lines().find(|line| line.starts_with("To:"))?;
            if !to.to_lowercase().contains(&email.to_lowercase()) {
                return None;
            }
            // Quoted-printable: soft line breaks and the escaped equals sign.
            let plain = text
                .replace("=\r\n", "")
                .replace("=\n", "")
                .replace("=3D", "=");
            let start = plain.find("vsti_")?;
            let rest = &plain[start..];
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                .unwrap_or(rest.len());
            Some(rest[..end].to_owned())
        })
    }

    /// The person invited at this address accepts, with the token from the mail.
    pub(crate) fn accept(&self, email: &str) {
        let token = self.token_mailed_to(email);
        self.call(
            "POST",
            "/v1/invitations/accept",
            Some(&serde_json::json!({"token": token})),
        );
    }

    /// The person who accepted at this address leaves the organization, with the same token.
    pub(crate) fn leave(&self, email: &str) {
        let token = self.token_mailed_to(email);
        self.call(
            "POST",
            "/v1/invitations/leave",
            Some(&serde_json::json!({"token": token})),
        );
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
