//! `vestibule terraform import`: brings what an organization has under Terraform. Reads it through
//! the API that the provider uses and writes one `import` block and one resource for each thing.
//!
//! Owns what is done with the text. Changes nothing anywhere: Terraform imports when it applies what
//! is written.

mod own;
mod vendors;

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::snippet::Resource;
use crate::output;

/// Flags and subcommands of `import`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    of: Of,
    /// The file to write; it must not exist yet [default: standard output]
    #[arg(long, global = true, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What to write for.
#[derive(Debug, clap::Subcommand)]
enum Of {
    /// All `vestibule_` types, for an organization of a Vestibule server
    Vestibule(own::Args),
    /// `confluent_invitation`, for the organization of a Cloud API key
    Confluent(vendors::ConfluentArgs),
    /// `mongodbatlas_org_invitation`, for an organization of Atlas
    Mongodbatlas(vendors::AtlasArgs),
}

/// What was written, how many resources that are, and what was not.
#[derive(Debug, Default)]
struct Written {
    text: String,
    count: usize,
    /// What there is beside, and why it was left out.
    left_out: Vec<String>,
}

impl Written {
    fn push(&mut self, resource: &Resource) {
        if self.count > 0 {
            self.text.push('\n');
        }
        self.text.push_str(&resource.text());
        self.count += 1;
    }
}

/// Does what an `import` command says.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let written = match args.of {
        Of::Vestibule(of) => own::of_server(of).await?,
        Of::Confluent(of) => vendors::of_confluent(of).await?,
        Of::Mongodbatlas(of) => vendors::of_atlas(of).await?,
    };
    let count = written.count;
    if !written.left_out.is_empty() {
        output::talk(&format!("Left out: {}.", written.left_out.join(", ")));
    }
    if count == 0 {
        output::talk("There is nothing to import.");
        return Ok(());
    }
    match args.output {
        None => {
            output::data(written.text.trim_end())?;
            output::talk(&format!(
                "\n{count} to import. Write this into a .tf file; `terraform plan` shows what comes of it."
            ));
        }
        Some(path) => {
            save(&path, &written.text)?;
            output::talk(&format!(
                "{count} to import are in {}; `terraform plan` shows what comes of it.",
                path.display()
            ));
        }
    }
    Ok(())
}

/// Writes a new file. What is there already may have been edited since.
fn save(path: &Path, text: &str) -> anyhow::Result<()> {
    let file = File::create_new(path);
    if let Err(error) = &file
        && error.kind() == ErrorKind::AlreadyExists
    {
        anyhow::bail!(
            "{} exists already\nhint: remove it, or name another file with --output",
            path.display()
        );
    }
    file.and_then(|mut file| {
        let written = file.write_all(text.as_bytes());
        // Half a file would be in the way of the next try.
        written.inspect_err(|_| drop(fs::remove_file(path)))
    })
    .with_context(|| format!("{} cannot be written", path.display()))
}
