//! What is left after the process was killed in the middle of its work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::json;

use crate::server::Server;

#[test]
fn every_acknowledged_write_survives_kill_minus_nine() {
    let directory = tempfile::TempDir::with_prefix("vestibule-crash-").unwrap();
    let data = directory.path().join("data");
    let mut server = Server::start_on(&data, "");
    let stop = Arc::new(AtomicBool::new(false));
    let (acknowledged, received) = mpsc::channel();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (url, key, path) = (
                server.url.clone(),
                server.owner_key.clone(),
                server.path("invitations"),
            );
            let (stop, acknowledged) = (Arc::clone(&stop), acknowledged.clone());
            std::thread::spawn(move || {
                for n in 0..100_000 {
                    let email = format!("w{writer}n{n}@crash.example");
                    let body = json!({"email": email}).to_string();
                    let done = std::process::Command::new("curl")
                        .args(["-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", "POST"])
                        .args(["-H", &format!("Authorization: Bearer {key}")])
                        .args(["-H", "Content-Type: application/json", "-d", &body])
                        .arg(format!("{url}{path}"))
                        .output()
                        .unwrap();
                    if done.stdout == b"201" {
                        acknowledged.send(email).unwrap();
                    }
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                }
            })
        })
        .collect();
    drop(acknowledged);
    let mut emails = Vec::new();
    while emails.len() < 100 {
        emails.push(
            received
                .recv_timeout(Duration::from_secs(60))
                .expect("writes are acknowledged"),
        );
    }
    server.kill();
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.join().unwrap();
    }
    emails.extend(received.try_iter());
    let server = Server::start_on(&data, &server.owner_key.clone());
    for email in &emails {
        assert_eq!(
            server.invitations_to(email).len(),
            1,
            "{email} was acknowledged"
        );
    }
}

#[test]
fn a_second_server_on_the_same_file_is_refused_clearly() {
    let directory = tempfile::TempDir::with_prefix("vestibule-two-").unwrap();
    let data = directory.path().join("data");
    let _first = Server::start_on(&data, "");
    let port = crate::server::free_port();
    let second = std::process::Command::new(crate::server::executable())
        .args([
            "serve",
            "--data-dir",
            data.to_str().unwrap(),
            "--listen",
            &format!("127.0.0.1:{port}"),
        ])
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains("is in use by another process"), "{said}");
    assert!(said.contains("vestibule.db"), "{said}");
}
