//! What a Vestibule server for testing tells about itself, so that nothing has to be typed.

use crate::exchange::{Exchange, Sent};
use crate::json::Json;
use crate::run::address;
use crate::suite::Dialect;
use crate::variables::Variables;

use reqwest::Method;

/// Offers keys and ids of the server's seed: those of its first organization, and a key of another
/// as `other`.
///
/// # Errors
/// Why there are none, as text.
pub async fn discover(
    base_url: &str,
    dialect: Dialect,
    variables: &mut Variables,
) -> Result<(), String> {
    let url = format!("{}/testing/seed", base_url.trim_end_matches('/'));
    let url = address(&url).map_err(|error| error.to_string())?;
    let exchange = Exchange::new(&url).map_err(|error| error.to_string())?;
    let sent = Sent {
        method: Method::GET,
        url,
        headers: Vec::new(),
        body: String::new(),
    };
    let answer = exchange
        .send(&sent, &crate::credential::Credential::Nobody)
        .await?;
    if answer.status != 200 {
        return Err(format!(
            "the server shows no seed: {} {}",
            answer.status, answer.body
        ));
    }
    // What the contracts leave to a server, and Vestibule does.
    variables.offer("vestibule", Some("yes"));
    let seed = Json::parse(&answer.body).map_err(|error| error.to_string())?;
    let organizations = seed.member("organizations").map_or(&[][..], Json::elements);
    if let Some(first) = organizations.first() {
        offer(first, dialect, variables);
    }
    if let Some(second) = organizations.get(1) {
        offer_key(second, dialect.name(), "other", variables);
        variables.offer("other_organization", organization(second, dialect));
    }
    Ok(())
}

fn offer(from: &Json, dialect: Dialect, variables: &mut Variables) {
    variables.offer("organization", organization(from, dialect));
    variables.offer("native_organization", text(from, "id"));
    // A dialect's own kind of key has its name.
    offer_key(from, dialect.name(), "key", variables);
    offer_key(from, "native", "native_id", variables);
    let native = variables.find("native_id_secret").map(str::to_owned);
    variables.offer("native", native.as_deref());
    match dialect {
        // The command line of Confluent signs in with an address and a native key.
        Dialect::Confluent => {
            let holder = key(from, "native").and_then(|key| text(key, "holder"));
            variables.offer("email", holder);
            variables.offer("password", native.as_deref());
        }
        Dialect::Atlas => offer_key(from, "atlas_service_account", "client", variables),
    }
}

fn organization(from: &Json, dialect: Dialect) -> Option<&str> {
    match dialect {
        Dialect::Confluent => text(from, "confluent_id"),
        Dialect::Atlas => text(from, "atlas_id"),
    }
}

fn key<'a>(from: &'a Json, kind: &str) -> Option<&'a Json> {
    let keys = from.member("keys").map_or(&[][..], Json::elements);
    keys.iter().find(|key| text(key, "kind") == Some(kind))
}

/// Offers both halves of a key, or neither if one of another key is there.
fn offer_key(from: &Json, kind: &str, name: &str, variables: &mut Variables) {
    let is_free = variables.find(name).is_none();
    let Some(key) = key(from, kind).filter(|_| is_free) else {
        return;
    };
    variables.offer(name, text(key, "public_id"));
    variables.offer(&format!("{name}_secret"), text(key, "secret"));
}

fn text<'a>(from: &'a Json, member: &str) -> Option<&'a str> {
    from.member(member).and_then(Json::as_text)
}
