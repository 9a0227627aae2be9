//! The provider block of persona `vestibule`.
//!
//! Owns how one endpoint and one token serve all APIs: a Vestibule server answers for each of them
//! at the same address. Where a section names an address of its own, the token does not go there.

use tfplugin::{Attr, Attribute, Context, Diagnostic, Diagnostics, Nesting, Object, Path, Schema};
use vestibule_client::atlas::{Atlas, Credentials as AtlasCredentials};
use vestibule_client::confluent::{Confluent, Credentials as ConfluentCredentials};
use vestibule_client::native::Native;
use vestibule_client::{Secret, Settings};

use crate::argument::{combined, in_block};
use crate::atlas::{self, BaseUrl, SignIn};
use crate::confluent;
use crate::connection::Status;
use crate::environment::{AWS_SETTINGS, Environment, VESTIBULE_ENDPOINT, VESTIBULE_TOKEN};
use crate::failure::failed;
use crate::persona::Persona;
use crate::user_agent::user_agent;

const UNUSABLE: &str = "The provider block cannot be used";

/// The provider block of persona `vestibule`.
pub(crate) fn schema() -> Schema {
    let string = |text: &str| Attribute::string().optional().markdown(text);
    Schema::new()
        .description("Invitations of a Vestibule server, Confluent Cloud and MongoDB Atlas.")
        .attribute(
            "endpoint",
            string("The address of a Vestibule server. Environment: `VESTIBULE_ENDPOINT`."),
        )
        .attribute(
            "token",
            string(
                "A native key of that server, as `vestibule key create` makes one. Environment: \
                 `VESTIBULE_TOKEN`.",
            )
            .sensitive(),
        )
        .attribute(
            "confluent",
            Attribute::nested(
                Nesting::Single,
                [(
                    "endpoint",
                    string("The address of the API; `endpoint` if left out."),
                )]
                .into_iter()
                .chain(confluent::credential_arguments()),
            )
            .optional()
            .description("How to reach the Confluent API; needed for confluent_ types only."),
        )
        .attribute(
            "atlas",
            Attribute::nested(
                Nesting::Single,
                [
                    (
                        "base_url",
                        string("The address of the API; `endpoint` if left out."),
                    ),
                    ("public_key", string("The public half of an API key.")),
                    (
                        "private_key",
                        string("The private half of an API key.").sensitive(),
                    ),
                    ("client_id", string("The id of a service account.")),
                    (
                        "client_secret",
                        string("The secret of a service account.").sensitive(),
                    ),
                    (
                        "access_token",
                        string("A ready-made access token.").sensitive(),
                    ),
                    (
                        "assume_role",
                        Attribute::nested(Nesting::Single, [("role_arn", string(atlas::ROLE_ARN))])
                            .optional()
                            .description(atlas::ASSUME_ROLE),
                    ),
                ]
                .into_iter()
                .chain(atlas::secret_arguments()),
            )
            .optional()
            .description("How to reach the Atlas API; needed for mongodbatlas_ types only."),
        )
}

/// What configuring leads to, API by API.
pub(crate) struct Statuses {
    pub(crate) confluent: Status<Confluent>,
    pub(crate) atlas: Status<Atlas>,
    pub(crate) native: Status<Native>,
}

/// Takes the provider block of persona `vestibule`. An API that is not set up only matters to its
/// own types.
///
/// # Errors
/// Diagnostics about incomplete or unusable arguments.
pub(crate) async fn configure(
    cx: &Context,
    config: &Object,
    environment: &Environment,
) -> Result<Statuses, Diagnostics> {
    let server = Server {
        cx,
        endpoint: combined(config, "endpoint", environment, VESTIBULE_ENDPOINT)?,
        token: combined(config, "token", environment, VESTIBULE_TOKEN)?,
        environment,
    };
    let statuses = Statuses {
        confluent: server.confluent(config)?,
        atlas: server.atlas(config).await?,
        native: server.native()?,
    };
    if matches!(
        (&statuses.confluent, &statuses.atlas, &statuses.native),
        (Status::Missing(_), Status::Missing(_), Status::Missing(_))
    ) {
        return Err(no_credentials(&server));
    }
    Ok(statuses)
}

/// The Vestibule server, as far as the block and the environment name one.
struct Server<'a> {
    cx: &'a Context,
    endpoint: Attr<String>,
    token: Attr<String>,
    environment: &'a Environment,
}

/// Where the requests of one API go.
enum Route {
    /// To the address in the API's own section.
    Section(String),
    /// To the Vestibule server.
    Server(String),
    /// To the vendor's cloud.
    Cloud,
}

impl Server<'_> {
    fn confluent(&self, config: &Object) -> Result<Status<Confluent>, Diagnostics> {
        let prefix = Path::root("confluent");
        let Some(section) = section(config, "confluent")? else {
            return Ok(Status::Unknown);
        };
        let Some(route) = self.route(in_block(&section, "endpoint")?) else {
            return Ok(Status::Unknown);
        };
        let variables = self.variables(&route);
        let mut warnings = Diagnostics::new();
        let own = confluent::credentials(&section, &variables, &prefix, &mut warnings);
        for warning in warnings {
            self.cx.diagnostic(warning);
        }
        let own = tolerant(own, &section)?;
        let credentials = match self.sign_in(&route, own, ConfluentCredentials::Bearer) {
            Attr::Known(credentials) => credentials,
            Attr::Unknown => return Ok(Status::Unknown),
            Attr::Null => return Ok(Status::Missing(missing("confluent"))),
        };
        let (base_url, path) = match route {
            Route::Section(address) => (address, prefix.attribute("endpoint")),
            Route::Server(address) => (address, Path::root("endpoint")),
            Route::Cloud => (confluent::DEFAULT_BASE_URL.to_owned(), prefix),
        };
        let client = Confluent::new(&base_url, &credentials, self.settings())
            .map_err(|error| failed(UNUSABLE, &error).at(path))?;
        Ok(Status::Ready(client))
    }

    async fn atlas(&self, config: &Object) -> Result<Status<Atlas>, Diagnostics> {
        let prefix = Path::root("atlas");
        let Some(section) = section(config, "atlas")? else {
            return Ok(Status::Unknown);
        };
        let Some(route) = self.route(in_block(&section, "base_url")?) else {
            return Ok(Status::Unknown);
        };
        let variables = self.variables(&route);
        let own = atlas::sign_in(self.cx, &section, &variables, &prefix, self.settings()).await;
        let own = tolerant(own, &section)?;
        let bearer = |token| SignIn {
            credentials: AtlasCredentials::AccessToken(token),
            secret: None,
        };
        let SignIn {
            credentials,
            secret,
        } = match self.sign_in(&route, own, bearer) {
            Attr::Known(sign_in) => sign_in,
            Attr::Unknown => return Ok(Status::Unknown),
            Attr::Null => return Ok(Status::Missing(missing("atlas"))),
        };
        let (base_url, path) = match route {
            Route::Section(address) => (BaseUrl::of(address), prefix.attribute("base_url")),
            Route::Server(address) => (BaseUrl::unless_said(address), Path::root("endpoint")),
            Route::Cloud => (BaseUrl::of_environment(&variables)?, prefix),
        };
        let warn = |warning| self.cx.diagnostic(warning);
        let base_url = base_url.choose(secret.as_ref(), warn);
        let path = secret
            .and_then(|secret| secret.address_at())
            .unwrap_or(path);
        let client = Atlas::new(&base_url, &credentials, self.settings())
            .map_err(|error| failed(UNUSABLE, &error).at(path))?;
        Ok(Status::Ready(client))
    }

    /// Our own API has no section: it is what `endpoint` and `token` are for.
    fn native(&self) -> Result<Status<Native>, Diagnostics> {
        let (endpoint, token) = match (&self.endpoint, &self.token) {
            (Attr::Known(endpoint), Attr::Known(token)) => (endpoint, token),
            (Attr::Null, _) | (_, Attr::Null) => return Ok(Status::Missing(no_server())),
            (Attr::Unknown, _) | (_, Attr::Unknown) => return Ok(Status::Unknown),
        };
        let token = Secret::new(token.clone());
        let client = Native::new(endpoint, Some(&token), self.settings())
            .map_err(|error| failed(UNUSABLE, &error).at("endpoint"))?;
        Ok(Status::Ready(client))
    }

    /// Where requests go; `None` while that is unknown.
    fn route(&self, own_address: Attr<String>) -> Option<Route> {
        match (own_address, &self.endpoint) {
            (Attr::Known(address), _) => Some(Route::Section(address)),
            (Attr::Null, Attr::Known(endpoint)) => Some(Route::Server(endpoint.clone())),
            (Attr::Null, Attr::Null) => Some(Route::Cloud),
            (Attr::Unknown, _) | (Attr::Null, Attr::Unknown) => None,
        }
    }

    /// The variables that count: credentials that are lying about for a vendor's cloud must not be
    /// sent to another server. How AWS is asked is said to AWS alone.
    fn variables(&self, route: &Route) -> Environment {
        match route {
            Route::Server(_) => self.environment.only(AWS_SETTINGS),
            Route::Section(_) | Route::Cloud => self.environment.clone(),
        }
    }

    /// The section's own credentials, or the server's token, which goes nowhere else.
    fn sign_in<C>(&self, route: &Route, own: Attr<C>, bearer: fn(Secret) -> C) -> Attr<C> {
        match (own, route) {
            (Attr::Null, Route::Server(_)) => {
                self.token.clone().map(|token| bearer(Secret::new(token)))
            }
            (own, _) => own,
        }
    }

    fn settings(&self) -> Settings {
        Settings::new(user_agent(
            Persona::Vestibule,
            self.environment,
            None,
            self.cx.terraform_version(),
        ))
    }
}

/// A section, empty if it is left out; `None` if it is unknown.
fn section(config: &Object, name: &str) -> Result<Option<Object>, Diagnostics> {
    Ok(match config.object(name)? {
        Attr::Known(section) => Some(section.clone()),
        Attr::Null => Some(Object::new()),
        Attr::Unknown => None,
    })
}

/// Half a pair of stray variables is no error for an API that the block does not even mention.
fn tolerant<C>(
    found: Result<Attr<C>, Diagnostics>,
    section: &Object,
) -> Result<Attr<C>, Diagnostics> {
    found.or_else(|incomplete| {
        if section.is_empty() {
            Ok(Attr::Null)
        } else {
            Err(incomplete)
        }
    })
}

fn no_credentials(server: &Server<'_>) -> Diagnostics {
    let argument = if server.endpoint.is_null() {
        "endpoint"
    } else {
        "token"
    };
    Diagnostic::error("There are no credentials")
        .detail(
            "Set endpoint and token of a Vestibule server in the provider block, or the environment \
             variables VESTIBULE_ENDPOINT and VESTIBULE_TOKEN. For the vendors' clouds, set \
             credentials in confluent = { … } or atlas = { … }.",
        )
        .at(argument)
        .into()
}

fn no_server() -> Diagnostic {
    Diagnostic::error("The provider is not set up for this type").detail(
        "The vestibule_ types need endpoint and token of a Vestibule server in the provider block, \
         or the environment variables VESTIBULE_ENDPOINT and VESTIBULE_TOKEN.",
    )
}

fn missing(section: &str) -> Diagnostic {
    Diagnostic::error("The provider is not set up for this type").detail(format!(
        "It needs endpoint and token of a Vestibule server in the provider block (or the \
         environment variables VESTIBULE_ENDPOINT and VESTIBULE_TOKEN), or credentials of its own \
         in {section} = {{ … }}."
    ))
}
