//! What a secret of AWS may hold: credentials, and where they are for.
//!
//! Owns the reading of its JSON. It must not repeat a word of the text, whatever is wrong with it.

use std::fmt::Display;

use serde_json::{Map, Value as Json};
use tfplugin::{Attr, Diagnostic, Path};
use vestibule_client::Secret;

use super::base_url::truth;
use super::credentials::{Fault, Source};

const UNUSABLE: &str = "The secret has no usable credentials";
/// What a secret may hold.
const MEMBERS: &str = "It should be a JSON object with client_id and client_secret, or public_key \
                       and private_key, or access_token.";

/// What a secret holds.
pub(crate) struct SecretText {
    name: String,
    at: Path,
    pub(super) source: Source,
    pub(super) base_url: Option<String>,
    pub(super) is_government: bool,
}

impl SecretText {
    /// Reads the text of the secret `name`, which the argument `at` names. Names of members may be in
    /// any case, as the vendor's provider takes them.
    ///
    /// # Errors
    /// A diagnostic that says what is wrong without a word of the text.
    pub(super) fn parse(text: &Secret, name: &str, at: &Path) -> Result<Self, Diagnostic> {
        let useless = |reason: &dyn Display| {
            Diagnostic::error(UNUSABLE)
                .detail(format!(
                    "The text of the secret {name:?} {reason}. {MEMBERS}"
                ))
                .at(at.clone())
        };
        let json: Json = serde_json::from_str(text.expose()).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            useless(&format!("is not JSON (line {line}, column {column})"))
        })?;
        let Json::Object(members) = json else {
            return Err(useless(&"is JSON, but no object"));
        };
        let text = |name: &str| {
            let not_text = || useless(&format!("has something else than a string as {name}"));
            match member(&members, name) {
                None | Some(Json::Null) => Ok(Attr::Null),
                Some(Json::String(text)) if text.is_empty() => Ok(Attr::Null),
                Some(Json::String(text)) => Ok(Attr::Known(text.clone())),
                Some(_) => Err(not_text()),
            }
        };
        let source = Source::of(text)?;
        if source.is_empty() {
            return Err(useless(&"has no credentials"));
        }
        let is_government = match member(&members, "is_mongodbgov_cloud") {
            None | Some(Json::Null) => Some(false),
            Some(Json::Bool(value)) => Some(*value),
            Some(Json::String(text)) => truth(text),
            Some(_) => None,
        };
        let not_truth = || useless(&"has an is_mongodbgov_cloud that is neither true nor false");
        Ok(Self {
            name: name.to_owned(),
            source,
            base_url: text("base_url")?.known(),
            is_government: is_government.ok_or_else(not_truth)?,
            at: at.clone(),
        })
    }

    /// Where the secret is named, if it says where the API is.
    pub(crate) fn address_at(&self) -> Option<Path> {
        let says = self.is_government || self.base_url.is_some();
        says.then(|| self.at.clone())
    }

    /// Says why its credentials cannot be used.
    pub(super) fn fault(&self, fault: &Fault) -> Diagnostic {
        let name = &self.name;
        let detail = match fault {
            Fault::Incomplete(half) => {
                let (given, missing) = (half.given, half.missing);
                format!("The secret {name:?} has {given}, but no {missing}.")
            }
            Fault::AccountAsKey => format!(
                "The public_key in the secret {name:?} is a service account's id. Its members \
                 should be client_id and client_secret."
            ),
        };
        Diagnostic::error(UNUSABLE)
            .detail(detail)
            .at(self.at.clone())
    }
}

fn member<'a>(members: &'a Map<String, Json>, name: &str) -> Option<&'a Json> {
    let in_any_case = || {
        let mut members = members.iter();
        members.find(|(own, _)| own.eq_ignore_ascii_case(name))
    };
    members
        .get(name)
        .or_else(|| in_any_case().map(|(_, value)| value))
}
