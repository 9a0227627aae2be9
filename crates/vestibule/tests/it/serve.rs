//! `vestibule serve` from its first line to its last.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use crate::server::{executable, interrupt, pause};

/// A server on a port that the system chose.
struct Serving {
    process: Option<Child>,
    url: String,
    docs: String,
    // Open until the end, so that the server can talk.
    _talk: BufReader<ChildStderr>,
}

impl Serving {
    fn start(data: &Path) -> Self {
        let mut process = Command::new(executable())
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "warn"])
            .args(["--data-dir", data.to_str().unwrap()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut talk = BufReader::new(process.stderr.take().unwrap());
        let mut after = |words: &str| {
            let mut line = String::new();
            while talk.read_line(&mut line).unwrap() > 0 {
                if let Some((_, rest)) = line.split_once(words) {
                    return rest.trim().to_owned();
                }
                line.clear();
            }
            panic!("it ended without a word of {words:?}");
        };
        let url = after("listens on ");
        let docs = after("API description: ");
        let serving = Self {
            process: Some(process),
            url,
            docs,
            _talk: talk,
        };
        serving.wait_until_it_answers();
        serving
    }

    fn wait_until_it_answers(&self) {
        for _ in 0..500 {
            let asked = Command::new("curl")
                .args(["-sf", "-o", "/dev/null", &format!("{}/readyz", self.url)])
                .status()
                .unwrap();
            if asked.success() {
                return;
            }
            pause(20);
        }
        panic!("the server does not answer");
    }

    /// Ends it by Ctrl-C; what it printed on standard output.
    fn end(mut self) -> String {
        let process = self.process.take().unwrap();
        interrupt(&process);
        let ended = process.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(0));
        String::from_utf8(ended.stdout).unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            drop(process.kill());
            drop(process.wait());
        }
    }
}

#[test]
fn the_owners_key_is_printed_only_at_the_first_start() {
    let directory = tempfile::TempDir::with_prefix("vestibule-first-").unwrap();
    let first = Serving::start(directory.path()).end();
    assert!(first.starts_with("VESTIBULE_KEY=vstk_"), "{first}");
    assert_eq!(first.lines().count(), 1);
    assert_eq!(Serving::start(directory.path()).end(), "");
}

/// Runs `vestibule key owner` on this data: its exit code, and what it said.
fn owner(data: &Path) -> (Option<i32>, String, String) {
    let asked = Command::new(executable())
        .args(["key", "owner", "--data-dir", data.to_str().unwrap()])
        .output()
        .unwrap();
    let said = |bytes| String::from_utf8(bytes).unwrap();
    (asked.status.code(), said(asked.stdout), said(asked.stderr))
}

#[test]
fn the_owners_key_that_nobody_saw_is_shown_again_where_the_data_is() {
    let directory = tempfile::TempDir::with_prefix("vestibule-owner-").unwrap();
    let (code, said, why) = owner(directory.path());
    assert_eq!((code, said.as_str()), (Some(1), ""));
    assert!(why.contains("there is no database at "), "{why}");
    let left = std::fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(left, 0, "nothing was made");

    let running = Serving::start(directory.path());
    let (code, said, why) = owner(directory.path());
    assert_eq!((code, said.as_str()), (Some(1), ""));
    assert!(why.contains("must be stopped first"), "{why}");
    let printed = running.end();
    assert_eq!(
        owner(directory.path()),
        (Some(0), printed.clone(), String::new())
    );

    let ring = directory.path().join("vestibule.keys");
    let kept = std::fs::read(&ring).unwrap();
    std::fs::remove_file(&ring).unwrap();
    let (code, said, why) = owner(directory.path());
    assert_eq!((code, said.as_str()), (Some(1), ""));
    assert!(why.contains("there is no key ring at "), "{why}");
    assert!(!ring.exists(), "another ring would derive another key");
    std::fs::write(&ring, "nothing").unwrap();
    let (_, _, why) = owner(directory.path());
    assert!(why.contains("vestibule.keys is not usable"), "{why}");
    assert!(!why.contains("must be stopped"), "{why}");
    std::fs::write(&ring, kept).unwrap();

    let key = printed.trim().strip_prefix("VESTIBULE_KEY=").unwrap();
    let server = Serving::start(directory.path());
    let call = |arguments: &[&str]| {
        let called = Command::new(executable())
            .args(arguments)
            .env("VESTIBULE_SERVER", &server.url)
            .env("VESTIBULE_KEY", key)
            .output()
            .unwrap();
        assert!(called.status.success(), "{called:?}");
        String::from_utf8(called.stdout).unwrap()
    };
    let listed: serde_json::Value =
        serde_json::from_str(&call(&["key", "list", "--output", "json"])).unwrap();
    call(&["key", "revoke", listed[0]["id"].as_str().unwrap()]);
    server.end();
    let (code, said, why) = owner(directory.path());
    assert_eq!((code, said.as_str()), (Some(1), ""));
    assert!(why.contains("opens nothing any more"), "{why}");
}

#[test]
fn with_port_0_links_name_the_port_that_the_system_chose() {
    let directory = tempfile::TempDir::with_prefix("vestibule-port-").unwrap();
    let first = Serving::start(directory.path()).end();
    let key = first.trim().strip_prefix("VESTIBULE_KEY=").unwrap();
    let server = Serving::start(directory.path());
    assert_eq!(server.docs, format!("{}/docs", server.url));
    assert!(!server.url.ends_with(":0"), "{}", server.url);
    let invited = Command::new(executable())
        .args(["invite", "create", "ann@acme.example"])
        .env("VESTIBULE_SERVER", &server.url)
        .env("VESTIBULE_KEY", key)
        .output()
        .unwrap();
    assert!(invited.status.success());
    let link = format!("{}/invitations/vsti_", server.url);
    let mail = mail(&directory.path().join("mail"));
    assert!(mail.contains(&link), "{mail}");
}

/// The only mail in this directory, once it is there.
fn mail(directory: &Path) -> String {
    for _ in 0..500 {
        let entries = std::fs::read_dir(directory).into_iter().flatten();
        let found = entries
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|extension| extension == "eml"));
        if let Some(path) = found {
            let text = std::fs::read_to_string(path).unwrap();
            // Quoted-printable: soft line breaks.
            return text.replace("=\r\n", "").replace("=\n", "");
        }
        pause(20);
    }
    panic!("no mail");
}

#[test]
fn a_variable_that_nothing_reads_is_refused_at_start() {
    let directory = tempfile::TempDir::with_prefix("vestibule-variable-").unwrap();
    let refused = Command::new(executable())
        .arg("serve")
        .current_dir(directory.path())
        .env("VESTIBULE_PUBLIC_ADDRESS", "https://in.example")
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8(refused.stderr).unwrap();
    insta::assert_snapshot!(said.trim_end(), @r"
    error: VESTIBULE_PUBLIC_ADDRESS in the environment is no configuration key
      hint: did you mean VESTIBULE_PUBLIC_URL?
    ");
    let left = std::fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(left, 0, "nothing was made");
}

#[test]
fn a_variable_that_is_no_text_is_refused_at_start() {
    use std::os::unix::ffi::OsStrExt as _;
    let directory = tempfile::TempDir::with_prefix("vestibule-variable-").unwrap();
    let refused = Command::new(executable())
        .arg("serve")
        .current_dir(directory.path())
        .env("VESTIBULE_DATA_DIR", std::ffi::OsStr::from_bytes(b"\xff"))
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    insta::assert_snapshot!(String::from_utf8(refused.stderr).unwrap().trim_end(), @"
    error: VESTIBULE_DATA_DIR in the environment is not usable
      expected: text in UTF-8
    ");
    let left = std::fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(left, 0, "nothing was made");
}
