//! Functions, ephemeral resources, write-only arguments and identity under real Terraform.

use crate::support::Workspace;

const KEY: &str = r#"
provider "keyring" { directory = "DATA" }
ephemeral "keyring_lease" "a" { name = "a" }
resource "keyring_key" "a" {
  name   = provider::keyring::slug("  A Key! ")
  secret = ephemeral.keyring_lease.a.token
}
output "path" { value = provider::keyring::path("keys", keyring_key.a.name, "x") }
"#;

#[test]
fn an_ephemeral_value_reaches_a_write_only_argument_and_nothing_else() {
    let workspace = Workspace::new("keyring");
    workspace.configure(KEY);
    workspace.run(&["plan", "-no-color", "-out=plan"]);
    let plan = workspace.run(&["show", "-json", "plan"]);
    let applied = workspace.apply();
    assert!(applied.contains(r#"path = "keys/a-key/x""#), "{applied}");
    let secret = std::fs::read_to_string(workspace.data().join("a-key")).unwrap();
    assert!(secret.starts_with("token-"), "{secret}");
    let state = workspace.run(&["state", "pull"]);
    for text in [&plan, &applied, &state] {
        assert!(!text.contains("token-"), "{text}");
    }
    let (values, _) = workspace.state("keyring_key.a").unwrap();
    assert_eq!(values["bytes"], secret.len());
    assert_eq!(values["secret"], serde_json::Value::Null);
    // Closed, by the same process or another.
    assert!(!workspace.data().join("a.lease").exists());
    assert_eq!(workspace.planned(), "");
    workspace.run(&["destroy", "-auto-approve"]);
    assert_eq!(std::fs::read_dir(workspace.data()).unwrap().count(), 0);
}

#[test]
fn a_function_that_fails_shows_the_argument_to_blame() {
    let workspace = Workspace::new("keyring");
    workspace.configure(r#"output "slug" { value = provider::keyring::slug("?!") }"#);
    let ended = workspace.terraform(&["plan", "-no-color"]);
    assert_eq!(ended.code, 1);
    assert!(
        ended
            .stderr
            .contains("Invalid value for \"text\" parameter: there is no letter or digit"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_terraform_that_knows_no_identities_lists_and_actions_is_not_bothered() {
    let workspace = Workspace::new("keyring");
    workspace.configure(KEY);
    workspace.apply();
    let json = workspace.run(&["providers", "schema", "-json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let schemas = &json["provider_schemas"]["example.com/acme/keyring"];
    assert!(schemas["functions"]["slug"].is_object(), "{schemas}");
    assert!(schemas["ephemeral_resource_schemas"]["keyring_lease"].is_object());
    let plain = r#"
provider "keyring" { directory = "DATA" }
resource "keyring_key" "a" { name = "a-key" }
"#;
    workspace.configure(plain);
    workspace.run(&["state", "rm", "keyring_key.a"]);
    workspace.run(&["import", "keyring_key.a", "a-key"]);
    assert_eq!(workspace.planned(), "");
}

#[test]
fn a_configuration_is_generated_for_what_exists() {
    let workspace = Workspace::new("keyring");
    std::fs::write(workspace.data().join("b"), "12345").unwrap();
    let code = |provider: &str| {
        let block = "import {\n  to = keyring_key.b\n  id = \"b\"\n";
        format!("provider \"keyring\" {{ directory = \"DATA\" }}\n{block}{provider}}}\n")
    };
    // Terraform 1.16 looks for hashicorp/keyring where there is no resource yet, and all refuse
    // to be told the provider where there is one.
    workspace.configure(&code("  provider = keyring\n"));
    workspace.run(&["plan", "-no-color", "-generate-config-out=generated.tf"]);
    workspace.configure(&code(""));
    workspace.apply();
    assert_eq!(workspace.planned(), "");
    let (values, _) = workspace.state("keyring_key.b").unwrap();
    assert_eq!(values["bytes"], 5);
}
