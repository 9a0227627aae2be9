//! `vestibule terraform package`: this platform's share of a release, as the provider registry
//! wants it: one archive, one list of checksums and one manifest for each provider.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use vestibule_server::distribution::Archive;

use super::Provider;
use crate::{output, plugins};

/// Flags of `package`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which provider [default: all three]
    #[arg(value_enum)]
    providers: Vec<Provider>,
    /// Where to write
    #[arg(long, value_name = "DIRECTORY", default_value = "dist")]
    directory: PathBuf,
}

/// The registry's description of a release: which protocol it speaks.
const MANIFEST: &str =
    "{\n  \"version\": 1,\n  \"metadata\": {\n    \"protocol_versions\": [\"6.0\"]\n  }\n}\n";

/// Writes the files. Checksums of other platforms' archives that are in the list already stay, so
/// that each platform's build adds its own.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let distribution = plugins::distribution()?;
    let wanted = |name: &str| {
        args.providers.is_empty() || args.providers.iter().any(|given| given.name() == name)
    };
    for name in distribution.names().filter(|name| wanted(name)) {
        let directory = args.directory.join(format!("terraform-provider-{name}"));
        fs::create_dir_all(&directory)
            .with_context(|| format!("cannot make {}", directory.display()))?;
        output::progress(&format!("Packing {name} …"));
        let archive = distribution
            .pack(name, &directory)
            .with_context(|| format!("cannot pack {name}"))?;
        let stem = format!("terraform-provider-{name}_{}", plugins::VERSION);
        let manifest = format!("{stem}_manifest.json");
        write(&directory.join(&manifest), MANIFEST)?;
        let sums = directory.join(format!("{stem}_SHA256SUMS"));
        let known = fs::read_to_string(&sums).unwrap_or_default();
        write(&sums, &checksums(&known, &archive, &manifest))?;
        for path in [&archive.path, &directory.join(&manifest), &sums] {
            output::data(&path.display().to_string())?;
        }
    }
    output::talk(
        "\nThe registry also wants each list of checksums signed: gpg --detach-sign …_SHA256SUMS",
    );
    Ok(())
}

fn write(path: &std::path::Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// The list of checksums with these two files, in the form of `sha256sum`, sorted by file name.
fn checksums(known: &str, archive: &Archive, manifest: &str) -> String {
    let mut sums: std::collections::BTreeMap<&str, &str> = known
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(sum, file)| (file, sum))
        .collect();
    let of_manifest = vestibule_server::distribution::sha256(MANIFEST.as_bytes());
    sums.insert(&archive.file_name, &archive.sha256);
    sums.insert(manifest, &of_manifest);
    sums.iter()
        .map(|(file, sum)| format!("{sum}  {file}\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platforms_checksums_are_added_to_the_others() {
        let archive = Archive {
            file_name: "terraform-provider-x_1.0.0_linux_arm64.zip".to_owned(),
            path: PathBuf::new(),
            length: 1,
            sha256: "bb".repeat(32),
            contents_hash: String::new(),
        };
        let known = format!(
            "{}  terraform-provider-x_1.0.0_linux_amd64.zip\n{}  terraform-provider-x_1.0.0_linux_arm64.zip\n",
            "aa".repeat(32),
            "00".repeat(32)
        );
        let manifest = "terraform-provider-x_1.0.0_manifest.json";
        let shortened: String = checksums(&known, &archive, manifest)
            .lines()
            .map(|line| format!("{}…{}\n", line.split_at(2).0, line.split_at(64).1))
            .collect();
        insta::assert_snapshot!(shortened, @"
        aa…  terraform-provider-x_1.0.0_linux_amd64.zip
        bb…  terraform-provider-x_1.0.0_linux_arm64.zip
        f8…  terraform-provider-x_1.0.0_manifest.json
        ");
    }
}
