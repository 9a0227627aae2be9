//! Every configuration key: its name, what it is for, what is expected, and what it is otherwise.
//!
//! The one list from which flags, variables, file keys, errors and the reference are made.

/// A configuration key. Its variable is `VESTIBULE_` and the name in capitals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// The name, as it stands in the file.
    pub(crate) name: &'static str,
    /// The flag, without its hyphens in front.
    pub(crate) flag: &'static str,
    /// What it is for.
    pub(crate) help: &'static str,
    /// What a value looks like.
    pub(crate) expected: &'static str,
    /// The value without any source; empty if there is none.
    pub(crate) default: &'static str,
    /// Whether errors must not show the value.
    pub(crate) secret: bool,
}

const fn key(
    (name, flag): (&'static str, &'static str),
    default: &'static str,
    expected: &'static str,
    help: &'static str,
) -> Key {
    Key {
        name,
        flag,
        help,
        expected,
        default,
        secret: false,
    }
}

/// Every key.
pub(crate) const KEYS: &[Key] = &[
    key(
        ("data_dir", "data-dir"),
        "vestibule-data",
        "a directory; it is made if it is not there",
        "Where the database, the key ring and mail files live",
    ),
    key(
        ("listen", "listen"),
        "127.0.0.1:8080",
        "ADDRESS:PORT",
        "The address to listen on",
    ),
    key(
        ("public_url", "public-url"),
        "",
        "an address beginning with http:// or https://",
        "The address under which people reach the server; links in mails begin with it \
         [default: the address it listens on]",
    ),
    Key {
        secret: true,
        ..key(
            ("database", "database"),
            "",
            "sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME",
            "The database [default: vestibule.db in the data directory]",
        )
    },
    Key {
        secret: true,
        ..key(
            ("keys", "keys"),
            "",
            "lines of NAME 64-HEX-DIGITS, newest first",
            "The key ring itself, instead of the file vestibule.keys in the data directory",
        )
    },
    Key {
        secret: true,
        ..key(
            ("mail", "mail"),
            "file",
            "file, file:DIRECTORY, memory, off, smtp://USER:PASSWORD@HOST:PORT or smtps://…",
            "How mail leaves; `file` writes .eml files into the data directory",
        )
    },
    key(
        ("mail_from", "mail-from"),
        "Vestibule <no-reply@localhost>",
        "ADDRESS or NAME <ADDRESS>",
        "The sender of mails",
    ),
    key(
        ("mail_reply_to", "mail-reply-to"),
        "",
        "ADDRESS or NAME <ADDRESS>",
        "Where answers to mails go [default: to mail_from]",
    ),
    key(
        ("product_name", "product-name"),
        "Vestibule",
        "a name of 1 to 64 characters",
        "What the service is called in mails and on pages",
    ),
    key(
        ("dev_mail", "dev-mail"),
        "false",
        "true or false",
        "Show sent mail at /dev/mail, to this machine only",
    ),
    key(
        ("terraform_mirror", "terraform-mirror"),
        "true",
        "true or false",
        "Hand out this version of the providers at /terraform/mirror/, for a `terraform init` that \
         reaches no registry",
    ),
    key(
        ("organization", "organization"),
        "My organization",
        "a name of 1 to 64 characters",
        "The name of the organization made at the first start",
    ),
    key(
        ("owner", "owner"),
        "owner@localhost",
        "an e-mail address",
        "The owner of that organization",
    ),
    key(
        ("pending_limit", "pending-limit"),
        "",
        "a number above 0",
        "How many invitations of one organization may be open at once [default: any number]",
    ),
    key(
        ("user_limit", "user-limit"),
        "",
        "a number above 0",
        "How many people one organization may have, members and open invitations together \
         [default: any number]",
    ),
    key(
        ("team_size_limit", "team-size-limit"),
        "",
        "a number above 0",
        "How many people a team may have [default: any number]",
    ),
    key(
        ("teams_per_user_limit", "teams-per-user-limit"),
        "",
        "a number above 0",
        "In how many teams of an organization one person may be [default: any number]",
    ),
    key(
        ("confluent_repeat_seconds", "confluent-repeat-seconds"),
        "120",
        "a number of seconds, 0 for never",
        "For how long a repeated create through the Confluent API answers with the first one's \
         invitation",
    ),
    key(
        ("confluent_show_revoked", "confluent-show-revoked"),
        "false",
        "true or false",
        "Whether the Confluent API shows withdrawn invitations as deactivated instead of 404",
    ),
    key(
        ("confluent_reinvite_resends", "confluent-reinvite-resends"),
        "false",
        "true or false",
        "Whether inviting an open address anew through the Confluent API sends its invitation \
         again instead of being a conflict",
    ),
    key(
        ("confluent_coerce_auth_type", "confluent-coerce-auth-type"),
        "false",
        "true or false",
        "Whether the Confluent API replaces an authentication type that does not suit the \
         organization",
    ),
    key(
        ("confluent_ended_membership", "confluent-ended-membership"),
        "deactivated",
        "deactivated or accepted",
        "What the Confluent API shows of an invitation whose member left or was removed",
    ),
    key(
        (
            "confluent_staged_without_mail",
            "confluent-staged-without-mail",
        ),
        "false",
        "true or false",
        "Whether the Confluent API shows open invitations as staged while mail is off",
    ),
    key(
        ("confluent_delete_expired", "confluent-delete-expired"),
        "204",
        "204 or 400",
        "What deleting an expired invitation through the Confluent API answers",
    ),
    key(
        (
            "confluent_unknown_filter_value",
            "confluent-unknown-filter-value",
        ),
        "400",
        "400, ignore or empty",
        "What a filter of the Confluent API's lists does whose value nothing can have",
    ),
    key(
        ("confluent_unknown_parameter", "confluent-unknown-parameter"),
        "400",
        "400 or ignore",
        "What a query parameter does that the Confluent API does not know",
    ),
    key(
        ("confluent_list_order", "confluent-list-order"),
        "oldest",
        "oldest or newest",
        "What the lists of the Confluent API begin with",
    ),
    key(
        ("confluent_sts_issuer", "confluent-sts-issuer"),
        "",
        "what its tokens have as iss",
        "The issuer whose tokens /sts/v1/oauth2/token exchanges for ours [default: nobody's]",
    ),
    key(
        ("confluent_sts_audience", "confluent-sts-audience"),
        "",
        "what the tokens have as aud",
        "The audience of that issuer's tokens [default: any]",
    ),
    Key {
        secret: true,
        ..key(
            ("confluent_sts_keys", "confluent-sts-keys"),
            "",
            "a JSON Web Key Set, or a file that holds one, with an RSA key of 2048 bits or more, \
             a P-256 key or a shared key of 32 bytes or more",
            "The keys that sign that issuer's tokens, with RS256, ES256 or HS256",
        )
    },
    key(
        ("confluent_sts_pools", "confluent-sts-pools"),
        "",
        "POOL=API-KEY, more of them after commas",
        "The identity pools of that issuer, each with the Cloud API key as whose service account \
         its programs act",
    ),
    key(
        ("atlas_duplicate_conflict", "atlas-duplicate-conflict"),
        "false",
        "true or false",
        "Whether inviting somebody twice through the Atlas API's invites endpoints is 409 instead \
         of 400",
    ),
    key(
        ("atlas_show_expired", "atlas-show-expired"),
        "false",
        "true or false",
        "Whether the Atlas API's invites endpoints show expired invitations",
    ),
    key(
        ("atlas_invites_per_minute", "atlas-invites-per-minute"),
        "",
        "a number above 0",
        "How many people one caller may invite through the Atlas API within a minute, as the \
         vendor's cloud limits it to 10 [default: any number]",
    ),
    key(
        ("atlas_requests_per_minute", "atlas-requests-per-minute"),
        "",
        "a number above 0",
        "How many requests one client may make within a minute to each group of the Atlas API's \
         endpoints: organizations, projects and teams, users [default: any number]",
    ),
    key(
        ("atlas_tokens_per_minute", "atlas-tokens-per-minute"),
        "",
        "a number above 0",
        "How many access tokens a service account may ask for within a minute from one address, as \
         the vendor's cloud limits it to 50 [default: any number]",
    ),
    key(
        ("atlas_documented_errors", "atlas-documented-errors"),
        "false",
        "true or false",
        "Whether errors of the Atlas API follow the vendor's page where it and the vendor's \
         traffic disagree: INVALID_INVITATION_ID with 400 instead of 404, RATE_LIMITED_IP instead \
         of INVITATIONS_RATE_LIMITED_IP",
    ),
    key(
        ("atlas_lowercase_usernames", "atlas-lowercase-usernames"),
        "false",
        "true or false",
        "Whether the Atlas API answers with usernames in lower case instead of as they were sent",
    ),
    key(
        ("atlas_sunset", "atlas-sunset"),
        "true",
        "true or false",
        "Whether endpoints of the Atlas API that the vendor ends on a certain day answer 410 from \
         that day on",
    ),
    key(
        ("testing", "testing"),
        "false",
        "true or false",
        "Whether the testing controls are there: clock, states, faults, reset. They ask for no \
         credential, and keys have secrets that everybody knows",
    ),
    key(
        ("testing_allow_remote", "testing-allow-remote"),
        "false",
        "true or false",
        "Whether the testing controls can be used from other machines, and on an address that is \
         not a loopback address",
    ),
    key(
        ("seed", "seed"),
        "default",
        "default, or a TOML file",
        "What a server for testing begins with; `vestibule testing seed` prints the default",
    ),
    key(
        ("log", "log"),
        "info",
        "error, warn, info, debug, trace or a tracing filter",
        "Which log records are shown",
    ),
];

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// Where the committed reference is.
    const REFERENCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");

    fn reference() -> String {
        let mut text = String::from(
            "# Configuration\n\n<!-- Generated from crates/vestibule/src/config/keys.rs by \
             scripts/generate. -->\n\n\
             `vestibule serve` needs none. A value comes from a flag, else from a variable, else \
             from the file: `--config FILE`, or `VESTIBULE_CONFIG`, or `vestibule.toml` in the \
             working directory. The file is TOML, one `key = value` a line. A key or a \
             `VESTIBULE_` variable that does not exist, or a value that is not usable, ends the \
             start with the key, the place and what was expected.\n",
        );
        for key in KEYS {
            let default = match key.default {
                "" => String::new(),
                default => format!("\n- default: `{default}`"),
            };
            write!(
                text,
                "\n## {}\n\n{}.\n\n- expected: {}{default}\n- flag: `--{}`, variable: `VESTIBULE_{}`\n",
                key.name,
                key.help,
                key.expected,
                key.flag,
                key.name.to_uppercase()
            )
            .expect("a text takes everything");
        }
        text
    }

    /// Run with `VESTIBULE_UPDATE_CONFIGURATION=1` to write the reference anew.
    #[test]
    fn the_committed_reference_is_current() {
        if std::env::var_os("VESTIBULE_UPDATE_CONFIGURATION").is_some() {
            std::fs::write(REFERENCE, reference()).expect("the reference is written");
        }
        let committed = std::fs::read_to_string(REFERENCE).expect("the reference is there");
        assert!(
            committed == reference(),
            "docs/configuration.md is out of date: run scripts/generate"
        );
    }

    #[test]
    fn a_flag_is_the_name_with_hyphens() {
        for key in KEYS {
            assert_eq!(key.flag, key.name.replace('_', "-"));
        }
    }
}
