//! Persona `vestibule` in front of the server itself, whose clock stands still.

use std::sync::Arc;

use tfplugin::harness::complete;
use tfplugin::{Context, DataSource, Diagnostics, Object, Private, Provider as _, Value};
use vestibule_provider::{Environment, Persona, Provider};
use vestibule_testkit::app::TestApp;

use crate::terraform::{Terraform, configured, summaries};

/// A server, and a provider with its first owner's key.
pub(crate) struct Home {
    pub(crate) app: TestApp,
    pub(crate) provider: Provider,
}

impl Home {
    pub(crate) async fn new() -> Self {
        Self::of(TestApp::new().await).await
    }

    pub(crate) async fn of(app: TestApp) -> Self {
        let block = Object::new()
            .with("endpoint", app.listen().await)
            .with("token", &app.owner_key.secret);
        let (provider, diagnostics) =
            configured(Persona::Vestibule, Environment::new(|_| None), block).await;
        assert_eq!(summaries(&diagnostics), "");
        Self { app, provider }
    }

    /// A resource of this type, not yet created.
    pub(crate) fn resource(&self, type_name: &str) -> Terraform {
        Terraform::new(&self.provider, type_name)
    }

    pub(crate) fn organization(&self) -> String {
        self.app.organization.to_native()
    }

    pub(crate) fn source(&self, type_name: &str) -> Arc<dyn DataSource> {
        let mut sources = self.provider.data_sources().into_iter();
        sources.find(|one| one.type_name() == type_name).unwrap()
    }

    pub(crate) async fn read(
        &self,
        type_name: &str,
        config: Object,
    ) -> Result<Object, Diagnostics> {
        let source = self.source(type_name);
        let config = complete(&source.schema(), config).unwrap();
        let cx = Context::new(Object::new(), Private::new());
        source.read(&cx, config).await
    }

    /// A team of this name; its id.
    pub(crate) async fn team(&self, name: &str) -> String {
        let mut team = self.resource("vestibule_team");
        team.apply(&Object::new().with("name", name)).await.unwrap();
        team.text("id")
    }

    pub(crate) fn days_pass(&self, days: i64) {
        self.app.clock.advance_seconds(days * 86_400);
    }
}

/// The texts of a set, in order.
pub(crate) fn texts(object: &Object, name: &str) -> Vec<String> {
    let mut texts: Vec<String> = object
        .get(name)
        .as_slice()
        .unwrap()
        .iter()
        .map(|value: &Value| value.as_str().unwrap().to_owned())
        .collect();
    texts.sort();
    texts
}
