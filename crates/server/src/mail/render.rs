//! What an invitation's mail says. Owns its two templates; must not know MIME or transports.

use std::collections::HashMap;
use std::sync::OnceLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, context};
use mrml::prelude::render::RenderOptions;
use vestibule_core::project::{Project, ProjectRole};
use vestibule_core::role::{RoleSet, Vocabulary};
use vestibule_core::{EmailAddress, Timestamp};

use super::sender::Sender;
use super::words;
use crate::ops::acceptance::Invited;

const TEXT: &str = include_str!("../../templates/mail/invitation.txt");
const MJML: &str = include_str!("../../templates/mail/invitation.mjml");

/// A mail to one person.
#[derive(Clone, Debug)]
pub struct Mail {
    /// To whom.
    pub to: EmailAddress,
    /// Its subject: one line.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
    /// What names it: the same for each attempt to send it.
    pub message_id: String,
    /// What names it in a directory: free of addresses.
    pub file_stem: String,
}

/// A template is damaged, which a test would have found.
#[derive(Debug, thiserror::Error)]
#[error("the mail could not be rendered")]
pub struct NotRendered(#[source] Box<dyn std::error::Error + Send + Sync>);

impl NotRendered {
    fn new(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self(Box::new(error))
    }
}

/// The templates, read at their first use.
#[derive(Default)]
pub(super) struct Templates(OnceLock<Environment<'static>>);

impl Templates {
    /// The mail of an invitation.
    pub(super) fn render(
        &self,
        invited: &Invited,
        token: &str,
        sender: &Sender,
        now: Timestamp,
    ) -> Result<Mail, NotRendered> {
        let environment = self.environment()?;
        let invitation = &invited.invitation;
        let message = &invitation.message;
        let project = invited.project();
        let project = project.map(|project| words::unlinked_name(&project.name));
        let teams: Vec<_> = invited
            .teams
            .iter()
            .map(|team| words::unlinked_name(&team.name))
            .collect();
        let words = context! {
            organization => words::unlinked_name(&invited.organization.name),
            inviter => words::unlinked_name(&invited.inviter),
            project => project,
            roles => roles(invited),
            teams => teams.join(", "),
            projects => projects(invited),
            message => if message.is_empty() { Vec::new() } else { words::unlinked_lines(message) },
            address => words::name(invitation.email.display()),
            expires_at => invitation.expires_at.to_human(),
            remaining => remaining(invitation.expires_at.seconds_since(now)),
            link => sender.link(token),
            product => words::unlinked_name(&sender.product),
            host => sender.host(),
        };
        let render = |name| {
            let template = environment.get_template(name).map_err(NotRendered::new)?;
            template.render(&words).map_err(NotRendered::new)
        };
        let id = invitation.id.to_native();
        let generation = invitation.generation;
        Ok(Mail {
            to: invitation.email.clone(),
            subject: subject(invited),
            text: render("invitation.txt")?,
            html: render("invitation.html")?,
            message_id: format!("<{id}.{generation}.invitation@{}>", sender.domain()),
            file_stem: format!("{id}.{generation}"),
        })
    }

    fn environment(&self) -> Result<&Environment<'static>, NotRendered> {
        if let Some(known) = self.0.get() {
            return Ok(known);
        }
        let made = environment()?;
        Ok(self.0.get_or_init(|| made))
    }
}

fn subject(invited: &Invited) -> String {
    let inviter = words::name(&invited.inviter);
    let organization = words::name(&invited.organization.name);
    match invited.project() {
        Some(project) => {
            let project = words::name(&project.name);
            format!("{inviter} invites you to join {project} in {organization}")
        }
        None => format!("{inviter} invites you to join {organization}"),
    }
}

/// The roles of an invitation: of one to a project those in it.
fn roles(invited: &Invited) -> String {
    let labels: Vec<String> = match invited.project() {
        Some(project) => {
            let roles = invited.invitation.roles_in(project.id);
            roles.iter().map(|role| role.label()).collect()
        }
        None => {
            let roles = invited.invitation.roles.iter();
            roles.map(|role| role.label()).collect()
        }
    };
    labels.join(", ")
}

/// The projects of an invitation to the organization, each with its roles.
fn projects(invited: &Invited) -> String {
    if invited.project().is_some() {
        return String::new();
    }
    let one = |(project, roles): &(Project, RoleSet<ProjectRole>)| {
        let labels: Vec<_> = roles.iter().map(|role| role.label()).collect();
        let name = words::unlinked_name(&project.name);
        format!("{name} ({})", labels.join(", "))
    };
    let all: Vec<_> = invited.projects.iter().map(one).collect();
    all.join("; ")
}

fn environment() -> Result<Environment<'static>, NotRendered> {
    let parsed = mrml::parse(MJML).map_err(NotRendered::new)?;
    // Its own list would load well-known fonts from their makers, which tells these who reads mail.
    let options = RenderOptions {
        fonts: HashMap::new(),
        ..RenderOptions::default()
    };
    let html = parsed.element.render(&options).map_err(NotRendered::new)?;
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".html") {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    });
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
        .map_err(NotRendered::new)?;
    environment.set_syntax(syntax);
    environment
        .add_template("invitation.txt", TEXT)
        .map_err(NotRendered::new)?;
    environment
        .add_template_owned("invitation.html", html)
        .map_err(NotRendered::new)?;
    Ok(environment)
}

/// A duration as people say it, to the nearest whole unit: `7 days`.
pub(crate) fn remaining(seconds: i64) -> String {
    let rounded = |unit: i64| seconds.saturating_add(unit / 2).div_euclid(unit);
    let (count, unit) = match seconds {
        ..90 => (1, "minute"),
        90..5_400 => (rounded(60), "minute"),
        5_400..129_600 => (rounded(3_600), "hour"),
        129_600.. => (rounded(86_400), "day"),
    };
    if count == 1 {
        format!("1 {unit}")
    } else {
        format!("{count} {unit}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_reads_as_people_say_it() {
        let said: Vec<_> = [
            -5, 61, 600, 5_399, 5_400, 7_200, 129_599, 129_600, 604_799, 2_592_000,
        ]
        .into_iter()
        .map(remaining)
        .collect();
        insta::assert_snapshot!(
            said.join(" · "),
            @"1 minute · 1 minute · 10 minutes · 90 minutes · 2 hours · 2 hours · 36 hours · 2 days · 7 days · 30 days"
        );
    }
}
