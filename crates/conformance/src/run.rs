//! Runs sequences against a server.
//!
//! Owns what is sent by default, what is skipped, and what follows from a step that failed.

use std::collections::BTreeSet;

use reqwest::{Method, Url};

use crate::compare::{Compared, Difference, compare, compare_text, disorder};
use crate::credential::Credential;
use crate::exchange::{Answer, Exchange, Sent, random_hex};
use crate::json::Json;
use crate::report::{Outcome, Ran, RanStep, Report};
use crate::suite::{Dialect, Expect, Form, Sequence, Step};
use crate::variables::Variables;

/// What the golden files call the server's testing controls.
pub const TESTING: &str = "testing";

/// A server, and what is known about it.
#[derive(Clone, Debug)]
pub struct Target {
    /// Which API it speaks.
    pub dialect: Dialect,
    /// Where its paths begin, without a slash at the end.
    pub base_url: String,
    /// Credentials, ids and what else golden files name.
    pub variables: Variables,
    /// Whether it has Vestibule's testing controls, and whether they may be used.
    pub testing: bool,
}

/// Why nothing was run.
#[derive(Debug, thiserror::Error)]
pub enum CannotRun {
    /// The address is none.
    #[error("{0:?} is no address of a server: http:// or https://, and a host")]
    Address(String),
    /// There is no client, or no randomness.
    #[error("cannot run: {0}")]
    Client(String),
}

/// Runs these sequences one after the other.
///
/// # Errors
/// If nothing can be run at all; what fails is in the report.
pub async fn run(target: &Target, sequences: &[Sequence]) -> Result<Report, CannotRun> {
    let base = target.base_url.trim_end_matches('/').to_owned();
    let url = address(&base)?;
    let client = |text: String| CannotRun::Client(text);
    let exchange = Exchange::new(&url).map_err(|error| client(error.to_string()))?;
    let run = random_hex().map_err(client)?;
    let mut report = Report {
        dialect: target.dialect.name(),
        base_url: base.clone(),
        run: run.clone(),
        passed: 0,
        failed: 0,
        skipped: 0,
        sequences: Vec::new(),
    };
    for (number, sequence) in sequences.iter().enumerate() {
        let mut variables = target.variables.clone();
        variables.set("base", base.clone());
        // Each file has addresses and names of its own, so that files do not meet.
        variables.set("run", format!("{run}{number}"));
        variables.offer("domain", Some("example.com"));
        // A secret that opens nothing.
        let key = variables.find("key").unwrap_or("unknown").to_owned();
        variables.set("wrong", key);
        variables.set("wrong_secret", run.clone());
        let mut running = Running {
            target,
            exchange: &exchange,
            sequence,
            variables,
            skipped: BTreeSet::new(),
        };
        report.add(running.all().await);
    }
    Ok(report)
}

/// Reads the address of a server.
///
/// # Errors
/// [`CannotRun::Address`] if nothing can be sent there.
pub fn address(text: &str) -> Result<Url, CannotRun> {
    let url = Url::parse(text).ok().filter(|url| {
        let is_http = ["http", "https"].contains(&url.scheme());
        is_http && url.has_host()
    });
    url.ok_or_else(|| CannotRun::Address(text.to_owned()))
}

struct Running<'a> {
    target: &'a Target,
    exchange: &'a Exchange,
    sequence: &'a Sequence,
    variables: Variables,
    /// What steps that were skipped would have captured.
    skipped: BTreeSet<String>,
}

impl Running<'_> {
    async fn all(&mut self) -> Ran {
        let mut steps = Vec::new();
        for step in &self.sequence.steps {
            let outcome = self.step(step).await;
            if matches!(outcome, Outcome::Skipped { .. }) {
                self.skipped.extend(step.gives());
            }
            let send = self.variables.fill(&step.send);
            steps.push(RanStep {
                name: step.name.clone(),
                request: send.unwrap_or_else(|_unknown| step.send.clone()),
                outcome,
            });
        }
        for step in &self.sequence.cleanup {
            if self.missing(step).is_none() {
                drop(self.answer(step).await);
            }
        }
        Ran {
            name: self.sequence.name.clone(),
            title: self.sequence.title.clone(),
            steps,
        }
    }

    async fn step(&mut self, step: &Step) -> Outcome {
        if let Some(outcome) = self.missing(step) {
            return outcome;
        }
        let failed = |differences, answer| Outcome::Failed {
            differences,
            answer,
        };
        let answer = match self.answer(step).await {
            Ok(answer) => answer,
            Err(text) => return failed(vec![text], String::new()),
        };
        let Some(expect) = &step.expect else {
            return Outcome::Passed;
        };
        let differences = self.differences(step, expect, &answer);
        if differences.is_empty() {
            return Outcome::Passed;
        }
        let differences = differences.iter().map(ToString::to_string).collect();
        failed(differences, format!("{} {}", answer.status, answer.body))
    }

    /// Why a step is not sent.
    fn missing(&self, step: &Step) -> Option<Outcome> {
        let needs = self.sequence.needs.iter().chain(&step.needs);
        for need in needs {
            let reason = if need == TESTING {
                (!self.target.testing)
                    .then(|| "needs Vestibule's testing controls (--testing)".to_owned())
            } else {
                let is_known = self.variables.find(need).is_some();
                (!is_known).then(|| format!("needs {need}, which is not given"))
            };
            if let Some(reason) = reason {
                return Some(Outcome::Skipped { reason });
            }
        }
        let used = step.uses();
        let missing = used
            .iter()
            .find(|name| self.variables.find(name).is_none())?;
        if self.skipped.contains(missing) {
            let reason = format!("needs {missing} of a step that was skipped");
            return Some(Outcome::Skipped { reason });
        }
        let reason = format!("{missing} has no value");
        Some(Outcome::Blocked { reason })
    }

    async fn answer(&self, step: &Step) -> Result<Answer, String> {
        let no_value = |name: String| format!("{name} has no value");
        let credential = Credential::parse(
            step.credential.as_deref(),
            self.target.dialect,
            &self.variables,
        );
        let credential = credential.map_err(no_value)?;
        let sent = self.sent(step)?;
        self.exchange.send(&sent, &credential).await
    }

    fn sent(&self, step: &Step) -> Result<Sent, String> {
        let fill = |text: &str| {
            let filled = self.variables.fill(text);
            filled.map_err(|name| format!("{name} has no value"))
        };
        let send = fill(&step.send)?;
        let (method, path) = send.split_once(' ').ok_or("no method and path")?;
        let method = Method::from_bytes(method.as_bytes()).map_err(|error| error.to_string())?;
        let url = format!("{}{path}", fill("${base}")?);
        let url = Url::parse(&url).map_err(|error| error.to_string())?;
        let mut body = step
            .body
            .as_deref()
            .map(fill)
            .transpose()?
            .unwrap_or_default();
        let media = self.media_type(step, path);
        let mut headers = vec![("accept".to_owned(), media.clone())];
        if let Some(form) = &step.form {
            let mut encoded = Url::parse("form:").map_err(|error| error.to_string())?;
            for (name, value) in form {
                encoded.query_pairs_mut().append_pair(name, &fill(value)?);
            }
            body = encoded.query().unwrap_or_default().to_owned();
            let form = "application/x-www-form-urlencoded".to_owned();
            headers.push(("content-type".to_owned(), form));
        } else if !body.is_empty() {
            headers.push(("content-type".to_owned(), media));
        }
        for (name, value) in &step.headers {
            let name = name.to_ascii_lowercase();
            headers.retain(|(known, _)| *known != name);
            let value = fill(value)?;
            if !value.is_empty() {
                headers.push((name, value));
            }
        }
        Ok(Sent {
            method,
            url,
            headers,
            body,
        })
    }

    /// What the vendor's clients accept and send: JSON, of Atlas with the date of a version.
    fn media_type(&self, step: &Step, path: &str) -> String {
        let version = step.version.as_ref().or(self.sequence.version.as_ref());
        match version {
            Some(date) if path.starts_with("/api/atlas/v2") => {
                format!("application/vnd.atlas.{date}+json")
            }
            _ => "application/json".to_owned(),
        }
    }

    /// What is not as expected; keeps what the golden answer gives names to.
    fn differences(&mut self, step: &Step, expect: &Expect, answer: &Answer) -> Vec<Difference> {
        let mut found = Vec::new();
        if expect.status != answer.status {
            let text = format!("expected {}, got {}", expect.status, answer.status);
            found.push(difference("status", text));
            // Another status has another body; the report shows it whole.
            return found;
        }
        match &expect.body {
            Some(golden) => {
                let json = self.body(golden, expect.form, &answer.body, &mut found);
                // The order is the vendor's; Vestibule's own paths have another.
                if let Some(json) = json
                    && self.sequence.alphabetical
                    && step.send.contains(" /api/")
                {
                    disorder("$", &json, &mut found);
                }
            }
            None if answer.body.is_empty() => {}
            None => found.push(difference("body", "expected none".to_owned())),
        }
        for (name, golden) in &expect.headers {
            let path = format!("header {name}");
            let actual = answer.headers.get(&name.to_ascii_lowercase());
            match (golden.as_str(), actual) {
                ("<absent>", None) => {}
                ("<absent>", Some(actual)) => {
                    found.push(difference(&path, format!("unexpected: {actual}")));
                }
                (golden, None) => {
                    found.push(difference(&path, format!("expected {golden}, is missing")));
                }
                (golden, Some(actual)) => {
                    let compared = compare_text(&path, golden, actual, &self.variables);
                    self.keep(compared, &mut found);
                }
            }
        }
        found
    }

    /// The answer's JSON, compared; `None` if it has none, which is a difference.
    fn body(
        &mut self,
        golden: &str,
        form: Option<Form>,
        actual: &str,
        found: &mut Vec<Difference>,
    ) -> Option<Json> {
        let (golden, json) = match (Json::parse(golden), Json::parse(actual)) {
            (Ok(golden), Ok(actual)) => (golden, actual),
            (_, Err(error)) => {
                found.push(difference("body", format!("no JSON: {error}")));
                return None;
            }
            (Err(error), Ok(_)) => {
                let text = format!("the golden file is wrong: {error}");
                found.push(difference("body", text));
                return None;
            }
        };
        let compared = compare(&golden, &json, &self.variables);
        self.keep(compared, found);
        let is_so = match form {
            None => true,
            Some(Form::Compact) => actual == json.to_string(),
            Some(Form::Pretty) => actual.trim_end().lines().count() > 1,
        };
        if !is_so {
            found.push(difference("body", format!("is not written as {form:?}")));
        }
        Some(json)
    }

    fn keep(&mut self, compared: Compared, found: &mut Vec<Difference>) {
        for (name, value) in compared.captures {
            self.variables.set(&name, value);
        }
        found.extend(compared.differences);
    }
}

fn difference(path: &str, text: String) -> Difference {
    let path = path.to_owned();
    Difference { path, text }
}
