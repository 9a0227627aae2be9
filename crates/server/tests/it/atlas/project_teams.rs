//! Teams on projects: `/groups/{groupId}/teams`, and what their members may do there.

use vestibule_core::role::Role;

use super::groups::code;
use super::*;

impl Cloud {
    /// Puts a team on a project, as its owner.
    pub(super) async fn put_on(&self, group: &str, team: &str, role: &str) {
        let added = self.post_team(group, team, role).await;
        assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    }

    async fn post_team(&self, group: &str, team: &str, role: &str) -> Answer {
        let body = format!(r#"[{{"teamId":"{team}","roleNames":["{role}"]}}]"#);
        self.post(&format!("{group}/teams"), &body).await
    }

    async fn put_into(&self, team: &str, user: Id<vestibule_core::user::User>) -> Answer {
        let body = format!(r#"{{"id":"{}"}}"#, user.to_hex());
        self.post(&format!("/orgs/ORG/teams/{team}:addUser"), &body)
            .await
    }
}

#[tokio::test]
async fn a_team_is_put_on_a_project_given_other_roles_and_taken_off() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    let first = cloud.team("first").await;
    cloud.test.clock.advance_seconds(1);
    let second = cloud.team("second").await;
    let body = format!(
        r#"[{{"roleNames":["GROUP_READ_ONLY","GROUP_OWNER"],"teamId":"{second}"}},{{"roleNames":["GROUP_READ_ONLY"],"teamId":"{first}"}}]"#
    );
    let added = cloud.post(&format!("{group}/teams"), &body).await;
    insta::assert_snapshot!(cloud.shown(&added), @r#"
    200
    {"links":[{"href":"https://vestibule.example/api/atlas/v2/groups/id1/teams?includeCount=true&pageNum=1&itemsPerPage=100","rel":"self"}],"results":[{"links":[{"href":"https://vestibule.example/api/atlas/v2/groups/id1/teams/id2","rel":"self"}],"roleNames":["GROUP_READ_ONLY"],"teamId":"id2"},{"links":[{"href":"https://vestibule.example/api/atlas/v2/groups/id1/teams/id3","rel":"self"}],"roleNames":["GROUP_OWNER","GROUP_READ_ONLY"],"teamId":"id3"}],"totalCount":2}
    "#);
    assert_eq!(cloud.get(&format!("{group}/teams")).await.body, added.body);
    let path = format!("{group}/teams/{first}");
    let changed = cloud.patch(&path, r#"{"roleNames":["GROUP_OWNER"]}"#).await;
    assert_eq!(json(&changed)["totalCount"], 2);
    insta::assert_snapshot!(cloud.shown(&cloud.get(&path).await), @r#"
    200
    {"links":[{"href":"https://vestibule.example/api/atlas/v2/groups/id1/teams/id2","rel":"self"}],"roleNames":["GROUP_OWNER"],"teamId":"id2"}
    "#);
    let removed = cloud.delete(&path).await;
    assert_eq!(
        (code(&removed).as_str(), removed.body.as_str()),
        ("204", "")
    );
    assert_eq!(code(&cloud.get(&path).await), "404 TEAM_NOT_IN_GROUP");
    let rest = json(&cloud.get(&format!("{group}/teams")).await);
    assert_eq!(rest["totalCount"], 1);
    assert_eq!(rest["results"][0]["teamId"], second);
}

#[tokio::test]
async fn the_teams_on_a_project_are_listed_page_by_page() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    for name in ["a", "b", "c"] {
        let team = cloud.team(name).await;
        cloud.put_on(&group, &team, "GROUP_READ_ONLY").await;
    }
    let page = json(
        &cloud
            .get(&format!(
                "{group}/teams?itemsPerPage=2&pageNum=2&includeCount=false"
            ))
            .await,
    );
    assert_eq!(page["results"].as_array().map(Vec::len), Some(1));
    assert_eq!(page["totalCount"], Value::Null);
    let links = page["links"].as_array().expect("links").iter();
    let rels: Vec<_> = links.map(|link| link["rel"].as_str()).collect();
    assert_eq!(rels, [Some("self"), Some("previous")]);
}

#[tokio::test]
async fn a_team_that_cannot_be_put_on_a_project_is_told_why() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    let (on_it, other) = (cloud.team("on it").await, cloud.team("other").await);
    cloud.put_on(&group, &on_it, "GROUP_READ_ONLY").await;
    let unknown = "5d0000000000000000000001";
    let teams = format!("{group}/teams");
    let element = |team: &str, roles: &str| format!(r#"{{"teamId":"{team}","roleNames":{roles}}}"#);
    let readers = r#"["GROUP_READ_ONLY"]"#;
    let mut said = Vec::new();
    for elements in [
        element(unknown, readers),
        element("x", readers),
        element(&on_it, readers),
        // All of them or none.
        format!("{},{}", element(&other, readers), element(&on_it, readers)),
        format!("{},{}", element(&other, readers), element(&other, readers)),
        element(&other, "[]"),
        element(&other, r#"["ORG_OWNER"]"#),
        element(&other, r#"["KING"]"#),
        format!(r#"{{"teamId":"{other}"}}"#),
        format!(r#"{{"roleNames":{readers}}}"#),
    ] {
        said.push(code(&cloud.post(&teams, &format!("[{elements}]")).await));
    }
    insta::assert_snapshot!(said.join("\n"), @r"
    404 TEAM_NOT_FOUND
    404 INVALID_TEAM_ID
    409 TEAM_EXISTS_IN_GROUP
    409 TEAM_EXISTS_IN_GROUP
    409 TEAM_EXISTS_IN_GROUP
    400 INVALID_ATTRIBUTE
    400 INVALID_ROLE_FOR_GROUP
    400 INVALID_ENUM_VALUE
    400 MISSING_ATTRIBUTE
    400 MISSING_ATTRIBUTE
    ");
    assert_eq!(json(&cloud.get(&teams).await)["totalCount"], 1);

    let mut said = Vec::new();
    for (method, team, body) in [
        (Method::PATCH, on_it.as_str(), r#"{"roleNames":[]}"#),
        (Method::PATCH, on_it.as_str(), "{}"),
        (
            Method::PATCH,
            other.as_str(),
            r#"{"roleNames":["GROUP_OWNER"]}"#,
        ),
        (Method::PATCH, unknown, r#"{"roleNames":["GROUP_OWNER"]}"#),
        (Method::GET, other.as_str(), ""),
        (Method::GET, unknown, ""),
        (Method::DELETE, other.as_str(), ""),
        (Method::DELETE, unknown, ""),
    ] {
        let answer = cloud.call(method, &format!("{teams}/{team}"), body).await;
        said.push(code(&answer));
    }
    insta::assert_snapshot!(said.join("\n"), @r"
    403 NO_ROLES_IN_ASSIGNMENT
    400 MISSING_ATTRIBUTE
    404 TEAM_NOT_IN_GROUP
    404 TEAM_NOT_FOUND
    404 TEAM_NOT_IN_GROUP
    404 TEAM_NOT_FOUND
    404 TEAM_NOT_IN_GROUP
    404 TEAM_NOT_FOUND
    ");
}

#[tokio::test]
async fn a_team_on_a_project_cannot_be_deleted() {
    let cloud = Cloud::new().await;
    let (first, second) = (cloud.group("first").await, cloud.group("second").await);
    let team = cloud.team("ops").await;
    for group in [&first, &second] {
        cloud.put_on(group, &team, "GROUP_OWNER").await;
    }
    let path = format!("/orgs/ORG/teams/{team}");
    insta::assert_snapshot!(cloud.shown(&cloud.delete(&path).await), @r#"
    404
    {"detail":"The team has roles in projects: take it off them first.","error":404,"errorCode":"CANNOT_DELETE_TEAM_ASSIGNED_TO_PROJECT","parameters":[],"reason":"Not Found"}
    "#);
    let native = format!(
        "/v1/organizations/{}/teams/{}",
        cloud.test.organization.to_native(),
        Id::<vestibule_core::team::Team>::from_hex(&team)
            .expect("an id")
            .to_native()
    );
    let refused = cloud.test.call(Method::DELETE, &native, "").await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert_eq!(json(&refused)["code"], "team_in_use");
    cloud.delete(&format!("{first}/teams/{team}")).await;
    let still = cloud.delete(&path).await;
    assert_eq!(code(&still), "404 CANNOT_DELETE_TEAM_ASSIGNED_TO_PROJECT");
    // A project that is deleted holds no team any more.
    cloud.delete(&second).await;
    assert_eq!(code(&cloud.delete(&path).await), "204");
}

#[tokio::test]
async fn who_is_in_a_team_has_its_roles_in_the_project() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    let team = cloud.team("owners").await;
    let mia = cloud.test.member("mia@x.example", Role::Member).await;
    let key = cloud.test.key_of(mia, KeyKind::Atlas).await;
    let invite = async |name: &str| {
        let body = format!(r#"{{"roles":["GROUP_OWNER"],"username":"{name}@x.example"}}"#);
        let path = format!("{group}/invites");
        code(&cloud.call_as(&key, Method::POST, &path, &body).await)
    };
    let mut story = vec![invite("a").await];
    assert_eq!(cloud.put_into(&team, mia).await.status, StatusCode::OK);
    story.push(invite("b").await);
    cloud.put_on(&group, &team, "GROUP_READ_ONLY").await;
    story.push(invite("c").await);
    let owners = r#"{"roleNames":["GROUP_OWNER"]}"#;
    cloud.patch(&format!("{group}/teams/{team}"), owners).await;
    story.push(invite("d").await);
    cloud.delete(&format!("{group}/teams/{team}")).await;
    story.push(invite("e").await);
    cloud.put_on(&group, &team, "GROUP_OWNER").await;
    story.push(invite("f").await);
    let body = format!(r#"{{"id":"{}"}}"#, mia.to_hex());
    let leave = format!("/orgs/ORG/teams/{team}:removeUser");
    cloud.post(&leave, &body).await;
    story.push(invite("g").await);
    insta::assert_snapshot!(story.join("\n"), @r"
    401 NOT_GROUP_USER_ADMIN
    401 NOT_GROUP_USER_ADMIN
    401 NOT_GROUP_USER_ADMIN
    200
    401 NOT_GROUP_USER_ADMIN
    200
    401 NOT_GROUP_USER_ADMIN
    ");
    // The team's roles are no roles of their own.
    let people = json(&cloud.get(&format!("{group}/users")).await);
    assert_eq!(people["totalCount"], 1, "{people}");
}

#[tokio::test]
async fn who_joins_with_a_promise_of_the_team_has_its_roles_too() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    let team = cloud.team("owners").await;
    cloud.put_on(&group, &team, "GROUP_OWNER").await;
    let body =
        format!(r#"{{"roles":["ORG_MEMBER"],"teamIds":["{team}"],"username":"ann@x.example"}}"#);
    let invited = json(&cloud.post("/orgs/ORG/invites", &body).await);
    cloud.accept(&invited).await;
    let ann = Id::from_hex(&cloud.user_id("ann@x.example").await).expect("an id");
    let key = cloud.test.key_of(ann, KeyKind::Atlas).await;
    let renamed = cloud
        .call_as(&key, Method::PATCH, &group, r#"{"name":"Hers"}"#)
        .await;
    assert_eq!(renamed.status, StatusCode::OK, "{}", renamed.body);
}

#[tokio::test]
async fn sec_s10_nobody_gets_a_teams_project_roles_by_managing_the_team() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    let (plain, owners) = (cloud.team("plain").await, cloud.team("owners").await);
    cloud.put_on(&group, &owners, "GROUP_OWNER").await;
    let admin = cloud.test.member("admin@x.example", Role::UserAdmin).await;
    let key = cloud.test.key_of(admin, KeyKind::Atlas).await;
    let me = admin.to_hex();
    let mut said = Vec::new();
    for team in [&plain, &owners] {
        let promise = format!(
            r#"{{"roles":["ORG_MEMBER"],"teamIds":["{team}"],"username":"{team}@x.example"}}"#
        );
        let keep = format!(r#"{{"teamIds":["{plain}","{team}"]}}"#);
        for (method, path, body) in [
            (
                Method::POST,
                format!("/orgs/ORG/teams/{team}:addUser"),
                format!(r#"{{"id":"{me}"}}"#),
            ),
            (Method::POST, "/orgs/ORG/invites".to_owned(), promise),
            (Method::PATCH, format!("/orgs/ORG/users/{me}"), keep),
            (
                Method::POST,
                format!("{group}/teams"),
                format!(r#"[{{"teamId":"{team}","roleNames":["GROUP_READ_ONLY"]}}]"#),
            ),
        ] {
            let answer = cloud.call_as(&key, method, &path, &body).await;
            said.push(code(&answer));
        }
    }
    insta::assert_snapshot!(said.join("\n"), @r"
    200
    200
    200
    401 NOT_GROUP_USER_ADMIN
    401 NOT_GROUP_USER_ADMIN
    401 NOT_GROUP_USER_ADMIN
    401 NOT_GROUP_USER_ADMIN
    401 NOT_GROUP_USER_ADMIN
    ");
}

#[tokio::test]
async fn sec_s10_a_promise_of_a_team_that_ran_out_is_renewed_by_who_could_make_it_only() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    let team = cloud.team("owners").await;
    let body =
        format!(r#"{{"roles":["ORG_MEMBER"],"teamIds":["{team}"],"username":"ann@x.example"}}"#);
    cloud.post("/orgs/ORG/invites", &body).await;
    let open = cloud.test.open_invitation("ann@x.example").await;
    cloud.put_on(&group, &team, "GROUP_OWNER").await;
    let admin = cloud
        .test
        .member_key("admin@x.example", Role::UserAdmin, KeyKind::Native)
        .await;
    let organization = cloud.test.organization;
    let path = format!(
        "/v1/organizations/{organization}/invitations/{}/resend",
        open.id
    );
    let resend = async |who: &Secret| {
        cloud.test.clock.advance_seconds(600);
        let request = request(Method::POST, &path, &who.bearer(), "");
        cloud.test.send(request).await
    };
    // An open one is sent again as it is: whoever put the team on the project took it with her.
    assert_eq!(resend(&admin).await.status, StatusCode::OK);
    cloud.test.clock.advance_seconds(31 * 86_400);
    let refused = resend(&admin).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    assert_eq!(json(&refused)["code"], "not_project_owner");
    assert_eq!(resend(&cloud.test.owner_key).await.status, StatusCode::OK);
}
