//! The registry's pages against the schemas, `registry/<persona>/examples` and `…/templates`.

use std::path::{Path, PathBuf};

use tfplugin::Provider as _;
use tfplugin::docs::Generator;
use vestibule_provider::{Environment, Persona, Provider};

/// What a persona's pages are made of.
fn sources(persona: Persona) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("registry")
        .join(persona.name())
}

/// Where a persona's pages are.
fn pages(persona: Persona) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/registry")
        .join(persona.name())
}

fn provider(persona: Persona) -> Provider {
    Provider::new(persona, Environment::new(|_| None))
}

const fn title(persona: Persona) -> &'static str {
    match persona {
        Persona::Vestibule => "Vestibule",
        Persona::Confluent => "Confluent (Vestibule)",
        Persona::MongodbAtlas => "MongoDB Atlas (Vestibule)",
    }
}

/// Run with `VESTIBULE_UPDATE_REGISTRY=1` to write the pages anew.
#[test]
fn the_committed_pages_are_current() {
    for persona in Persona::ALL {
        let provider = provider(persona);
        let made = Generator::new(&provider, sources(persona))
            .title(title(persona))
            .pages()
            .unwrap();
        let place = pages(persona);
        if std::env::var_os("VESTIBULE_UPDATE_REGISTRY").is_some() {
            made.write(&place).unwrap();
        }
        assert_eq!(
            made.differences(&place).unwrap(),
            [""; 0],
            "docs/registry/{} is out of date: run scripts/generate",
            persona.name()
        );
    }
}

#[test]
fn everything_has_an_example_and_every_resource_says_how_to_import_it() {
    for persona in Persona::ALL {
        let provider = provider(persona);
        let mut wanted = vec!["provider/provider.tf".to_owned()];
        for resource in provider.resources() {
            for file in ["resource.tf", "import.sh"] {
                wanted.push(format!("resources/{}/{file}", resource.type_name()));
            }
        }
        for source in provider.data_sources() {
            wanted.push(format!(
                "data-sources/{}/data-source.tf",
                source.type_name()
            ));
        }
        for one in provider.ephemeral_resources() {
            let name = one.type_name();
            wanted.push(format!("ephemeral-resources/{name}/ephemeral-resource.tf"));
        }
        for one in provider.list_resources() {
            let name = one.type_name();
            wanted.push(format!("list-resources/{name}/list-resource.tfquery.hcl"));
        }
        for one in provider.actions() {
            wanted.push(format!("actions/{}/action.tf", one.type_name()));
        }
        for one in provider.functions() {
            wanted.push(format!("functions/{}/function.tf", one.name()));
        }
        let examples = sources(persona).join("examples");
        wanted.retain(|file| !examples.join(file).is_file());
        assert_eq!(wanted, [""; 0], "{persona:?}");
    }
}
