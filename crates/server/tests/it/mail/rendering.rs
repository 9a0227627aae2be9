//! What an invitation's mail says.

use vestibule_core::EmailAddress;
use vestibule_server::Settings;
use vestibule_server::mail::{Mail, Mailer, Sender, Shown, Stored, Transport};
use vestibule_testkit::app::START;

use super::{invited, shown};

const TOKEN: &str = "vsti_token";

fn mailer(change: impl FnOnce(&mut Settings)) -> Mailer {
    let mut settings = Settings {
        public_url: "https://invite.acme.example/".to_owned(),
        mail_from: "Acme <no-reply@acme.example>".to_owned(),
        ..Settings::default()
    };
    change(&mut settings);
    let sender = Sender::from_settings(&settings).expect("a sender");
    Mailer::new(Transport::Off, sender)
}

fn rendered(address: &str, teams: &[&str], message: &str) -> Mail {
    let address = EmailAddress::parse(address).expect("an address");
    let invited = invited(address, teams, message);
    mailer(|_| {})
        .render(&invited, TOKEN, START)
        .expect("a mail")
}

fn composed(mail: &Mail, change: impl FnOnce(&mut Settings)) -> (String, Shown) {
    let composed = mailer(change).compose(mail, START).expect("composed");
    let raw = String::from_utf8(composed.bytes().to_vec()).expect("text");
    let stored = Stored {
        name: String::new(),
        bytes: composed.bytes().to_vec(),
    };
    (raw, shown(&stored))
}

fn headers(raw: &str) -> String {
    let (headers, _) = raw.split_once("\r\n\r\n").expect("a body");
    // The boundary is random.
    let (headers, _) = headers.split_once("\r\n boundary=").expect("parts");
    headers.replace("\r\n", "\n")
}

#[test]
fn the_text_says_who_invites_to_what_until_when() {
    let mail = rendered(
        "bob@x.org",
        &["Backend", "On call"],
        "Hello Bob,\n\nsee you on Monday.",
    );
    insta::assert_snapshot!(mail.subject, @"Ann Lee invites you to join Acme");
    insta::assert_snapshot!(mail.text, @"
    Ann Lee invites you to join Acme.

    Ann Lee writes:

    > Hello Bob,
    > 
    > see you on Monday.

    Your roles: billing admin, member
    Your teams: Backend, On call

    Look at the invitation, then accept or decline it:
    https://invite.acme.example/invitations/vsti_token

    The link is for you alone.
    It works until 8 March 2026, 09:00 UTC, for another 7 days.

    You did not expect this? Then do nothing: nobody becomes a member
    without accepting. If you would rather not be asked again, open the
    link and decline.

    -- 
    Sent to bob@x.org by Vestibule (invite.acme.example),
    because somebody at Acme entered this address.
    ");
    let plain = rendered("bob@x.org", &[], "").text;
    insta::assert_snapshot!(plain, @"
    Ann Lee invites you to join Acme.

    Your roles: billing admin, member

    Look at the invitation, then accept or decline it:
    https://invite.acme.example/invitations/vsti_token

    The link is for you alone.
    It works until 8 March 2026, 09:00 UTC, for another 7 days.

    You did not expect this? Then do nothing: nobody becomes a member
    without accepting. If you would rather not be asked again, open the
    link and decline.

    -- 
    Sent to bob@x.org by Vestibule (invite.acme.example),
    because somebody at Acme entered this address.
    ");
}

#[test]
fn the_html_says_the_same_and_loads_nothing() {
    let mail = rendered(
        "bob@x.org",
        &["Backend", "On call"],
        "Hello Bob,\nsee you on Monday.",
    );
    let html = &mail.html;
    for words in [
        "Ann Lee",
        "Acme",
        "billing admin, member",
        "Backend, On call",
        "Hello Bob,<br",
        "8 March 2026, 09:00 UTC, for another 7 days",
        "bob@x.org",
    ] {
        assert!(html.contains(words), "{words}");
    }
    let rest = html
        .replace("https:&#x2f;&#x2f;invite.acme.example", "")
        .replace("http://www.w3.org/1999/xhtml", "")
        .replace(
            "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd",
            "",
        );
    for word in [
        "http:", "https:", "src=", "<img", "<script", "@import", "url(", "{{", "{%", "<link",
    ] {
        assert!(!rest.contains(word), "{word} in {rest}");
    }
}

#[test]
fn a_mail_has_the_headers_that_keep_machines_from_answering() {
    let mail = rendered("bob@x.org", &[], "");
    let (raw, seen) = composed(&mail, |_| {});
    insta::assert_snapshot!(headers(&raw), @"
    Message-ID: <inv_0c1g60r30c1g60r30c1g.1.invitation@acme.example>
    Date: Sun, 01 Mar 2026 09:00:00 +0000
    From: Acme <no-reply@acme.example>
    To: bob@x.org
    Subject: Ann Lee invites you to join Acme
    MIME-Version: 1.0
    Auto-Submitted: auto-generated
    X-Auto-Response-Suppress: All
    Content-Type: multipart/alternative;
    ");
    assert_eq!(seen.text.trim_end(), mail.text.trim_end());
    assert_eq!(seen.html.trim_end(), mail.html.trim_end());
    assert!(raw.lines().all(|line| line.len() <= 998 && line.is_ascii()));
}

#[test]
fn answers_go_where_the_settings_say() {
    let mail = rendered("bob@x.org", &[], "");
    let (raw, _) = composed(&mail, |settings| {
        settings.mail_reply_to = Some("People <people@acme.example>".to_owned());
    });
    assert!(
        raw.contains("\r\nReply-To: People <people@acme.example>\r\n"),
        "{raw}"
    );
}

#[test]
fn the_message_id_tells_generations_apart_and_attempts_not() {
    let address = EmailAddress::parse("bob@x.org").expect("an address");
    let mut invited = invited(address, &[], "");
    let mailer = mailer(|_| {});
    let first = mailer.render(&invited, TOKEN, START).expect("a mail");
    let again = mailer
        .render(&invited, TOKEN, START.plus_seconds(9000))
        .expect("a mail");
    assert_eq!(first.message_id, again.message_id);
    invited
        .invitation
        .resend("k1.01".to_owned(), START.plus_seconds(3600))
        .expect("resent");
    let resent = mailer.render(&invited, TOKEN, START).expect("a mail");
    assert_ne!(first.message_id, resent.message_id);
}

#[test]
fn an_international_domain_is_written_in_its_a_labels() {
    let mail = rendered("Bob.Lee@b\u{fc}cher.example", &[], "");
    let (_, seen) = composed(&mail, |_| {});
    assert_eq!(seen.to, "Bob.Lee@xn--bcher-kva.example");
    assert!(
        mail.text.contains("Bob.Lee@b\u{fc}cher.example"),
        "{}",
        mail.text
    );
}

#[test]
fn names_in_other_scripts_arrive_whole() {
    let mut mail = rendered("bob@x.org", &[], "");
    mail.subject = "\u{5d0}\u{5e0} \u{5dc}\u{5d9} invites you to join \u{6771}\u{4eac}\u{652f}\u{793e} \u{1f680}".to_owned();
    let (raw, seen) = composed(&mail, |_| {});
    assert_eq!(seen.subject, mail.subject);
    assert!(raw.is_ascii());
}
