//! The pages in a real browser, on a desk and on a phone, with and without scripts.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use vestibule_core::EmailAddress;
use vestibule_core::invitation::{Invitation, State};
use vestibule_core::role::{Role, RoleSet};
use vestibule_server::http::{self, tasks};
use vestibule_server::jobs;
use vestibule_server::mail::{Mailer, Memory, Sender, Transport};
use vestibule_server::ops::invitations::{self, NewInvitation};
use vestibule_server::ops::teams;
use vestibule_testkit::app::TestApp;
use vestibule_testkit::store::Fresh;

use super::webdriver::{Browser, Setup};
use super::{is_member, projects, stored};

const DESK: Setup = Setup {
    width: 1280,
    height: 900,
    is_phone: false,
    is_dark: false,
    has_scripts: true,
};
const PHONE: Setup = Setup {
    width: 390,
    height: 844,
    is_phone: true,
    is_dark: true,
    has_scripts: false,
};
const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';

/// A server on a port of its own, with invitations of people of all kinds.
struct Site {
    test: TestApp,
    mailer: Mailer,
    url: String,
}

impl Site {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let public_url = url.clone();
        let test = TestApp::with(Fresh::sqlite().await, move |settings| {
            settings.public_url = public_url;
            settings.dev_mail = true;
        })
        .await;
        let sender = Sender::from_settings(test.app.settings()).expect("a sender");
        let mailer = Mailer::new(Transport::Memory(Memory::default()), sender);
        let router = http::router(test.app.clone().with_mailer(mailer.clone()));
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let _server = tasks::spawn("test server", async move {
            axum::serve(listener, service).await.expect("it serves");
        });
        Self { test, mailer, url }
    }

    async fn invite(
        &self,
        address: &str,
        names: &'static [&'static str],
        message: &'static str,
    ) -> Invitation {
        let address = EmailAddress::parse(address).expect("an address");
        let made = self.test.run(self.test.owner_ctx(), move |tx, ctx| {
            let mut made = Vec::new();
            for name in names {
                made.push(teams::create(tx, ctx, name, &[])?.id);
            }
            let new = NewInvitation {
                roles: RoleSet::of(&[Role::ProjectCreator, Role::BillingViewer]),
                teams: made,
                message: message.to_owned(),
                ..NewInvitation::of(address.clone())
            };
            invitations::create(tx, ctx, &new)
        });
        made.await.expect("an invitation")
    }

    fn page(&self, invitation: &Invitation) -> String {
        format!("{}/invitations/{}", self.url, self.test.token(invitation))
    }
}

/// Drives a browser on a thread that may block, while the server goes on here.
async fn drive(setup: Setup, steps: impl FnOnce(&Browser) + Send + 'static) -> bool {
    let driven = tokio::task::spawn_blocking(move || {
        let Some(browser) = Browser::start(setup) else {
            return false;
        };
        steps(&browser);
        true
    });
    driven.await.expect("the steps succeed")
}

/// Keeps a picture for people to look at, and checks what every page must hold.
fn look(browser: &Browser, name: &str) {
    let (content, window) = browser.widths();
    assert!(
        content <= window,
        "{name}: {content} px in a window of {window}"
    );
    assert_eq!(browser.complaints(), [""; 0], "{name}");
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots");
    fs::create_dir_all(&directory).expect("a directory");
    fs::write(directory.join(format!("{name}.png")), browser.screenshot()).expect("written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_at_a_desk_accepts_reloads_and_goes_back() {
    let site = Site::open().await;
    let message = "Hello Bob,\nwe would love to have you in the team. The first call is on Monday \
                   at nine; Zo\u{eb} shows you around.";
    let invitation = site
        .invite("bob.lee@example.org", &["Backend", "On call"], message)
        .await;
    let page = site.page(&invitation);
    let ran = drive(DESK, move |browser| {
        browser.open(&page);
        look(browser, "invitation-desk");
        browser.press(TAB);
        assert_eq!(browser.focused(), "Accept and join");
        look(browser, "invitation-desk-focus");
        browser.press(ENTER);
        browser.expect_page("You are a member of Acme");
        look(browser, "joined-desk");
        browser.reload();
        browser.expect_page("You are a member of Acme");
        browser.open(&page);
        browser.expect_page("This link opens nothing");
    })
    .await;
    if ran {
        assert!(is_member(&site.test, &invitation).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_with_a_phone_and_no_scripts_accepts() {
    let site = Site::open().await;
    let long = "a-rather-long-address-that-does-not-fit-on-a-phone.at-all@subdomain.example.org";
    let invitation = site
        .invite(
            long,
            &["Teamwithaverylongnamethathasnospacesinitandgoesonandon"],
            "Welcome!",
        )
        .await;
    let page = site.page(&invitation);
    let ran = drive(PHONE, move |browser| {
        browser.open(&page);
        look(browser, "invitation-phone-dark");
        browser.click("button", "Accept and join");
        browser.expect_page("You are a member of Acme");
        look(browser, "joined-phone-dark");
    })
    .await;
    if ran {
        assert!(is_member(&site.test, &invitation).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_with_a_phone_declines_and_the_link_is_dead() {
    let site = Site::open().await;
    let invitation = site.invite("bob@example.org", &[], "").await;
    let page = site.page(&invitation);
    let clock = Arc::clone(&site.test.clock);
    let light = Setup {
        is_dark: false,
        ..PHONE
    };
    let ran = drive(light, move |browser| {
        browser.open(&page);
        look(browser, "invitation-phone-light");
        clock.advance_seconds(25 * 3600);
        browser.click("button", "Decline");
        browser.expect_page_with("p", "still want to, answer now");
        look_at_refusal(browser, "403", "stale-phone-light");
        browser.click("button", "Decline");
        browser.expect_page("Invitation declined");
        look(browser, "declined-phone-light");
        browser.open(&page);
        browser.expect_page("This link opens nothing");
        look_at_refusal(browser, "404", "dead-link-phone-light");
    })
    .await;
    if ran {
        assert_eq!(
            stored(&site.test, &invitation).await.state,
            State::Deactivated
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_to_a_project_is_whole_on_a_desk_and_on_a_phone() {
    for (setup, name) in [(DESK, "desk"), (PHONE, "phone-dark")] {
        let site = Site::open().await;
        let invitation = projects::to_project(&site.test, "bob.lee@example.org").await;
        let page = site.page(&invitation);
        drive(setup, move |browser| {
            browser.open(&page);
            browser.expect_page_with("h1", "Join Apollo (EU)");
            look(browser, &format!("project-invitation-{name}"));
            browser.click("button", "Accept and join");
            browser.expect_page_with("p", "You accepted the invitation");
            look(browser, &format!("project-joined-{name}"));
        })
        .await;
    }
}

/// The browser itself complains about this status, which is meant.
fn look_at_refusal(browser: &Browser, status: &str, name: &str) {
    let complaints = browser.complaints();
    assert!(
        complaints.iter().all(|line| line.contains(status)),
        "{complaints:?}"
    );
    look(browser, name);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_that_run_from_right_to_left_stay_in_their_place() {
    let site = Site::open().await;
    let message = "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{5d1}\u{5d5}\u{5d1}, \u{5de}\u{5d7}\u{5db}\u{5d9}\u{5dd} \u{5dc}\u{5da} \u{5d1}\u{5e6}\u{5d5}\u{5d5}\u{5ea}!";
    let invitation = site
        .invite(
            "bob@example.org",
            &[
                "\u{5e6}\u{5d5}\u{5d5}\u{5ea} \u{5e4}\u{5d9}\u{5ea}\u{5d5}\u{5d7}",
                "\u{627}\u{644}\u{639}\u{645}\u{644}\u{64a}\u{627}\u{62a}",
            ],
            message,
        )
        .await;
    let page = site.page(&invitation);
    let dark = Setup {
        is_dark: true,
        ..DESK
    };
    drive(dark, move |browser| {
        browser.open(&page);
        look(browser, "invitation-rtl-desk-dark");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_developer_goes_from_the_mail_to_the_membership() {
    let site = Site::open().await;
    let invitation = site
        .invite("bob@example.org", &["Backend"], "Hello Bob!")
        .await;
    site.invite("zoe@example.org", &[], "").await;
    jobs::run_once(&site.test.app, &site.mailer)
        .await
        .expect("the store");
    let url = site.url.clone();
    let ran = drive(DESK, move |browser| {
        browser.open(&url);
        look(browser, "front-desk");
        browser.click("a", "Mails sent by this server");
        browser.expect_page("Mails");
        look(browser, "mails-desk");
        browser.open(&format!("{url}/dev/mail/1"));
        look(browser, "mail-desk");
        browser.open(&format!("{url}/dev/mail/1/html"));
        look(browser, "mail-html-desk");
        browser.back();
        browser.expect_page("owner@acme.example invites you to join Acme");
        browser.click("a", "Open its link");
        browser.expect_page("Invitation to Acme");
        browser.click("button", "Accept and join");
        browser.expect_page("You are a member of Acme");
        look(browser, "joined-from-mail-desk");
    })
    .await;
    if ran {
        assert!(is_member(&site.test, &invitation).await);
    }
    let url = site.url.clone();
    drive(PHONE, move |browser| {
        browser.open(&url);
        look(browser, "front-phone-dark");
        browser.open(&format!("{url}/dev/mail"));
        look(browser, "mails-phone-dark");
        browser.open(&format!("{url}/dev/mail/2"));
        look(browser, "mail-phone-dark");
        browser.open(&format!("{url}/dev/mail/2/html"));
        look(browser, "mail-html-phone");
    })
    .await;
}
