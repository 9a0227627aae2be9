//! Other people's words in a mail: names and messages that somebody chose, read by somebody else.
//!
//! Owns the last line of defence: whatever the database holds, a header stays one line, nothing
//! reorders or hides text, and nothing but our own link looks like one. The first line is the check
//! at input (`vestibule_core::text`).

use vestibule_core::{EmailAddress, text};

/// A joint at which no program that turns addresses into links sees one any more. It takes no room.
const WORD_JOINER: char = '\u{2060}';

/// How many characters of somebody's name a subject or a line shows at most.
const MAX_NAME_CHARS: usize = 100;

/// One line of at most 100 characters, without anything invisible.
pub(super) fn name(text: &str) -> String {
    let visible = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .map(visible)
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    // In a header this would begin an encoded word, which may stand for anything.
    let visible = visible.replace("=?", "= ?");
    if visible.chars().count() <= MAX_NAME_CHARS {
        return visible;
    }
    let mut short: String = visible.chars().take(MAX_NAME_CHARS - 1).collect();
    short.push('…');
    short
}

/// A name that a mail program makes no link of. An address stays as it is: people write to it.
pub(super) fn unlinked_name(text: &str) -> String {
    let name = name(text);
    if EmailAddress::parse(&name).is_ok() {
        name
    } else {
        unlinked(&name)
    }
}

/// The lines of a message, none of which a mail program finds a link in.
pub(super) fn unlinked_lines(message: &str) -> Vec<String> {
    let message = message.replace("\r\n", "\n").replace('\r', "\n");
    message
        .trim_matches('\n')
        .split('\n')
        .map(|line| unlinked(&visible(&line.replace('\t', " "))))
        .collect()
}

fn visible(text: &str) -> String {
    text.chars().filter(|c| !is_hidden(*c)).collect()
}

/// What is invisible or changes the order of what is seen.
fn is_hidden(c: char) -> bool {
    text::is_deceptive(c)
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'
                ..='\u{180f}' | '\u{3164}' | '\u{ffa0}' | '\u{fff9}'
                ..='\u{fffb}' | '\u{e0000}'
                ..='\u{e0fff}'
        )
}

fn unlinked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = rest.next() {
        out.push(c);
        let after = rest.peek().copied().unwrap_or(' ');
        let in_a_host = is_dot(c) && before.is_alphanumeric() && after.is_alphanumeric();
        let after_a_scheme = c == ':' && before.is_alphanumeric() && !after.is_whitespace();
        if in_a_host || after_a_scheme {
            out.push(WORD_JOINER);
        }
        before = c;
    }
    out
}

/// The dots of host names (UTS 46 maps the others to the first).
const fn is_dot(c: char) -> bool {
    matches!(c, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_s23_a_name_is_one_visible_line() {
        insta::assert_snapshot!(name("Acme\r\nBcc: eve@x.org"), @"Acme Bcc: eve@x.org");
        insta::assert_snapshot!(name(" a\u{202e}b\u{200b}\u{61c}c\u{e0041} \u{2028} d\u{7}e "), @"abc d e");
        assert_eq!(name(&"x".repeat(5000)).chars().count(), 100);
    }

    #[test]
    fn sec_s23_nothing_in_a_message_looks_like_a_link() {
        let lines = unlinked_lines(
            "see https://evil.example/a.b?c\nor evil。example. Really.\r\rmailto:a@b.cc",
        );
        assert_eq!(
            lines,
            [
                "see https:\u{2060}//evil.\u{2060}example/a.\u{2060}b?c",
                "or evil。\u{2060}example. Really.",
                "",
                "mailto:\u{2060}a@b.\u{2060}cc",
            ]
        );
    }

    #[test]
    fn plain_words_and_addresses_stay_as_they_are() {
        assert_eq!(
            unlinked_lines("Hello: come. 10:30 h"),
            ["Hello: come. 10:\u{2060}30 h"]
        );
        assert_eq!(unlinked_name("ann.lee@x.org"), "ann.lee@x.org");
        assert_eq!(unlinked_name("Ann & Co. <3"), "Ann & Co. <3");
    }
}
