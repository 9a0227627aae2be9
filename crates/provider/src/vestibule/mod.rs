//! Persona `vestibule`: our own provider block, with the types of all APIs behind it, and our own
//! types over the native API.

mod action;
mod api_key;
mod data;
mod ephemeral;
mod functions;
mod in_the_way;
mod invitation;
mod invitation_life;
mod listed;
mod lister;
mod member;
mod member_life;
mod organization;
mod project;
mod project_roles;
mod provider;
mod service;
mod spelling;
mod team;
mod values;

use std::sync::Arc;

use tfplugin::{Action, DataSource, EphemeralResource, Function, ListResource, Resource};

use lister::{InOrganization, Kind};
pub(crate) use provider::{configure, schema};
pub(crate) use service::Service;

/// Our own resource types.
pub(crate) fn resources(service: &Service) -> Vec<Arc<dyn Resource>> {
    vec![
        Arc::new(organization::Organization::new(service.clone())),
        Arc::new(team::Team::new(service.clone())),
        Arc::new(project::Project::new(service.clone())),
        Arc::new(invitation::Invitation::new(service.clone())),
        Arc::new(member::Member::new(service.clone())),
        Arc::new(api_key::ApiKey::new(service.clone())),
    ]
}

/// Our own data sources.
pub(crate) fn data_sources(service: &Service) -> Vec<Arc<dyn DataSource>> {
    vec![
        Arc::new(data::Organizations(service.clone())),
        Arc::new(data::Teams(service.clone())),
        Arc::new(data::Projects(service.clone())),
        Arc::new(data::Invitations(service.clone())),
        Arc::new(data::Members(service.clone())),
    ]
}

/// Our own ephemeral resources.
pub(crate) fn ephemeral_resources(service: &Service) -> Vec<Arc<dyn EphemeralResource>> {
    vec![
        Arc::new(ephemeral::AcceptLink(service.clone())),
        Arc::new(ephemeral::RunKey(service.clone())),
    ]
}

/// Our own functions.
pub(crate) fn functions() -> Vec<Arc<dyn Function>> {
    vec![
        Arc::new(functions::AddressKey),
        Arc::new(functions::ConfluentId),
        Arc::new(functions::AtlasId),
        Arc::new(functions::NativeId),
    ]
}

/// Our own types that can be listed.
pub(crate) fn list_resources(service: &Service) -> Vec<Arc<dyn ListResource>> {
    let in_organization = |kind| -> Arc<dyn ListResource> {
        Arc::new(InOrganization {
            service: service.clone(),
            kind,
        })
    };
    vec![
        Arc::new(lister::Organizations(service.clone())),
        in_organization(Kind::Teams),
        in_organization(Kind::Projects),
        in_organization(Kind::Invitations),
        in_organization(Kind::Members),
        in_organization(Kind::ApiKeys),
    ]
}

/// Our own actions.
pub(crate) fn actions(service: &Service) -> Vec<Arc<dyn Action>> {
    vec![Arc::new(action::Resend(service.clone()))]
}
