//! `vestibule terraform install`: the providers in the directory that Terraform and OpenTofu search
//! by themselves, so that `init` finds them without a registry and without a configuration file.

use std::path::PathBuf;

use anyhow::Context;

use super::{Provider, snippet};
use crate::{output, plugins, process};

/// Flags of `install`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which provider [default: all three]
    #[arg(value_enum)]
    providers: Vec<Provider>,
    /// The plugin directory [default: ~/.terraform.d/plugins]
    #[arg(long, value_name = "DIRECTORY")]
    directory: Option<PathBuf>,
}

/// Copies this executable there, and says how to use it.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let directory = match &args.directory {
        Some(directory) => directory.clone(),
        None => process::home()
            .context(
                "there is no home directory to install into\nhint: name a plugin directory with \
                 --directory",
            )?
            .join(".terraform.d/plugins"),
    };
    let all = [
        Provider::Vestibule,
        Provider::Confluent,
        Provider::Mongodbatlas,
    ];
    let wanted = |one: &Provider| args.providers.is_empty() || args.providers.contains(one);
    let names: Vec<&str> = all.into_iter().filter(wanted).map(Provider::name).collect();
    for path in plugins::copy_into(&directory, &names)? {
        output::data(&path.display().to_string())?;
    }
    output::talk(&format!(
        "\nTerraform and OpenTofu find them here by themselves{}. In your configuration:\n",
        if args.directory.is_some() {
            ", if this is one of their plugin directories or a `filesystem_mirror` of theirs"
        } else {
            ", unless a CLI configuration file of yours has a `provider_installation` block"
        }
    ));
    output::talk(&snippet::required_providers(&names));
    output::talk("Then `terraform init -upgrade`.");
    Ok(())
}
