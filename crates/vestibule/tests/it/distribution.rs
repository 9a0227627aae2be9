//! Providers from this executable: installed, packed, and handed out by the server.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

use crate::server::{Server, executable};
use crate::terraform::{available, program};

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn vestibule(arguments: &[&str], home: &Path) -> Output {
    let done = Command::new(executable())
        .args(arguments)
        .env_remove("CONFLUENT_CLOUD_API_KEY")
        .env("HOME", home)
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{words}");
    done
}

fn terraform(directory: &Path, home: &Path, arguments: &[&str]) -> String {
    let done = Command::new(program().unwrap())
        .arg(format!("-chdir={}", directory.display()))
        .args(arguments)
        .env("HOME", home)
        .env("CHECKPOINT_DISABLE", "1")
        .env_remove("TF_CLI_CONFIG_FILE")
        .env_remove("TF_PLUGIN_CACHE_DIR")
        .output()
        .unwrap();
    let words = format!(
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(done.status.success(), "{words}");
    words
}

#[test]
fn after_an_install_terraform_finds_the_provider_by_itself() {
    if !available() {
        return;
    }
    let home = tempfile::TempDir::with_prefix("vestibule-home-").unwrap();
    let done = vestibule(&["terraform", "install"], home.path());
    let paths = String::from_utf8(done.stdout).unwrap();
    assert_eq!(paths.lines().count(), 6, "{paths}");
    let said = String::from_utf8(done.stderr).unwrap();
    let block = &said[said.find("terraform {").unwrap()..said.find("Then `").unwrap()];

    let code = tempfile::TempDir::with_prefix("vestibule-code-").unwrap();
    std::fs::write(code.path().join("main.tf"), block).unwrap();
    let init = terraform(code.path(), home.path(), &["init", "-no-color"]);
    for name in ["confluent", "mongodbatlas", "vestibule"] {
        let line = format!("Installed vestibule/{name} v{VERSION} (unauthenticated)");
        assert!(init.contains(&line), "{init}");
    }
    // Installing again, over files that are there, is no error.
    vestibule(&["terraform", "install", "confluent"], home.path());
}

#[test]
fn a_package_has_the_registrys_layout() {
    let out = tempfile::TempDir::with_prefix("vestibule-dist-").unwrap();
    let directory = out.path().to_str().unwrap();
    let arguments = [
        "terraform",
        "package",
        "confluent",
        "--directory",
        directory,
    ];
    vestibule(&arguments, out.path());
    let directory = out.path().join("terraform-provider-confluent");
    let stem = format!("terraform-provider-confluent_{VERSION}");
    let sums = std::fs::read_to_string(directory.join(format!("{stem}_SHA256SUMS"))).unwrap();
    let files: Vec<&str> = sums.lines().map(|line| &line[66..]).collect();
    assert_eq!(files.len(), 2, "{sums}");
    assert!(files[0].starts_with(&format!("{stem}_")) && files[0].ends_with(".zip"));
    assert_eq!(files[1], format!("{stem}_manifest.json"));
    // What `sha256sum` says about the files is what the list says.
    let checked = Command::new("sha256sum")
        .args(["--check", "--strict", &format!("{stem}_SHA256SUMS")])
        .current_dir(&directory)
        .output()
        .unwrap();
    assert!(checked.status.success(), "{checked:?}");
    let members = Command::new("unzip")
        .args(["-Z", "-l"])
        .arg(directory.join(files[0]))
        .output()
        .unwrap();
    let members = String::from_utf8(members.stdout).unwrap();
    assert!(
        members.contains("-rwxr-xr-x") && members.contains(&format!("_v{VERSION}\n")),
        "{members}"
    );
}

/// What a command says that must succeed.
fn succeeded(command: &mut Command) -> String {
    let done = command.output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let words = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}\n{said}{words}");
    said
}

/// How the names of a provider's files begin.
fn stem(name: &str) -> String {
    format!("terraform-provider-{name}_{VERSION}")
}

/// A key to sign with, and its home.
fn signing_key(home: &Path) -> [(&'static str, String); 2] {
    let variables = [
        ("GNUPGHOME", home.to_str().unwrap().to_owned()),
        ("GPG_KEY", "release@example.org".to_owned()),
    ];
    std::fs::create_dir(home).unwrap();
    std::fs::set_permissions(home, std::fs::Permissions::from_mode(0o700)).unwrap();
    let mut make = Command::new("gpg");
    make.args(["--batch", "--quiet", "--passphrase", ""])
        .args([
            "--quick-generate-key",
            "release@example.org",
            "rsa2048",
            "sign",
            "never",
        ])
        .envs(variables.clone());
    succeeded(&mut make);
    variables
}

/// The files of a directory, sorted by name.
fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// Asserts that a provider's directory is what the registry publishes: names, sums, manifest,
/// signature.
fn assert_is_publishable(
    name: &str,
    dist: &Path,
    platform: &str,
    variables: &[(&'static str, String); 2],
) {
    let directory = dist.join(format!("terraform-provider-{name}"));
    let stem = stem(name);
    let zip = format!("{platform}.zip");
    let files = ["SHA256SUMS", "SHA256SUMS.sig", &zip, "manifest.json"];
    assert_eq!(
        names(&directory),
        files.map(|file| format!("{stem}_{file}"))
    );
    let manifest = std::fs::read_to_string(directory.join(format!("{stem}_manifest.json")));
    let manifest: serde_json::Value = serde_json::from_str(&manifest.unwrap()).unwrap();
    let protocols = json!({ "protocol_versions": ["6.0"] });
    assert_eq!(manifest, json!({ "version": 1, "metadata": protocols }));
    let mut check = Command::new("sha256sum");
    check.args(["--check", "--strict", "--ignore-missing"]);
    let sums = format!("{stem}_SHA256SUMS");
    let checked = succeeded(check.arg(&sums).current_dir(&directory));
    assert_eq!(checked.lines().count(), 2, "{checked}");
    let mut verify = Command::new("gpg");
    verify.args(["--batch", "--verify", &format!("{sums}.sig"), &sums]);
    succeeded(verify.current_dir(&directory).envs(variables.clone()));
}

/// Asserts that Terraform installs and runs the provider out of a mirror that has its archive, as it
/// is or unpacked.
fn assert_installs(archive: &Path, unpacked: bool, platform: &str, home: &Path) {
    let mirror = home.join("mirror/registry.terraform.io/vestibule/confluent");
    std::fs::create_dir_all(&mirror).unwrap();
    if unpacked {
        let to = mirror.join(VERSION).join(platform);
        std::fs::create_dir_all(&to).unwrap();
        succeeded(
            Command::new("unzip")
                .arg("-q")
                .arg(archive)
                .arg("-d")
                .arg(to),
        );
    } else {
        std::fs::copy(archive, mirror.join(archive.file_name().unwrap())).unwrap();
    }
    let config = format!(
        "provider_installation {{\n filesystem_mirror {{\n  path = {:?}\n }}\n}}\n",
        home.join("mirror")
    );
    std::fs::write(home.join(".terraformrc"), config).unwrap();
    let source = "registry.terraform.io/vestibule/confluent";
    let code = format!(
        "terraform {{\n required_providers {{\n  confluent = {{ source = {source:?} }}\n }}\n}}\n"
    );
    std::fs::write(home.join("main.tf"), code).unwrap();
    let said = terraform(home, home, &["init", "-no-color"]);
    assert!(
        said.contains(&format!("vestibule/confluent v{VERSION}")),
        "{said}"
    );
    let schemas = terraform(home, home, &["providers", "schema", "-json"]);
    assert!(schemas.contains("confluent_invitation"), "it runs");
}

#[test]
fn the_release_script_makes_what_a_registry_publishes_and_terraform_installs() {
    if !available() {
        return;
    }
    let place = tempfile::TempDir::with_prefix("vestibule-release-").unwrap();
    let variables = signing_key(&place.path().join("gnupg"));
    let dist = place.path().join("dist");
    let ours = dist.join("terraform-provider-vestibule");
    // Another platform's build was here before.
    let other = format!("{}_aix_ppc64.zip", stem("vestibule"));
    let line = format!("{}  {other}\n", "0".repeat(64));
    std::fs::create_dir_all(&ours).unwrap();
    std::fs::write(ours.join(&other), "").unwrap();
    let sums = ours.join(format!("{}_SHA256SUMS", stem("vestibule")));
    std::fs::write(&sums, &line).unwrap();

    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/release");
    let mut release = Command::new(script);
    // As whoever stands there names them.
    std::os::unix::fs::symlink(executable(), place.path().join("built")).unwrap();
    release.current_dir(place.path());
    release.args(["--executable", "built", "dist"]);
    let made = succeeded(release.envs(variables.clone()));
    for line in made.lines() {
        assert!(Path::new(line).is_file(), "{line}");
    }
    let text = std::fs::read_to_string(&sums).unwrap();
    assert!(text.starts_with(&line), "{text}");
    std::fs::remove_file(ours.join(&other)).unwrap();

    let archive = made.lines().find(|line| line.ends_with(".tar.gz")).unwrap();
    let (_, platform) = archive
        .rsplit_once(&format!("vestibule_{VERSION}_"))
        .unwrap();
    let platform = platform.strip_suffix(".tar.gz").unwrap();
    let listed = succeeded(Command::new("tar").args(["--list", "--file", archive]));
    assert_eq!(listed, "vestibule\n");
    for name in ["vestibule", "confluent", "mongodbatlas"] {
        assert_is_publishable(name, &dist, platform, &variables);
    }
    // What signed serves nothing any more.
    succeeded(
        Command::new("gpgconf")
            .args(["--kill", "all"])
            .envs(variables),
    );
    let zip = format!("{}_{platform}.zip", stem("confluent"));
    let archive = dist.join("terraform-provider-confluent").join(zip);
    for unpacked in [false, true] {
        let home = place.path().join(format!("home-{unpacked}"));
        assert_installs(&archive, unpacked, platform, &home);
    }
}

#[test]
fn terraform_installs_the_provider_from_the_server_alone() {
    if !available() {
        return;
    }
    let server = Server::start();
    let tls = TlsFront::before(&server.url);
    let home = tempfile::TempDir::with_prefix("vestibule-home-").unwrap();
    let code = home.path().join("code");
    std::fs::create_dir(&code).unwrap();
    let required = format!(
        "terraform {{\n required_providers {{\n  confluent = {{ source = \"vestibule/confluent\", version = \"{VERSION}\" }}\n }}\n}}\n"
    );
    std::fs::write(code.join("main.tf"), required).unwrap();
    let config = home.path().join("mirror.tfrc");
    std::fs::write(
        &config,
        format!(
            "provider_installation {{\n network_mirror {{\n  url = \"https://localhost:{}/terraform/mirror/\"\n }}\n}}\n",
            tls.port
        ),
    )
    .unwrap();
    let certificate = home.path().join("ca.pem");
    std::fs::write(&certificate, &tls.certificate).unwrap();
    let done = Command::new(program().unwrap())
        .arg(format!("-chdir={}", code.display()))
        .args(["init", "-no-color"])
        .env("HOME", home.path())
        .env("TF_CLI_CONFIG_FILE", &config)
        .env("SSL_CERT_FILE", &certificate)
        .env("CHECKPOINT_DISABLE", "1")
        .env_remove("TF_PLUGIN_CACHE_DIR")
        // There is no way out but to the mirror.
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
        .env("NO_PROXY", "localhost")
        .output()
        .unwrap();
    let words = format!(
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(
        words.contains(&format!("Installed vestibule/confluent v{VERSION}")),
        "{words}"
    );
    let lock = std::fs::read_to_string(code.join(".terraform.lock.hcl")).unwrap();
    let source = "/terraform/mirror/registry.terraform.io/vestibule/confluent";
    let (_, document) = get(&server, &format!("{source}/{VERSION}.json"));
    let hash = document.split('"').find(|text| text.starts_with("h1:"));
    assert!(lock.contains(hash.unwrap()), "{document}\n{lock}");
}

#[test]
fn the_mirror_knows_its_own_providers_only() {
    let server = Server::start();
    let index = get(
        &server,
        "/terraform/mirror/registry.terraform.io/vestibule/confluent/index.json",
    );
    assert_eq!(
        index,
        (200, format!("{{\"versions\":{{\"{VERSION}\":{{}}}}}}"))
    );
    for path in [
        "registry.terraform.io/hashicorp/random/index.json",
        "registry.terraform.io/vestibule/other/index.json",
        "registry.terraform.io/vestibule/confluent/9.9.9.json",
        "registry.terraform.io/vestibule/confluent/..%2f..%2fvestibule.keys",
    ] {
        let (status, body) = get(&server, &format!("/terraform/mirror/{path}"));
        assert_eq!(status, 404, "{path}: {body}");
    }
}

#[test]
fn what_an_organization_has_is_imported_without_a_change() {
    if !available() {
        return;
    }
    let server = Server::start();
    let home = tempfile::TempDir::with_prefix("vestibule-home-").unwrap();
    vestibule(&["terraform", "install", "confluent"], home.path());
    let (key, secret) = server.key("confluent");
    for email in ["Ann@example.org", "bob+test@example.org"] {
        let body = json!({"email": email, "roles": ["member"]});
        server.call("POST", &server.path("invitations"), Some(&body));
    }
    let written = Command::new(executable())
        .args([
            "terraform",
            "import",
            "confluent",
            "--endpoint",
            &server.url,
        ])
        .env("CONFLUENT_CLOUD_API_KEY", &key)
        .env("CONFLUENT_CLOUD_API_SECRET", &secret)
        .output()
        .unwrap();
    assert!(written.status.success(), "{written:?}");
    let head = format!(
        "terraform {{\n required_providers {{\n  confluent = {{ source = \"vestibule/confluent\" }}\n }}\n}}\n\
         provider \"confluent\" {{\n endpoint = \"{}\"\n cloud_api_key = \"{key}\"\n cloud_api_secret = \"{secret}\"\n}}\n",
        server.url
    );
    let code = home.path().join("code");
    std::fs::create_dir(&code).unwrap();
    std::fs::write(code.join("main.tf"), head).unwrap();
    std::fs::write(code.join("imported.tf"), &written.stdout).unwrap();
    terraform(&code, home.path(), &["init", "-no-color"]);
    let plan = terraform(&code, home.path(), &["plan", "-no-color"]);
    assert!(
        plan.contains("Plan: 2 to import, 0 to add, 0 to change, 0 to destroy."),
        "{plan}"
    );
}

fn get(server: &Server, path: &str) -> (u16, String) {
    server.request("GET", path, None).expect("an answer")
}

/// TLS in front of a port of this machine: Terraform asks a mirror over HTTPS only.
struct TlsFront {
    port: u16,
    certificate: String,
    _runtime: tokio::runtime::Runtime,
}

impl TlsFront {
    fn before(url: &str) -> Self {
        let behind = url.trim_start_matches("http://").to_owned();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = made.signing_key.serialize_der().try_into().unwrap();
        let provider = std::sync::Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = tokio_rustls::rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config));
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let front = listener.local_addr().unwrap().port();
        let serving = async move {
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let Ok((stream, _)) = listener.accept().await else {
                    return;
                };
                let (acceptor, behind) = (acceptor.clone(), behind.clone());
                let serve = async move {
                    let mut inner = acceptor.accept(stream).await?;
                    let mut outer = tokio::net::TcpStream::connect(behind).await?;
                    tokio::io::copy_bidirectional(&mut inner, &mut outer).await
                };
                connections.spawn(serve);
            }
        };
        drop(runtime.handle().spawn(serving));
        Self {
            port: front,
            certificate: made.cert.pem(),
            _runtime: runtime,
        }
    }
}
