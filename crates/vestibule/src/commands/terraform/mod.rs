//! `vestibule terraform`.

mod import;
mod install;
mod package;
mod snippet;

use vestibule_provider::Persona;

/// Subcommands of `terraform`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Put the providers where Terraform and OpenTofu look for them without any configuration
    Install(install::Args),
    /// Write release archives in the layout of the provider registry
    Package(package::Args),
    /// Write `import` blocks and resources for what an organization has
    Import(import::Args),
}

/// Does what a `terraform` command says.
pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Install(args) => install::run(&args),
        Command::Package(args) => package::run(&args),
        Command::Import(args) => import::run(args).await,
    }
}

/// A provider, as the command line names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Provider {
    /// All types in one provider
    Vestibule,
    /// In the place of Confluent's provider
    Confluent,
    /// In the place of MongoDB's provider
    Mongodbatlas,
}

impl Provider {
    const fn name(self) -> &'static str {
        match self {
            Self::Vestibule => Persona::Vestibule.name(),
            Self::Confluent => Persona::Confluent.name(),
            Self::Mongodbatlas => Persona::MongodbAtlas.name(),
        }
    }
}
