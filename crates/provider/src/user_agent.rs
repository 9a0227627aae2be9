//! The `User-Agent` of all requests.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tfplugin::{Context, Value};

use crate::environment::{APPENDED_USER_AGENT, Environment};
use crate::persona::Persona;

/// Program, version and persona, Terraform's version, then what environment and user want appended.
pub(crate) fn user_agent(
    persona: Persona,
    environment: &Environment,
    suffix: Option<&str>,
    terraform_version: Option<&str>,
) -> String {
    let mut text = format!(
        "terraform-provider-{}/{} (Vestibule)",
        persona.name(),
        env!("CARGO_PKG_VERSION")
    );
    if let Some(version) = terraform_version {
        text.push_str(&format!(" Terraform/{version}"));
    }
    let appended = environment.first(APPENDED_USER_AGENT);
    for addition in [appended.as_deref(), suffix].into_iter().flatten() {
        text.push(' ');
        text.push_str(addition.trim());
    }
    text
}

/// What a request is for: type and operation, and what the module says about itself
/// (`provider_meta`). As the vendor's Atlas provider words it, in the order of the keys.
pub(crate) fn purpose(cx: &Context) -> String {
    let mut parts: BTreeMap<&str, Cow<'_, str>> = BTreeMap::new();
    if let Some(call) = cx.call() {
        let prefix_and_name = call.type_name.split_once('_');
        let name = prefix_and_name.map_or(call.type_name.as_str(), |(_, name)| name);
        let name = if call.is_data {
            format!("data.{name}").into()
        } else {
            name.into()
        };
        parts.insert("Name", name);
        parts.insert("Operation", call.operation.into());
    }
    if let Some(meta) = cx.meta() {
        for (attribute, key) in [
            ("module_name", "ModuleName"),
            ("module_version", "ModuleVersion"),
        ] {
            let text = meta.get(attribute).as_str();
            parts.extend(text.map(|text| (key, text.into())));
        }
        if let Value::Map(extra) = meta.get("user_agent_extra") {
            let texts = extra
                .iter()
                .filter_map(|(key, value)| Some((key.as_str(), value.as_str()?.into())));
            parts.extend(texts);
        }
    }
    let is_plain = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let parts: Vec<String> = parts
        .iter()
        .filter(|(key, text)| is_plain(key) && is_plain(text))
        .map(|(key, text)| format!("{key}/{text}"))
        .collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use tfplugin::{Call, Object, Private};

    use super::*;

    #[test]
    fn terraform_and_the_user_may_append_to_it() {
        let environment = Environment::of([("TF_APPEND_USER_AGENT", "ci/7 ")]);
        let suffix = Some("team-a");
        let text = user_agent(Persona::Confluent, &environment, suffix, Some("1.11.4"));
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            text,
            format!(
                "terraform-provider-confluent/{version} (Vestibule) Terraform/1.11.4 ci/7 team-a"
            )
        );
    }

    fn context(type_name: &str, is_data: bool) -> Context {
        let call = Call {
            type_name: type_name.to_owned(),
            is_data,
            operation: "read",
        };
        Context::new(Object::new(), Private::new()).with_call(call)
    }

    #[test]
    fn a_request_says_what_it_is_for() {
        let of = |type_name, is_data| purpose(&context(type_name, is_data));
        assert_eq!(
            of("mongodbatlas_org_invitation", false),
            "Name/org_invitation Operation/read"
        );
        assert_eq!(
            of("mongodbatlas_team", true),
            "Name/data.team Operation/read"
        );
        assert_eq!(purpose(&Context::default()), "");
    }

    #[test]
    fn a_module_says_its_name_and_more_in_the_order_of_the_keys() {
        let extra = Value::Map(
            [
                ("Edition".to_owned(), "x".into()),
                ("Bad".to_owned(), "\n".into()),
            ]
            .into(),
        );
        let meta = Object::new()
            .with("module_name", "cluster")
            .with("module_version", "1.2.3")
            .with("user_agent_extra", extra);
        let cx = context("mongodbatlas_team", false).with_meta(Some(meta));
        assert_eq!(
            purpose(&cx),
            "Edition/x ModuleName/cluster ModuleVersion/1.2.3 Name/team Operation/read"
        );
    }
}
