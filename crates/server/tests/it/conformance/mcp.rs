//! The vendor's own MCP server for Atlas, unmodified, as it comes from the registry.
//!
//! It signs in as a service account and lists and makes projects. `scripts/test` installs it, and
//! says where in `VESTIBULE_TEST_NPM`; without that this is skipped.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::*;

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the program is, if it is installed.
fn program() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("VESTIBULE_TEST_NPM")?);
    let program = folder.join("node_modules/mongodb-mcp-server/dist/esm/index.js");
    assert!(program.exists(), "{} is not there", program.display());
    Some(program)
}

/// TLS in front of a server: its address and the certificate to trust. The program asks nobody for
/// a token without it.
async fn encrypted(server: &Server) -> (String, String) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .expect("a configuration");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let behind = server.url.replace("http://", "");
    drop(http::tasks::spawn("encryption", async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, behind) = (acceptor.clone(), behind.clone());
            drop(http::tasks::spawn("encrypted connection", async move {
                let Ok(mut outside) = acceptor.accept(stream).await else {
                    return;
                };
                let mut inside = TcpStream::connect(behind).await.expect("the server");
                drop(copy_bidirectional(&mut outside, &mut inside).await);
            }));
        }
    }));
    (format!("https://localhost:{port}/"), cert.pem())
}

/// The running program.
struct Assistant {
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    number: u64,
    _program: Child,
    _folder: tempfile::TempDir,
}

impl Assistant {
    async fn start(program: PathBuf, server: &Server) -> Self {
        let (url, certificate) = encrypted(server).await;
        let folder = tempfile::tempdir().expect("a folder");
        let trusted = folder.path().join("trusted.pem");
        std::fs::write(&trusted, certificate).expect("a file");
        let acme = organization("acme", 'A');
        let kind = KeyKind::AtlasServiceAccount;
        let key = acme.keys.iter().find(|key| key.kind == kind);
        let row = key.expect("a key").row(acme.id, START);
        let secret = server.app.keys().api_secret(&row).expect("a secret");
        let mut program = Command::new("node")
            .arg(program)
            .args(["--transport", "stdio", "--disabledTools", "mongodb"])
            .env("SSL_CERT_FILE", trusted)
            .env("HOME", folder.path())
            .env("NO_PROXY", "localhost")
            .env("MDB_MCP_TELEMETRY", "disabled")
            .env("MDB_MCP_API_BASE_URL", url)
            .env("MDB_MCP_API_CLIENT_ID", row.public_id)
            .env("MDB_MCP_API_CLIENT_SECRET", secret)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("node runs");
        let mut assistant = Self {
            input: program.stdin.take().expect("an input"),
            output: BufReader::new(program.stdout.take().expect("an output")).lines(),
            number: 0,
            _program: program,
            _folder: folder,
        };
        let hello = json!({
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        });
        assistant.call("initialize", &hello).await;
        let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        assistant.write(&ready).await;
        assistant
    }

    async fn write(&mut self, message: &Value) {
        let line = format!("{message}\n");
        let written = self.input.write_all(line.as_bytes()).await;
        written.expect("it listens");
    }

    async fn call(&mut self, method: &str, params: &Value) -> Value {
        self.number += 1;
        let id = self.number;
        let message = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        self.write(&message).await;
        loop {
            let line = tokio::time::timeout(PATIENCE, self.output.next_line()).await;
            let line = line.expect("in time").expect("text").expect("an answer");
            let mut answer: Value = serde_json::from_str(&line).expect("JSON");
            if answer["id"] == id {
                return answer["result"].take();
            }
        }
    }

    /// Uses a tool: what it says, without the warnings around data that others have written.
    async fn tool(&mut self, name: &str, arguments: Value) -> String {
        let params = json!({"name": name, "arguments": arguments});
        let result = self.call("tools/call", &params).await;
        let parts = result["content"].as_array().expect("content");
        let texts = parts.iter().filter_map(|part| part["text"].as_str());
        texts.map(data).collect::<Vec<_>>().join("\n")
    }
}

fn data(text: &str) -> &str {
    let Some((_, rest)) = text.split_once("boundaries:") else {
        return text;
    };
    let rest = rest.split_once('>').map_or(rest, |(_, data)| data);
    rest.split_once("</untrusted")
        .map_or(rest, |(data, _)| data)
        .trim()
}

#[tokio::test]
async fn the_vendors_mcp_server_signs_in_and_lists_and_makes_projects() {
    let Some(program) = program() else {
        println!("skipped: VESTIBULE_TEST_NPM is not set; scripts/test installs what it names");
        return;
    };
    let server = Server::new(|_| {}).await;
    let mut assistant = Assistant::start(program, &server).await;
    let id = organization("acme", 'A').id.to_hex();
    let organizations = assistant.tool("atlas-list-orgs", json!({})).await;
    let expected = format!(
        "Found 1 organizations in your MongoDB Atlas account.\n[{{\"name\":\"acme\",\"id\":\"{id}\"}}]"
    );
    assert_eq!(organizations, expected);
    let new = json!({"projectName": "from-mcp", "orgId": id});
    let made = assistant.tool("atlas-create-project", new).await;
    assert_eq!(made, "Project \"from-mcp\" created successfully.");
    let projects = assistant
        .tool("atlas-list-projects", json!({"orgId": id}))
        .await;
    assert!(projects.starts_with("Found 1 projects."), "{projects}");
    assert!(projects.contains("\"name\": \"from-mcp\""), "{projects}");
    let taken = json!({"projectName": "from-mcp", "orgId": id});
    let taken = assistant.tool("atlas-create-project", taken).await;
    assert!(taken.contains("409"), "{taken}");
}
