//! Terraform's part, played in process: refresh, validate, plan, apply, check the result.

use std::sync::Arc;

use tfplugin::check::apply_compatible;
use tfplugin::harness::{Plan, complete, plan, validate};
use tfplugin::{
    Context, Diagnostics, Object, Private, Provider as _, ReadOutcome, Resource, Severity,
};
use vestibule_provider::{Environment, Persona, Provider};

/// A provider that took this block; the diagnostics of configuring with it.
pub(crate) async fn configured(
    persona: Persona,
    environment: Environment,
    block: Object,
) -> (Provider, Diagnostics) {
    let provider = Provider::new(persona, environment);
    let diagnostics = configure(&provider, block).await;
    (provider, diagnostics)
}

pub(crate) async fn configure(provider: &Provider, block: Object) -> Diagnostics {
    let block = complete(&provider.schema(), block).unwrap();
    let cx = Context::new(Object::new(), Private::new());
    let result = provider.configure(&cx, block).await;
    let mut diagnostics = cx.diagnostics();
    if let Err(errors) = result {
        diagnostics.extend(errors);
    }
    diagnostics
}

/// One resource in a configuration, and its state.
pub(crate) struct Terraform {
    pub(crate) resource: Arc<dyn Resource>,
    pub(crate) state: Option<Object>,
}

impl Terraform {
    pub(crate) fn new(provider: &Provider, type_name: &str) -> Self {
        let resource = provider
            .resources()
            .into_iter()
            .find(|resource| resource.type_name() == type_name)
            .expect("a resource type of the persona");
        Self {
            resource,
            state: None,
        }
    }

    pub(crate) fn state(&self) -> &Object {
        self.state.as_ref().expect("a state")
    }

    /// A text of the state; "null" if it is null.
    pub(crate) fn text(&self, name: &str) -> String {
        let value = self.state().get(name);
        value
            .as_str()
            .map_or_else(|| value.kind().to_owned(), str::to_owned)
    }

    pub(crate) fn validate(&self, config: &Object) -> Diagnostics {
        validate(&*self.resource, config).unwrap()
    }

    /// Plans against the state as it is, without a refresh. The plan obeys Terraform's rules.
    pub(crate) fn plan(&self, config: &Object) -> Plan {
        let plan = plan(&*self.resource, self.state.as_ref(), config).unwrap();
        if !plan.diagnostics.has_errors() {
            assert_eq!(plan.faults, [], "Terraform would refuse this plan");
        }
        plan
    }

    /// Whether a refresh and a plan end in "No changes".
    pub(crate) async fn is_up_to_date(&mut self, config: &Object) -> bool {
        self.refresh().await.unwrap();
        self.state
            .as_ref()
            .is_some_and(|state| self.plan(config).changes_nothing(state))
    }

    pub(crate) async fn refresh(&mut self) -> Result<Diagnostics, Diagnostics> {
        let Some(state) = self.state.clone() else {
            return Ok(Diagnostics::new());
        };
        let cx = Context::new(Object::new(), Private::new());
        match self.resource.read(&cx, state).await? {
            ReadOutcome::Gone => self.state = None,
            ReadOutcome::Keep(state) => self.state = Some(self.complete(state)),
        }
        Ok(cx.diagnostics())
    }

    /// Validates, plans and carries out, without a refresh. A plan's errors are returned; so are
    /// those of the operation, after the state that it left was taken over.
    pub(crate) async fn apply(&mut self, config: &Object) -> Result<Diagnostics, Diagnostics> {
        let problems = self.validate(config);
        assert!(!problems.has_errors(), "{problems:?}");
        let mut plan = self.plan(config);
        if plan.diagnostics.has_errors() {
            return Err(plan.diagnostics);
        }
        let mut diagnostics = Diagnostics::new();
        if !plan.replaces.is_empty() {
            diagnostics.extend(self.destroy().await?);
            plan = self.plan(config);
        }
        if self
            .state
            .as_ref()
            .is_some_and(|prior| plan.changes_nothing(prior))
        {
            return Ok(diagnostics);
        }
        let config = complete(&self.resource.schema(), config.clone()).unwrap();
        let cx = Context::new(config, Private::new());
        let planned = plan.state.clone();
        let result = match self.state.clone() {
            None => self.resource.create(&cx, plan.state).await,
            Some(prior) => self.resource.update(&cx, prior, plan.state).await,
        };
        diagnostics.extend(cx.diagnostics());
        match result {
            Ok(state) => {
                let state = self.complete(state);
                assert_eq!(apply_compatible(&planned, &state), []);
                assert!(
                    state.iter().all(|(_, value)| value.is_wholly_known()),
                    "{state:?}"
                );
                self.state = Some(state);
                Ok(diagnostics)
            }
            Err(errors) => {
                if let Some(checkpoint) = cx.last_checkpoint() {
                    self.state = Some(self.complete(checkpoint));
                }
                Err(errors)
            }
        }
    }

    pub(crate) async fn destroy(&mut self) -> Result<Diagnostics, Diagnostics> {
        let Some(state) = self.state.clone() else {
            return Ok(Diagnostics::new());
        };
        let cx = Context::new(Object::new(), Private::new());
        self.resource.delete(&cx, state).await?;
        self.state = None;
        Ok(cx.diagnostics())
    }

    /// Imports and reads, as Terraform does.
    pub(crate) async fn import(&mut self, id: &str) -> Result<Diagnostics, Diagnostics> {
        let cx = Context::new(Object::new(), Private::new());
        let imported = self.resource.import(&cx, id).await?;
        self.state = Some(self.complete(imported));
        self.refresh().await
    }

    fn complete(&self, state: Object) -> Object {
        complete(&self.resource.schema(), state).unwrap()
    }
}

/// Diagnostics as lines: severity, summary, attribute.
pub(crate) fn summaries(diagnostics: &Diagnostics) -> String {
    let lines: Vec<String> = diagnostics
        .iter()
        .map(|one| {
            let severity = match one.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let at = one
                .path
                .as_ref()
                .map(|path| format!(" at {path}"))
                .unwrap_or_default();
            format!("{severity}: {}{at}", one.summary)
        })
        .collect();
    lines.join("\n")
}

/// The details of all diagnostics.
pub(crate) fn details(diagnostics: &Diagnostics) -> String {
    diagnostics
        .iter()
        .map(|one| one.detail.as_str())
        .collect::<Vec<_>>()
        .join("\n---\n")
}
