//! The provider that Terraform talks to, as one of the personas.
//!
//! Owns which persona has which types. Making it costs nothing: no file is read and no connection
//! opened, because Terraform starts a provider several times per command.

use std::sync::Arc;

use tfplugin::{
    Action, Context, DataSource, Diagnostics, EphemeralResource, Function, ListResource, Object,
    Provider as TerraformProvider, Resource, Schema, async_trait,
};
use vestibule_client::atlas::Atlas;
use vestibule_client::confluent::Confluent;
use vestibule_client::native::Native;

use crate::connection::Connection;
use crate::environment::Environment;
use crate::persona::Persona;
use crate::{atlas, confluent, vestibule};

/// A provider in one of its personas.
#[derive(Debug)]
pub struct Provider {
    persona: Persona,
    environment: Environment,
    confluent: Arc<Connection<Confluent>>,
    atlas: Arc<Connection<Atlas>>,
    native: Arc<Connection<Native>>,
}

impl Provider {
    /// A provider that reads its variables from `environment` when it is configured.
    #[must_use]
    pub fn new(persona: Persona, environment: Environment) -> Self {
        Self {
            persona,
            environment,
            confluent: Arc::default(),
            atlas: Arc::default(),
            native: Arc::default(),
        }
    }

    fn serves_confluent(&self) -> bool {
        matches!(self.persona, Persona::Confluent | Persona::Vestibule)
    }

    /// Our own types: none in the personas that stand in for a vendor's provider.
    fn own<T>(&self, types: impl Fn(&vestibule::Service) -> Vec<T>) -> Vec<T> {
        if self.persona != Persona::Vestibule {
            return Vec::new();
        }
        types(&vestibule::Service::new(Arc::clone(&self.native)))
    }

    fn serves_atlas(&self) -> bool {
        matches!(self.persona, Persona::MongodbAtlas | Persona::Vestibule)
    }
}

#[async_trait]
impl TerraformProvider for Provider {
    fn name(&self) -> &str {
        self.persona.name()
    }

    fn schema(&self) -> Schema {
        match self.persona {
            Persona::Vestibule => vestibule::schema(),
            Persona::Confluent => confluent::schema(),
            Persona::MongodbAtlas => atlas::schema(),
        }
    }

    fn meta_schema(&self) -> Option<Schema> {
        match self.persona {
            Persona::MongodbAtlas => Some(atlas::meta_schema()),
            Persona::Confluent | Persona::Vestibule => None,
        }
    }

    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        match self.persona {
            Persona::MongodbAtlas => atlas::validate(config, diagnostics),
            Persona::Confluent | Persona::Vestibule => {}
        }
    }

    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        let mut resources: Vec<Arc<dyn Resource>> = Vec::new();
        if self.serves_confluent() {
            // A rule that cannot be read fails configuring, which comes before any plan.
            let rules = confluent::Rules::read(&self.environment).unwrap_or_default();
            let connection = Arc::clone(&self.confluent);
            resources.push(Arc::new(confluent::Invitation::new(connection, rules)));
        }
        if self.serves_atlas() {
            resources.extend(atlas::resources(&self.atlas));
        }
        resources.extend(self.own(vestibule::resources));
        resources
    }

    fn data_sources(&self) -> Vec<Arc<dyn DataSource>> {
        let mut sources: Vec<Arc<dyn DataSource>> = Vec::new();
        if self.serves_confluent() {
            let connection = || Arc::clone(&self.confluent);
            sources.push(Arc::new(confluent::InvitationData::new(connection())));
            sources.push(Arc::new(confluent::UserData::new(connection())));
            sources.push(Arc::new(confluent::UsersData::new(connection())));
        }
        if self.serves_atlas() {
            sources.extend(atlas::data_sources(&self.atlas));
        }
        sources.extend(self.own(vestibule::data_sources));
        sources
    }

    fn ephemeral_resources(&self) -> Vec<Arc<dyn EphemeralResource>> {
        self.own(vestibule::ephemeral_resources)
    }

    fn functions(&self) -> Vec<Arc<dyn Function>> {
        self.own(|_| vestibule::functions())
    }

    fn list_resources(&self) -> Vec<Arc<dyn ListResource>> {
        self.own(vestibule::list_resources)
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        self.own(vestibule::actions)
    }

    async fn configure(&self, cx: &Context, config: Object) -> Result<(), Diagnostics> {
        if self.serves_confluent() {
            confluent::Rules::read(&self.environment)?;
        }
        match self.persona {
            Persona::Confluent => {
                self.confluent
                    .set(confluent::configure(cx, &config, &self.environment)?);
            }
            Persona::MongodbAtlas => {
                self.atlas
                    .set(atlas::configure(cx, &config, &self.environment).await?);
            }
            Persona::Vestibule => {
                let statuses = vestibule::configure(cx, &config, &self.environment).await?;
                self.confluent.set(statuses.confluent);
                self.atlas.set(statuses.atlas);
                self.native.set(statuses.native);
            }
        }
        Ok(())
    }

    /// Gives a service account's token back; it would be good for an hour.
    async fn close(&self) {
        if let Some(client) = self.atlas.configured()
            && let Err(error) = client.revoke_token().await
        {
            tracing::warn!(error = %error, "the service account's token was not given back");
        }
    }
}
