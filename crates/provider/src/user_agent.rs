//! The `User-Agent` of all requests.

use crate::environment::{APPENDED_USER_AGENT, Environment};
use crate::persona::Persona;

/// Program, version and persona, then what Terraform and the user want appended.
pub(crate) fn user_agent(
    persona: Persona,
    environment: &Environment,
    suffix: Option<&str>,
) -> String {
    let mut text = format!(
        "terraform-provider-{}/{} (Vestibule)",
        persona.name(),
        env!("CARGO_PKG_VERSION")
    );
    let appended = environment.first(APPENDED_USER_AGENT);
    for addition in [appended.as_deref(), suffix].into_iter().flatten() {
        text.push(' ');
        text.push_str(addition.trim());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terraform_and_the_user_may_append_to_it() {
        let environment = Environment::of([("TF_APPEND_USER_AGENT", "ci/7 ")]);
        let text = user_agent(Persona::Confluent, &environment, Some("team-a"));
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            text,
            format!("terraform-provider-confluent/{version} (Vestibule) ci/7 team-a")
        );
    }
}
