//! S23: whatever people put into names, addresses and messages, a mail stays ours.

use vestibule_core::EmailAddress;
use vestibule_server::Settings;
use vestibule_server::mail::{Mailer, Sender, Stored, Transport};
use vestibule_testkit::app::START;

use super::{invited, link_in, shown};

/// What somebody might try in any field. None of it would pass the checks at input; a mail must
/// not depend on that.
const CORPUS: &[&str] = &[
    "Acme\r\nBcc: eve@evil.example",
    "Acme\nContent-Type: text/html\n\n<h1>x",
    "Acme\r\n\r\n.\r\nMAIL FROM:<eve@evil.example>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><a href=\"https://evil.example\">Click</a>",
    "<!-- --><style>*{display:none}</style>",
    "</title></head><body onload=x>",
    "&lt;b&gt;",
    "https://evil.example/login",
    "HTTP://EVIL.EXAMPLE",
    "www.evil.example",
    "evil.example/path?x=1",
    "evil\u{3002}example",
    "mailto:eve@evil.example",
    "javascript:alert(1)",
    "[click](https://evil.example)",
    "\u{202e}moc.live\u{202c} Acme",
    "\u{2066}a\u{2069}\u{200f}\u{61c}b\u{200b}c\u{feff}",
    "\u{0}\u{7}\u{1b}[31mred",
    "{{ link }} {% for x in y %} {{ 7*7 }}",
    "=?utf-8?q?Bcc=3A_eve?=",
    "\u{e0041}\u{e0042}tags",
    "line\u{2028}separator\u{85}next",
];

fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{61c}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
        || (c.is_control() && c != '\n')
}

/// What a mail program that makes links of texts would make one of.
fn linked(text: &str) -> Vec<&str> {
    text.split_whitespace()
        .filter(|word| {
            let hosts = |word: &str| {
                word.to_lowercase()
                    .split('.')
                    .collect::<Vec<_>>()
                    .windows(2)
                    .any(|pair| {
                        pair[0].ends_with(|c: char| c.is_ascii_alphanumeric())
                            && pair[1].starts_with(|c: char| c.is_ascii_alphanumeric())
                    })
            };
            word.contains("://") || hosts(word) || word.contains("mailto:e")
        })
        .collect()
}

#[test]
fn sec_s23_nothing_that_people_write_becomes_markup_a_link_or_a_header() {
    let settings = Settings {
        public_url: "https://invite.acme.example".to_owned(),
        ..Settings::default()
    };
    let sender = Sender::from_settings(&settings).expect("a sender");
    let mailer = Mailer::new(Transport::Off, sender);
    let calm = {
        let address = EmailAddress::parse("bob@x.org").expect("an address");
        let invited = invited(address, &["Team"], "Hello");
        mailer
            .render(&invited, "vsti_token", START)
            .expect("a mail")
    };
    let tags = |html: &str| html.matches('<').count();
    for &hostile in CORPUS {
        let address = EmailAddress::from_stored("bob@x.org".to_owned(), "bob@x.org".to_owned());
        let mut invited = invited(address, &[hostile], "Hello");
        invited.inviter = hostile.to_owned();
        invited.organization.name = hostile.to_owned();
        invited.invitation.message = hostile.to_owned();
        let mail = mailer
            .render(&invited, "vsti_token", START)
            .expect("a mail");

        assert!(!mail.subject.contains(is_hidden), "{:?}", mail.subject);
        assert!(!mail.subject.contains('\n'), "{:?}", mail.subject);
        assert!(!mail.text.contains(is_hidden), "{:?}", mail.text);
        assert!(!mail.html.contains(is_hidden), "{hostile:?}");

        let breaks = mail.html.matches("<br").count() - calm.html.matches("<br").count();
        assert_eq!(tags(&mail.html), tags(&calm.html) + breaks, "{hostile:?}");
        assert!(
            !mail.html.contains("49"),
            "no template in a value: {hostile:?}"
        );

        let ours = mail.text.replace(link_in(&mail.text), "");
        let ours = ours
            .replace("invite.acme.example", "")
            .replace("bob@x.org", "");
        assert_eq!(linked(&ours), [""; 0], "{hostile:?}");

        let composed = mailer.compose(&mail, START).expect("composed");
        let stored = Stored {
            name: String::new(),
            bytes: composed.bytes().to_vec(),
        };
        let raw = String::from_utf8(stored.bytes.clone()).expect("ASCII");
        let (headers, _) = raw.split_once("\r\n\r\n").expect("a body");
        let names: Vec<_> = headers
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split_once(':').expect("a header").0)
            .collect();
        assert_eq!(
            names,
            [
                "Message-ID",
                "Date",
                "From",
                "To",
                "Subject",
                "MIME-Version",
                "Auto-Submitted",
                "X-Auto-Response-Suppress",
                "Content-Type"
            ],
            "{hostile:?}"
        );
        assert!(
            !raw.replace("\r\n", "").contains(['\r', '\n']),
            "{hostile:?}"
        );
        let seen = shown(&stored);
        assert_eq!(seen.to, "bob@x.org", "{hostile:?}");
        assert_eq!(seen.subject, mail.subject, "{hostile:?}");
    }
}

#[test]
fn sec_s23_a_hostile_address_reaches_no_header() {
    let mailer = Mailer::new(
        Transport::Off,
        Sender::from_settings(&Settings::default()).expect("a sender"),
    );
    for hostile in [
        "bob@x.org\r\nBcc: eve@evil.example",
        "bob@x.org>, <eve@evil.example",
        "a b@x.org",
        "eve@evil.example,bob@x.org",
        "",
    ] {
        let address = EmailAddress::from_stored(hostile.to_owned(), hostile.to_owned());
        let invited = invited(address, &[], "");
        let mail = mailer
            .render(&invited, "vsti_token", START)
            .expect("a mail");
        let refused = mailer
            .compose(&mail, START)
            .map(|composed| composed.bytes().to_vec());
        assert!(refused.is_err(), "{hostile:?}");
    }
}
