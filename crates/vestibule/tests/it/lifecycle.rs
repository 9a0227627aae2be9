//! The seeds' examples under real Terraform, from the first plan to the last destroy.

use serde_json::json;

use crate::server::{Server, interrupt, pause};
use crate::terraform::{Loading, Workspace, available};

const SEEDS: &str = r#"
resource "confluent_invitation" "main" {
  email = "Ada.Lovelace@Acme.Example"
}

resource "confluent_invitation" "main2" {
  email     = "bob@acme.example"
  auth_type = "AUTH_TYPE_LOCAL"
}

resource "mongodbatlas_org_invitation" "test0" {
  username = "Carol@Acme.Example"
  org_id   = var.org_id
  roles    = ["ORG_OWNER"]
}

resource "mongodbatlas_org_invitation" "test0_two_roles" {
  username = "dave@acme.example"
  org_id   = var.org_id
  roles    = ["ORG_MEMBER", "ORG_BILLING_ADMIN"]
}

resource "mongodbatlas_org_invitation" "test1" {
  username  = "erin@acme.example"
  org_id    = var.org_id
  teams_ids = [var.team_0, var.team_1]
  roles     = ["ORG_MEMBER"]
}
"#;

fn teams(server: &Server) -> String {
    let mut code = String::new();
    for (n, name) in ["Engineering", "Support"].iter().enumerate() {
        let made = server.call("POST", &server.path("teams"), Some(&json!({"name": name})));
        let id = made["id"].as_str().unwrap();
        let hex = vestibule_core::Id::<vestibule_core::team::Team>::from_native(id)
            .unwrap()
            .to_hex();
        code += &format!("variable \"team_{n}\" {{ default = \"{hex}\" }}\n");
    }
    code
}

/// Runs a scenario with each way of loading the provider.
fn each_loading(scenario: impl Fn(Loading)) {
    if !available() {
        return;
    }
    for loading in [Loading::DevOverrides, Loading::Mirror, Loading::Reattach] {
        println!("{loading:?}");
        scenario(loading);
    }
}

/// Creates, plans, accepts, loses a member and destroys, as the seeds document it.
fn the_seeds_live_their_life(loading: Loading) {
    if !available() {
        return;
    }
    let server = Server::start();
    let workspace = Workspace::new(loading, &server);
    workspace.write("teams.tf", &teams(&server));
    workspace.write("main.tf", SEEDS);
    let said = workspace.apply();
    assert!(said.contains("Resources: 5 added"), "{said}");
    workspace.assert_no_changes();

    let ada = workspace.state_of("confluent_invitation.main");
    assert_eq!(
        ada["email"], "Ada.Lovelace@Acme.Example",
        "the spelling stays"
    );
    assert_eq!(ada["auth_type"], "AUTH_TYPE_LOCAL");
    assert_eq!(ada["status"], "INVITE_STATUS_SENT");
    assert!(ada["id"].as_str().unwrap().starts_with("i-"));
    assert!(ada["user"][0]["id"].as_str().unwrap().starts_with("u-"));
    assert!(ada["creator"][0]["id"].as_str().unwrap().starts_with("u-"));
    let erin = workspace.state_of("mongodbatlas_org_invitation.test1");
    assert_eq!(erin["teams_ids"].as_array().unwrap().len(), 2);
    assert_eq!(erin["invitation_id"].as_str().unwrap().len(), 24);

    // An accepted Atlas invitation leaves the state; its block would create it again, and so must
    // leave the code. An accepted Confluent invitation stays and says so.
    server.accept("carol@acme.example");
    server.accept("ada.lovelace@acme.example");
    let planned = workspace.planned();
    assert_eq!(
        planned,
        [(
            "mongodbatlas_org_invitation.test0".to_owned(),
            "create".to_owned()
        )]
    );
    workspace.must("apply", &["-refresh-only", "-auto-approve", "-input=false"]);
    assert!(
        workspace
            .state_of("mongodbatlas_org_invitation.test0")
            .is_null()
    );
    let ada = workspace.state_of("confluent_invitation.main");
    assert_eq!(ada["status"], "INVITE_STATUS_ACCEPTED");
    assert!(!ada["accepted_at"].is_null());

    // Whoever left the organization is invited again, if the code still says so.
    server.leave("carol@acme.example");
    assert!(workspace.apply().contains("Resources: 1 added"));
    workspace.assert_no_changes();
    let states: Vec<_> = server
        .invitations_to("carol@acme.example")
        .iter()
        .map(|invitation| invitation["state"].as_str().unwrap().to_owned())
        .collect();
    assert!(states.contains(&"sent".to_owned()), "{states:?}");

    // An accepted Confluent invitation cannot be destroyed, and the error says what to do.
    let refused = workspace.must_fail("destroy", &["-auto-approve", "-input=false"]);
    assert!(refused.contains("allow_deletion"), "{refused}");
    let forgiving = SEEDS.replace(
        "email = \"Ada.Lovelace@Acme.Example\"",
        "email = \"Ada.Lovelace@Acme.Example\"\n  allow_deletion = true",
    );
    workspace.write("main.tf", &forgiving);
    workspace.apply();
    workspace.destroy();
    assert!(workspace.state_of("confluent_invitation.main").is_null());
    let (left, _) = server
        .request("GET", &server.path("members"), None)
        .unwrap();
    assert_eq!(left, 200);
}

#[test]
fn the_seeds_live_their_life_through_dev_overrides() {
    the_seeds_live_their_life(Loading::DevOverrides);
}

#[test]
fn the_seeds_live_their_life_through_the_mirror() {
    the_seeds_live_their_life(Loading::Mirror);
}

#[test]
fn the_seeds_live_their_life_through_reattach() {
    the_seeds_live_their_life(Loading::Reattach);
}

#[test]
fn roles_and_teams_are_updated_in_place() {
    each_loading(|loading| {
        let server = Server::start();
        let workspace = Workspace::new(loading, &server);
        workspace.write("teams.tf", &teams(&server));
        let code = |roles: &str, teams: &str| {
            format!(
                "resource \"mongodbatlas_org_invitation\" \"a\" {{\n  username = \"a@acme.example\"\n  \
             org_id = var.org_id\n  roles = [{roles}]\n  teams_ids = [{teams}]\n}}\n"
            )
        };
        workspace.write("main.tf", &code("\"ORG_MEMBER\"", "var.team_0, var.team_1"));
        workspace.apply();
        let before = workspace.state_of("mongodbatlas_org_invitation.a");
        workspace.write(
            "main.tf",
            &code("\"ORG_READ_ONLY\", \"ORG_MEMBER\"", "var.team_1"),
        );
        assert_eq!(
            workspace.planned(),
            [(
                "mongodbatlas_org_invitation.a".to_owned(),
                "update".to_owned()
            )]
        );
        workspace.apply();
        workspace.assert_no_changes();
        let after = workspace.state_of("mongodbatlas_org_invitation.a");
        assert_eq!(after["invitation_id"], before["invitation_id"]);
        let invitation = &server.invitations_to("a@acme.example")[0];
        assert_eq!(invitation["roles"], json!(["read_only", "member"]));
        assert_eq!(invitation["teams"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn a_changed_address_replaces_and_prevent_destroy_forbids_it() {
    each_loading(|loading| {
        let server = Server::start();
        let workspace = Workspace::new(loading, &server);
        let code = |email: &str, lifecycle: &str| {
            format!(
                "resource \"confluent_invitation\" \"a\" {{\n  email = {email:?}\n  {lifecycle}\n}}\n"
            )
        };
        let protected = "lifecycle { prevent_destroy = true }";
        workspace.write("main.tf", &code("a@acme.example", protected));
        workspace.apply();
        workspace.write("main.tf", &code("b@acme.example", protected));
        assert!(
            workspace
                .must_fail("plan", &["-input=false"])
                .contains("prevent_destroy")
        );
        workspace.write("main.tf", &code("b@acme.example", ""));
        assert_eq!(
            workspace.planned(),
            [(
                "confluent_invitation.a".to_owned(),
                "delete+create".to_owned()
            )]
        );
        workspace.apply();
        workspace.assert_no_changes();
        assert_eq!(
            server.invitations_to("a@acme.example")[0]["state"],
            "deactivated"
        );
        assert_eq!(server.invitations_to("b@acme.example")[0]["state"], "sent");
    });
}

#[test]
fn a_changed_username_replaces() {
    each_loading(|loading| {
        let server = Server::start();
        let workspace = Workspace::new(loading, &server);
        let code = |username: &str| {
            format!(
                "resource \"mongodbatlas_org_invitation\" \"a\" {{\n  username = {username:?}\n  \
             org_id = var.org_id\n  roles = [\"ORG_MEMBER\"]\n}}\n"
            )
        };
        workspace.write("main.tf", &code("a@acme.example"));
        workspace.apply();
        workspace.write("main.tf", &code("b@acme.example"));
        assert_eq!(
            workspace.planned(),
            [(
                "mongodbatlas_org_invitation.a".to_owned(),
                "delete+create".to_owned()
            )]
        );
        workspace.apply();
        workspace.assert_no_changes();
        assert_ne!(server.invitations_to("a@acme.example")[0]["state"], "sent");
        assert_eq!(server.invitations_to("b@acme.example")[0]["state"], "sent");
    });
}

#[test]
fn invitations_are_imported() {
    each_loading(|loading| {
        let server = Server::start();
        let workspace = Workspace::new(loading, &server);
        let made = Workspace::new(loading, &server);
        let code = "resource \"confluent_invitation\" \"a\" {\n  email = \"Ann@acme.example\"\n}\n\
                resource \"mongodbatlas_org_invitation\" \"b\" {\n  username = \"bea@acme.example\"\n  \
                org_id = var.org_id\n  roles = [\"ORG_MEMBER\"]\n}\n";
        made.write("main.tf", code);
        made.apply();
        workspace.write("main.tf", code);
        let id = made.state_of("confluent_invitation.a")["id"]
            .as_str()
            .unwrap()
            .to_owned();
        workspace.must("import", &["-input=false", "confluent_invitation.a", &id]);
        let atlas = format!("{}-BEA@acme.example", server.organization_hex());
        workspace.must(
            "import",
            &["-input=false", "mongodbatlas_org_invitation.b", &atlas],
        );
        workspace.assert_no_changes();
        let missing = workspace.must_fail(
            "import",
            &["-input=false", "confluent_invitation.c", "i-nothing"],
        );
        assert!(!missing.contains("panic"), "{missing}");
    });
}

#[test]
fn unknown_values_in_the_configuration_are_planned() {
    each_loading(|loading| {
        let server = Server::start();
        let workspace = Workspace::new(loading, &server);
        workspace.write(
            "main.tf",
            r#"
resource "terraform_data" "name" {
  input = "gil"
}

resource "confluent_invitation" "a" {
  email     = "${terraform_data.name.output}@acme.example"
  auth_type = terraform_data.name.output == "gil" ? "AUTH_TYPE_LOCAL" : null
}

resource "mongodbatlas_org_invitation" "b" {
  username = "b-${terraform_data.name.output}@acme.example"
  org_id   = var.org_id
  roles    = terraform_data.name.output == "gil" ? ["ORG_MEMBER"] : ["ORG_READ_ONLY"]
}
"#,
        );
        workspace.must("plan", &["-input=false"]);
        assert!(workspace.apply().contains("Resources: 3 added"));
        workspace.assert_no_changes();
    });
}

#[test]
fn known_bad_values_are_refused_at_plan_time() {
    each_loading(|loading| {
        let server = Server::start();
        let workspace = Workspace::new(loading, &server);
        let invitation =
            |body: &str| format!("resource \"confluent_invitation\" \"a\" {{\n{body}\n}}\n");
        let bad = [
        (invitation("  email = \"\""), "email"),
        (invitation("  email = \"nobody\""), "email"),
        (
            invitation("  email = \"a@b.example\"\n  auth_type = \"AUTH_TYPE_MAGIC\""),
            "auth_type",
        ),
        (
            "resource \"mongodbatlas_org_invitation\" \"a\" {\n  username = \"a@b.example\"\n  \
             org_id = \"short\"\n  roles = [\"ORG_MEMBER\"]\n}\n"
                .to_owned(),
            "org_id",
        ),
        (
            "resource \"mongodbatlas_org_invitation\" \"a\" {\n  username = \"a@b.example\"\n  \
             org_id = var.org_id\n  roles = []\n}\n"
                .to_owned(),
            "roles",
        ),
    ];
        for (code, attribute) in bad {
            workspace.write("main.tf", &code);
            let refused = workspace.must_fail("plan", &["-input=false"]);
            assert!(
                refused.contains(&format!("  {attribute} ")) || refused.contains(attribute),
                "{refused}"
            );
            assert!(
                refused.contains("on main.tf line"),
                "the error shows the place:\n{refused}"
            );
        }
    });
}

#[test]
fn an_interrupt_during_apply_loses_nothing() {
    each_loading(|loading| {
        let server = Server::start();
        let workspace = Workspace::new(loading, &server);
        workspace.write(
        "main.tf",
        "resource \"confluent_invitation\" \"many\" {\n  count = 150\n  email = \"many${count.index}@acme.example\"\n}\n",
    );
        let mut command = workspace.command(
            "apply",
            &["-auto-approve", "-input=false", "-parallelism=1"],
        );
        // Into a file: a pipe that nobody reads would fill up and stop Terraform.
        let output = std::fs::File::create(workspace.path("words")).unwrap();
        let mut apply = command
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap();
        let existing = || {
            let all = server.call("GET", &server.path("invitations?limit=200"), None);
            all["data"].as_array().unwrap().len()
        };
        // As soon as the first one exists, Terraform is interrupted as Ctrl-C would.
        while existing() == 0 && apply.try_wait().unwrap().is_none() {
            pause(5);
        }
        interrupt(&apply);
        let ended = apply.wait().unwrap();
        let exists = existing();
        let words = std::fs::read_to_string(workspace.path("words")).unwrap();
        assert!(words.contains("Interrupt received"), "{words}");
        assert!(!ended.success(), "{words}");
        assert!((1..150).contains(&exists), "{exists} exist:\n{words}");
        let listed = workspace.must("state", &["list"]);
        let known = listed
            .lines()
            .filter(|line| line.starts_with("confluent_invitation.many"))
            .count();
        assert_eq!(
            known, exists,
            "every invitation made is in the state:\n{words}"
        );
        workspace.apply();
        workspace.assert_no_changes();
    });
}
