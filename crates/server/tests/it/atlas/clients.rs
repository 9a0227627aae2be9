//! Clients that are not ours, over a socket: `curl` and Python's standard library.

use std::net::SocketAddr;
use std::process::Output;

use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::task::JoinHandle;
use vestibule_server::http;

use super::*;

/// The server on a free port; it stops when this is dropped.
struct Bound {
    cloud: Cloud,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Bound {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Bound {
    async fn new() -> Self {
        let cloud = Cloud::new().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let router = http::router(cloud.test.app.clone());
        let task = http::tasks::spawn("test server", async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self {
            cloud,
            address,
            task,
        }
    }

    fn url(&self, path: &str) -> String {
        let path = path.replace("ORG", &self.cloud.org);
        format!("http://{}/api/atlas/v2{path}", self.address)
    }

    async fn curl(&self, arguments: &[&str], path: &str) -> (String, String) {
        let user = format!("{}:{}", self.cloud.key.key.public_id, self.cloud.key.secret);
        let output = Command::new("curl")
            .args(["--silent", "--show-error", "--noproxy", "*", "--digest"])
            .args(["--user", &user, "--max-time", "20"])
            .args(["--write-out", "\n%{http_code} %{num_connects}"])
            .args(arguments)
            .arg(self.url(path))
            .output()
            .await
            .expect("curl runs");
        let text = succeeded(&output);
        let (body, status) = text.rsplit_once('\n').expect("a status");
        (body.to_owned(), status.to_owned())
    }
}

fn succeeded(output: &Output) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    String::from_utf8(output.stdout.clone()).expect("text")
}

#[tokio::test]
async fn curl_invites_reads_and_deletes() {
    let bound = Bound::new().await;
    let body = r#"{"roles":["ORG_MEMBER"],"username":"ann+x@example.org"}"#;
    let json_type = format!("Content-Type: {OLD}");
    let accept = format!("Accept: {OLD}");
    let sent = ["--header", &json_type, "--header", &accept, "--data", body];
    let (made, status) = bound.curl(&sent, "/orgs/ORG/invites").await;
    assert_eq!(status, "200 1", "{made}");
    let made: Value = serde_json::from_str(&made).expect("an invitation");
    let path = format!("/orgs/ORG/invites/{}", text(&made, "/id"));
    let (read, status) = bound.curl(&[], &path).await;
    assert_eq!(status, "200 1");
    assert_eq!(serde_json::from_str::<Value>(&read).expect("JSON"), made);
    let filter = "/orgs/ORG/invites?username=ann%2Bx%40example.org";
    let (list, _) = bound.curl(&[], filter).await;
    assert_eq!(serde_json::from_str::<Value>(&list).expect("JSON")[0], made);
    let (empty, status) = bound.curl(&["--request", "DELETE"], &path).await;
    assert_eq!((empty.as_str(), status.as_str()), ("", "204 1"));
    let (_, status) = bound.curl(&[], &path).await;
    assert_eq!(status, "404 1");
}

#[tokio::test]
async fn curl_with_a_wrong_secret_stays_outside() {
    let mut bound = Bound::new().await;
    "wrong".clone_into(&mut bound.cloud.key.secret);
    let (body, status) = bound.curl(&[], "/orgs/ORG/invites").await;
    assert!(status.starts_with("401 "), "{status} {body}");
}

#[tokio::test]
async fn a_small_body_that_gets_a_challenge_does_not_cost_the_connection() {
    let bound = Bound::new().await;
    let url = bound.url("/orgs/ORG/invites");
    let body = format!("{{\"username\":\"{}\"}}", "a".repeat(50_000));
    let output = Command::new("curl")
        .args([
            "--silent",
            "--show-error",
            "--noproxy",
            "*",
            "--max-time",
            "20",
        ])
        .args(["--header", "Expect:", "--output", "/dev/null"])
        .args([
            "--write-out",
            "%{http_code} %{num_connects}\n",
            "--data",
            &body,
            &url,
        ])
        .args(["--output", "/dev/null", &url])
        .output()
        .await
        .expect("curl runs");
    assert_eq!(succeeded(&output), "401 1\n401 0\n");
}

/// Answers each challenge with the nonce it got before, as long as that works.
const PYTHON: &str = r#"
import json, sys, urllib.error, urllib.request
base, user, secret, media = sys.argv[1:]
passwords = urllib.request.HTTPPasswordMgr()
passwords.add_password("MMS Public API", base, user, secret)
opener = urllib.request.build_opener(
    urllib.request.ProxyHandler({}), urllib.request.HTTPDigestAuthHandler(passwords))

def call(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Accept": media, "Content-Type": media}
    request = urllib.request.Request(base + path, data, headers, method=method)
    try:
        with opener.open(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()

status, made = call("POST", "/invites", {"roles": ["ORG_MEMBER"], "username": "ann@example.org"})
invitation = json.loads(made)["id"]
print(status)
print(call("GET", "/invites/" + invitation)[0])
print(call("PATCH", "/invites/" + invitation, {"roles": ["ORG_OWNER"]})[0])
print(call("GET", "/invites?username=ann%40example.org")[0])
# As clients in Python have it: what is signed keeps its slash.
print(call("GET", "/invites/?username=ann%40example.org")[0])
print(call("DELETE", "/invites/" + invitation))
print(call("GET", "/invites/" + invitation)[0])
"#;

#[tokio::test]
async fn pythons_own_digest_client_does_the_same() {
    let bound = Bound::new().await;
    let base = bound.url("/orgs/ORG");
    let key = &bound.cloud.key;
    let output = Command::new("python3")
        .args(["-c", PYTHON, &base, &key.key.public_id, &key.secret, OLD])
        .output()
        .await
        .expect("python3 runs");
    insta::assert_snapshot!(succeeded(&output), @r"
    200
    200
    200
    200
    200
    (204, '')
    404
    ");
}
