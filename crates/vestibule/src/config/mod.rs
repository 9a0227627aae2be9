//! The server's configuration: flags, then `VESTIBULE_*` variables, then one TOML file.
//!
//! Owns precedence and the errors, which name the key, where its value came from and what was
//! expected. Must not start anything, nor open what is not configuration itself.

mod confluent;
mod keys;
mod mail;
mod sources;
mod testing;

use std::net::SocketAddr;
use std::path::PathBuf;

pub(crate) use keys::KEYS;
pub(crate) use mail::MailConfig;
pub(crate) use sources::{ConfigError, Environment, Sources};
pub(crate) use testing::{SeedSource, TestingConfig};
use vestibule_core::{EmailAddress, text};
use vestibule_server::Settings;
use vestibule_server::mail::Sender;
use vestibule_store::StoreConfig;

/// A server's configuration, complete and checked.
#[derive(Debug)]
pub(crate) struct Config {
    /// Where files go: the database, the key ring, mail as files.
    pub(crate) data_dir: PathBuf,
    /// The address to listen on.
    pub(crate) listen: SocketAddr,
    /// The database.
    pub(crate) database: StoreConfig,
    /// The key ring's text, if a variable holds it instead of a file.
    pub(crate) key_ring: Option<String>,
    /// How mail leaves.
    pub(crate) mail: MailConfig,
    /// The name of the organization made at the first start.
    pub(crate) organization: String,
    /// The address of its owner.
    pub(crate) owner: EmailAddress,
    /// Which log records are shown.
    pub(crate) log: String,
    /// Whether Terraform can install the providers from the server.
    pub(crate) terraform_mirror: bool,
    /// How a server for testing is; `None` for one that is not.
    pub(crate) testing: Option<TestingConfig>,
    /// What use cases and dialects depend on.
    pub(crate) settings: Settings,
}

impl Config {
    /// Puts a configuration together.
    ///
    /// # Errors
    /// [`ConfigError`] for the first value that is not usable.
    pub(crate) fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let data_dir: PathBuf = sources.parse("data_dir", |text| Some(text.into()))?;
        let listen: SocketAddr = sources.parse("listen", |text| text.parse().ok())?;
        let mail = sources.parse("mail", |text| MailConfig::parse(text, &data_dir))?;
        let settings = Settings {
            public_url: public_url(sources, listen, &mail)?,
            pending_limit: sources.parse_optional("pending_limit", positive)?,
            team_size_limit: sources.parse_optional("team_size_limit", positive)?,
            teams_per_user_limit: sources.parse_optional("teams_per_user_limit", positive)?,
            user_limit: sources.parse_optional("user_limit", positive)?,
            confluent: confluent::load(sources)?,
            atlas_duplicate_conflict: sources.parse("atlas_duplicate_conflict", flag)?,
            atlas_show_expired: sources.parse("atlas_show_expired", flag)?,
            atlas_invites_per_minute: sources
                .parse_optional("atlas_invites_per_minute", positive)?,
            atlas_requests_per_minute: sources
                .parse_optional("atlas_requests_per_minute", positive)?,
            atlas_tokens_per_minute: sources.parse_optional("atlas_tokens_per_minute", positive)?,
            atlas_documented_errors: sources.parse("atlas_documented_errors", flag)?,
            atlas_lowercase_usernames: sources.parse("atlas_lowercase_usernames", flag)?,
            atlas_sunset: sources.parse("atlas_sunset", flag)?,
            mail_from: sources.parse("mail_from", sender)?,
            mail_reply_to: sources.parse_optional("mail_reply_to", sender)?,
            product_name: sources.parse("product_name", name)?,
            dev_mail: sources.parse("dev_mail", flag)?,
        };
        Ok(Self {
            database: database(sources, &data_dir)?,
            key_ring: sources.optional("keys")?,
            organization: sources.parse("organization", name)?,
            owner: sources.parse("owner", |text| EmailAddress::parse(text).ok())?,
            log: sources.parse("log", |text| Some(text.to_owned()))?,
            terraform_mirror: sources.parse("terraform_mirror", flag)?,
            testing: testing::testing(sources, listen)?,
            data_dir,
            listen,
            mail,
            settings,
        })
    }

    /// The same configuration for a server that got this address when it asked for its own: a
    /// public address that was derived from port 0 names the port that it became.
    #[must_use]
    pub(crate) fn bound_to(mut self, address: SocketAddr) -> Self {
        if self.settings.public_url == local_url(self.listen) {
            self.settings.public_url = local_url(address);
        }
        self.listen = address;
        self
    }
}

fn database(sources: &Sources, data_dir: &std::path::Path) -> Result<StoreConfig, ConfigError> {
    match sources.parse_optional("database", |text| text.parse().ok())? {
        Some(database) => Ok(database),
        None => Ok(StoreConfig::sqlite(data_dir.join("vestibule.db"))),
    }
}

/// Links in mails begin with the public address. Behind SMTP it cannot be guessed: a link to
/// localhost in somebody's inbox is worse than no server.
fn public_url(
    sources: &Sources,
    listen: SocketAddr,
    mail: &MailConfig,
) -> Result<String, ConfigError> {
    let given = sources.parse_optional("public_url", |text| {
        let settings = Settings {
            public_url: text.trim_end_matches('/').to_owned(),
            ..Settings::default()
        };
        let valid = Sender::from_settings(&settings).is_ok();
        valid.then_some(settings.public_url)
    })?;
    match given {
        Some(url) => Ok(url),
        None if mail.is_smtp() => Err(Sources::missing("public_url", "mail is sent by SMTP")),
        None => Ok(local_url(listen)),
    }
}

/// The address under which a server on this machine is reached.
#[must_use]
pub(crate) fn local_url(listen: SocketAddr) -> String {
    if listen.ip().is_unspecified() {
        format!("http://localhost:{}", listen.port())
    } else {
        format!("http://{listen}")
    }
}

fn sender(text: &str) -> Option<String> {
    let settings = Settings {
        mail_from: text.to_owned(),
        ..Settings::default()
    };
    Sender::from_settings(&settings)
        .is_ok()
        .then(|| text.to_owned())
}

fn name(text: &str) -> Option<String> {
    text::checked_name("name", text).ok()
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn positive(text: &str) -> Option<i64> {
    text.parse().ok().filter(|n| *n > 0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use vestibule_server::settings::{ConfluentSettings, UnknownValue};

    use super::*;

    fn load(flags: &[(&'static str, &str)]) -> Result<Config, ConfigError> {
        let flags: BTreeMap<_, _> = flags
            .iter()
            .map(|(key, value)| (*key, (*value).to_owned()))
            .collect();
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("empty.toml");
        std::fs::write(&file, "").expect("a file");
        Config::load(&Sources::gather(
            &flags,
            &Environment::new(),
            Some(file.as_path()),
        )?)
    }

    #[test]
    fn without_any_source_the_settings_are_the_servers_own_defaults() {
        let config = load(&[]).expect("it is complete");
        let expected = Settings {
            public_url: "http://127.0.0.1:8080".to_owned(),
            ..Settings::default()
        };
        assert_eq!(config.settings, expected);
    }

    #[test]
    fn what_people_read_in_mails_can_be_configured() {
        let config = load(&[
            ("product_name", "Acme People"),
            ("mail_reply_to", "People <people@acme.example>"),
        ]);
        let settings = config.expect("it is usable").settings;
        assert_eq!(settings.product_name, "Acme People");
        assert_eq!(
            settings.mail_reply_to.as_deref(),
            Some("People <people@acme.example>")
        );
    }

    #[test]
    fn where_the_vendors_conduct_is_unknown_the_operator_chooses() {
        let chosen = [
            ("confluent_repeat_seconds", "0"),
            ("confluent_reinvite_resends", "true"),
            ("confluent_coerce_auth_type", "true"),
            ("confluent_show_revoked", "true"),
            ("confluent_ended_membership", "accepted"),
            ("confluent_staged_without_mail", "true"),
            ("confluent_delete_expired", "400"),
            ("confluent_unknown_filter_value", "empty"),
            ("confluent_unknown_parameter", "ignore"),
            ("confluent_list_order", "newest"),
        ];
        let expected = ConfluentSettings {
            repeat_seconds: 0,
            reinvite_resends: true,
            coerce_auth_type: true,
            show_revoked: true,
            ended_shows_accepted: true,
            staged_without_mail: true,
            delete_expired_fails: true,
            unknown_filter_value: UnknownValue::Empty,
            ignore_unknown_parameters: true,
            newest_first: true,
            issuer: None,
        };
        let config = load(&chosen).expect("it is usable");
        assert_eq!(config.settings.confluent, expected);
        for (key, _) in chosen {
            let error = load(&[(key, "purple")]).expect_err("refused");
            assert!(error.to_string().starts_with(key), "{error}");
        }
    }

    #[test]
    fn an_issuer_needs_its_keys_and_its_pools() {
        let issuer = ("confluent_sts_issuer", "https://idp.example");
        let keys = (
            "confluent_sts_keys",
            r#"{"keys":[{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8"}]}"#,
        );
        let pools = ("confluent_sts_pools", "pool-a=KEY");
        let error = load(&[issuer, pools]).expect_err("refused");
        assert!(error.to_string().starts_with("confluent_sts_keys: "));
        let error = load(&[issuer, keys]).expect_err("refused");
        assert!(error.to_string().starts_with("confluent_sts_pools: "));
        let secret = load(&[issuer, pools, ("confluent_sts_keys", "{\"k\":\"tell\"}")]);
        assert!(!secret.expect_err("refused").to_string().contains("tell"));
        let config = load(&[issuer, keys, pools]).expect("it is usable");
        let issuer = config.settings.confluent.issuer.expect("an issuer");
        assert_eq!(issuer.name, "https://idp.example");
    }

    #[test]
    fn a_derived_public_address_names_the_port_that_port_0_became() {
        let bound: SocketAddr = "0.0.0.0:4711".parse().expect("an address");
        let derived = load(&[("listen", "0.0.0.0:0")]).expect("it is complete");
        let derived = derived.bound_to(bound);
        assert_eq!(derived.settings.public_url, "http://localhost:4711");
        assert_eq!(derived.listen, bound);
        let given = [
            ("listen", "0.0.0.0:0"),
            ("public_url", "https://in.example"),
        ];
        let given = load(&given).expect("it is complete").bound_to(bound);
        assert_eq!(given.settings.public_url, "https://in.example");
    }

    #[test]
    fn sec_s22_a_server_that_mails_by_smtp_refuses_to_start_without_its_public_address() {
        let mail = ("mail", "smtp://mail.example:25");
        let error = load(&[mail]).expect_err("refused");
        insta::assert_snapshot!(error, @r"
        public_url: a value is needed, because mail is sent by SMTP
          expected: an address beginning with http:// or https://
        ");
        let config = load(&[mail, ("public_url", "https://in.example/")]);
        let settings = config.expect("it is complete").settings;
        assert_eq!(settings.public_url, "https://in.example");
    }

    #[test]
    fn a_public_address_that_no_link_can_begin_with_is_refused_by_its_name() {
        for address in ["https://", "ftp://x.example", "x.example"] {
            let error = load(&[("public_url", address)]).expect_err("refused");
            assert!(error.to_string().starts_with("public_url: "), "{error}");
        }
    }
}
