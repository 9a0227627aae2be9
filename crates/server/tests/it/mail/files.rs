//! Mails as files.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use vestibule_server::jobs;
use vestibule_server::mail::{Directory, Transport};
use vestibule_testkit::app::TestApp;

use super::{mailer, shown};

#[tokio::test]
async fn each_mail_is_a_whole_file_whose_name_sorts_by_time_and_holds_no_address() {
    let test = TestApp::new().await;
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("mail");
    let mailer = mailer(&test, Transport::File(Directory::new(path.clone())));
    assert_eq!(
        mailer
            .stored()
            .await
            .expect("readable")
            .expect("kept")
            .len(),
        0
    );
    for address in ["zoe@x.org", "ann@x.org"] {
        test.invite(address).await;
        jobs::run_once(&test.app, &mailer).await.expect("the store");
        test.clock.advance_seconds(1);
    }

    let mut names: Vec<_> = fs::read_dir(&path)
        .expect("a directory")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("text")
        })
        .collect();
    names.sort();
    let times: Vec<_> = names
        .iter()
        .map(|name| name.split('-').next().expect("a time"))
        .collect();
    insta::assert_snapshot!(times.join(" "), @"20260301T090000.000000Z 20260301T090001.000000Z");
    assert!(
        names
            .iter()
            .all(|name| name.ends_with(".1.eml") && !name.contains('@'))
    );

    for path in [path.clone(), path.join(&names[0])] {
        let mode = fs::metadata(path).expect("readable").permissions().mode();
        assert_eq!(mode & 0o077, 0, "nobody else reads the links");
    }

    let mails = mailer.stored().await.expect("readable").expect("kept");
    let to: Vec<_> = mails.iter().map(|mail| shown(mail).to).collect();
    assert_eq!(to, ["zoe@x.org", "ann@x.org"]);
}

#[tokio::test]
async fn a_directory_that_cannot_be_written_loses_no_mail() {
    let test = TestApp::new().await;
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("mail");
    fs::write(&path, "a file in the way").expect("written");
    let mailer = mailer(&test, Transport::File(Directory::new(path.clone())));
    test.invite("bob@x.org").await;
    jobs::run_once(&test.app, &mailer).await.expect("the store");
    fs::remove_file(&path).expect("removed");
    test.clock.advance_seconds(60);
    jobs::run_once(&test.app, &mailer).await.expect("the store");
    assert_eq!(
        mailer
            .stored()
            .await
            .expect("readable")
            .expect("kept")
            .len(),
        1
    );
}
