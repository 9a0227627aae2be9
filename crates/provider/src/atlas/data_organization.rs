//! The data source `mongodbatlas_organization`: an organization with its settings and everybody in
//! it, which is where migrations to the newer resources find the people to import.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, DataSource, Diagnostic, Diagnostics, Object, Schema, Type, async_trait,
};
use vestibule_client::atlas::{Atlas, OrgUserFilter};
use vestibule_wire::atlas::OrganizationSettings;

use super::cloud_user::{is_current, listed, user_type};
use super::org_invitation::org_id_argument;
use crate::connection::Connection;
use crate::failure::stop;

const CANNOT_READ: &str = "Cannot read the organization";

/// The data source type.
pub(crate) struct OrganizationData {
    connection: Arc<Connection<Atlas>>,
}

impl OrganizationData {
    pub(crate) fn new(connection: Arc<Connection<Atlas>>) -> Self {
        Self { connection }
    }
}

#[async_trait]
impl DataSource for OrganizationData {
    fn type_name(&self) -> &str {
        "mongodbatlas_organization"
    }

    fn schema(&self) -> Schema {
        let schema = Schema::new()
            .description("A MongoDB Atlas organization, with everybody in it.")
            .attribute(
                "id",
                Attribute::string()
                    .optional()
                    .computed()
                    .description("The id in the state: the organization's."),
            )
            .attribute("org_id", org_id_argument())
            .attribute(
                "name",
                Attribute::string().computed().description("Its name."),
            )
            .attribute(
                "security_contact",
                Attribute::string()
                    .computed()
                    .description("The address for questions of security, if there is one."),
            )
            .attribute(
                "links",
                Attribute::list(Type::object([
                    ("href", Type::String),
                    ("rel", Type::String),
                ]))
                .computed()
                .description("Links of the organization, as the API shows them."),
            )
            .attribute(
                "users",
                Attribute::list(user_type())
                    .computed()
                    .description("Members, and people who are invited."),
            );
        FLAGS.into_iter().fold(schema, |schema, (name, text)| {
            schema.attribute(name, Attribute::bool().computed().description(text))
        })
    }

    async fn read(&self, cx: &Context, config: Object) -> Result<Object, Diagnostics> {
        let client = self.connection.client(cx)?;
        let org_id = config.str("org_id")?;
        let found = client.organization(org_id).await;
        let Some(found) = found.map_err(stop(CANNOT_READ))? else {
            return Err(no_organization(org_id));
        };
        let settings = client.organization_settings(org_id).await;
        let Some(settings) = settings.map_err(stop(CANNOT_READ))? else {
            return Err(no_organization(org_id));
        };
        let everybody = OrgUserFilter::default();
        let users = client.list_org_users(org_id, &everybody).await;
        let users: Vec<Object> = users
            .map_err(stop(CANNOT_READ))?
            .iter()
            .filter(|user| is_current(&user.user.org_membership_status))
            .map(listed)
            .collect();
        let links: Vec<Object> = found
            .links
            .iter()
            .map(|link| {
                Object::new()
                    .with("href", &link.href)
                    .with("rel", &link.rel)
            })
            .collect();
        let mut data = config;
        data.set("id", &found.id);
        data.set("name", &found.name);
        data.set("is_deleted", found.is_deleted);
        data.set(
            "skip_default_alerts_settings",
            found.skip_default_alerts_settings,
        );
        fill_settings(&mut data, &settings);
        data.set("links", links);
        data.set("users", users);
        Ok(data)
    }
}

const FLAGS: [(&str, &str); 6] = [
    ("is_deleted", "Whether it is deleted."),
    (
        "skip_default_alerts_settings",
        "Whether new projects come without the vendor's alert settings.",
    ),
    (
        "api_access_list_required",
        "Whether API keys work from listed addresses only.",
    ),
    (
        "gen_ai_features_enabled",
        "Whether the vendor's generative features are on.",
    ),
    (
        "multi_factor_auth_required",
        "Whether members need a second factor.",
    ),
    (
        "restrict_employee_access",
        "Whether the vendor's employees are kept out.",
    ),
];

fn fill_settings(data: &mut Object, settings: &OrganizationSettings) {
    data.set(
        "api_access_list_required",
        settings.api_access_list_required,
    );
    data.set("gen_ai_features_enabled", settings.gen_ai_features_enabled);
    data.set(
        "multi_factor_auth_required",
        settings.multi_factor_auth_required,
    );
    data.set(
        "restrict_employee_access",
        settings.restrict_employee_access,
    );
    data.set("security_contact", settings.security_contact.clone());
}

fn no_organization(org_id: &str) -> Diagnostics {
    Diagnostic::error("There is no such organization")
        .detail(format!(
            "The service knows no organization with the id {org_id:?}, or does not show it to \
             these credentials."
        ))
        .at("org_id")
        .into()
}
