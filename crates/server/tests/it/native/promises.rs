//! Promises of roles in projects: whose they are, and who may take them back.

use axum::http::Method;
use vestibule_core::role::Role;

use super::projects::project;
use super::{Api, code, json, shown, text};

#[tokio::test]
async fn what_a_projects_owner_promised_only_owners_of_it_take_back() {
    let api = Api::new().await;
    let payments = project(&api, "Payments").await;
    let search = project(&api, "Search").await;
    let admin = api.member_key("adm@x.example", Role::UserAdmin).await;
    let made = api
        .send_as(
            &admin,
            Method::POST,
            "/invitations",
            r#"{"email":"ann@x.example"}"#,
        )
        .await;
    let path = format!("/invitations/{}", text(&made, "/id"));
    let places = |all: &[(&str, &str)]| {
        let one = |(project, role): &(&str, &str)| {
            format!(r#"{{"project":"{project}","roles":["{role}"]}}"#)
        };
        let all: Vec<String> = all.iter().map(one).collect();
        format!(r#"{{"project_roles":[{}]}}"#, all.join(","))
    };
    let both = places(&[(&payments, "owner"), (&search, "read_only")]);
    let promised = json(&api.patch(&path, &both).await)["project_roles"].clone();

    let refused = api
        .send_as(&admin, Method::PATCH, &path, r#"{"project_roles":[]}"#)
        .await;
    insta::assert_snapshot!(shown(&refused), @r#"
    403 Forbidden
    {"type":"about:blank","title":"Forbidden","status":403,"detail":"what somebody has in the project prj_1 is changed by an owner of it or of the organization","code":"not_project_owner","errors":[{"pointer":"/project_roles","detail":"what somebody has in the project prj_1 is changed by an owner of it or of the organization"}],"hint":"name what is there for this project as it is, or leave project_roles out"}
    "#);
    for changed in [
        places(&[(&payments, "owner")]),
        places(&[(&payments, "read_only"), (&search, "read_only")]),
    ] {
        let refused = api.send_as(&admin, Method::PATCH, &path, &changed).await;
        assert_eq!(code(&refused), "403 not_project_owner", "{changed}");
    }
    let kept = api.get(&path).await;
    assert_eq!(json(&kept)["project_roles"], promised);
    // What stays as it is, and what is not named, was never the question.
    for same in [both, r#"{"roles":["read_only"]}"#.to_owned()] {
        let changed = api.send_as(&admin, Method::PATCH, &path, &same).await;
        assert_eq!(
            json(&changed)["project_roles"],
            promised,
            "{}",
            changed.body
        );
    }
    // Nobody owns a project that is gone; what was promised in it can be dropped.
    api.delete(&format!("/projects/{search}")).await;
    let rest = places(&[(&payments, "owner")]);
    let changed = api.send_as(&admin, Method::PATCH, &path, &rest).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let revoke = format!("{path}/revoke");
    let withdrawn = api.send_as(&admin, Method::POST, &revoke, "").await;
    assert_eq!(
        withdrawn.status, 200,
        "the whole of it is the inviters' business"
    );
}
