//! From a file's tables to what they stand for.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;
use vestibule_core::id::Kind;
use vestibule_core::key::{KeyKind, Principal};
use vestibule_core::organization::{Lifetimes, Organization};
use vestibule_core::project;
use vestibule_core::role::{RoleSet, Vocabulary};
use vestibule_core::user::{AuthType, User};
use vestibule_core::{EmailAddress, Id, Lifetime, Random, secret, text};
use vestibule_server::testing::seed::{
    Seed, SeedKey, SeedMember, SeedOrganization, SeedProject, SeedServiceAccount, SeedTeam,
};

use super::file::{
    DaysTable, KeyTable, MemberTable, OrganizationTable, ProjectTable, SeedFile,
    ServiceAccountTable, TeamTable, Text,
};
use super::{SeedError, line_of};

/// What is wrong, before it is known in which line.
#[derive(Debug)]
pub(super) struct Wrong {
    span: Range<usize>,
    what: String,
    expected: String,
}

impl Wrong {
    fn new<T>(place: &Spanned<T>, key: &str, what: &str, expected: impl Into<String>) -> Self {
        Self {
            span: place.span(),
            what: format!("{key}: {what}"),
            expected: expected.into(),
        }
    }

    /// The error with the line in this text.
    pub(super) fn placed(self, text: &str, name: &str) -> SeedError {
        SeedError {
            name: name.to_owned(),
            line: line_of(text, self.span.start),
            what: self.what,
            expected: self.expected,
        }
    }
}

/// What must be there once in the whole file.
#[derive(Default)]
struct Taken {
    ids: BTreeSet<String>,
    public_ids: BTreeSet<String>,
    /// People by the key of their address.
    people: BTreeMap<String, Id<User>>,
}

/// Reads a whole seed.
pub(super) fn seed(file: &SeedFile) -> Result<Seed, Wrong> {
    let mut taken = Taken::default();
    let mut organizations = Vec::new();
    for table in &file.organizations {
        organizations.push(organization(table, &mut taken)?);
    }
    if organizations.is_empty() {
        return Err(Wrong {
            span: 0..0,
            what: "organizations: there is none".to_owned(),
            expected: "at least one [[organizations]]".to_owned(),
        });
    }
    Ok(Seed { organizations })
}

fn organization(table: &OrganizationTable, taken: &mut Taken) -> Result<SeedOrganization, Wrong> {
    let name = name(&table.name, "name")?;
    let id: Id<Organization> = id(table.id.as_ref(), &table.name, &name, taken)?;
    let auth_type = if table.sso {
        AuthType::Sso
    } else {
        AuthType::Local
    };
    let mut here = Here {
        name,
        auth_type,
        members: Vec::new(),
        accounts: Vec::new(),
    };
    for member in &table.members {
        let member = here.member(member, taken)?;
        here.members.push(member);
    }
    for account in &table.service_accounts {
        let account = here.account(account, taken)?;
        here.accounts.push(account);
    }
    let mut teams: Vec<SeedTeam> = Vec::new();
    for table in &table.teams {
        let team = here.team(table, taken)?;
        if teams.iter().any(|other| other.name == team.name) {
            return Err(taken_name(&table.name, "team"));
        }
        teams.push(team);
    }
    let mut projects: Vec<SeedProject> = Vec::new();
    for table in &table.projects {
        let project = here.project(table, taken)?;
        if projects.iter().any(|other| other.name == project.name) {
            return Err(taken_name(&table.name, "project"));
        }
        projects.push(project);
    }
    let keys = table.keys.iter().map(|key| here.key(key, taken));
    let keys = keys.collect::<Result<_, _>>()?;
    Ok(SeedOrganization {
        id,
        sso_enabled: table.sso,
        lifetimes: lifetimes(&table.invitation_days)?,
        teams,
        projects,
        keys,
        name: here.name,
        members: here.members,
        service_accounts: here.accounts,
    })
}

/// The organization whose tables are being read.
struct Here {
    name: String,
    auth_type: AuthType,
    members: Vec<SeedMember>,
    accounts: Vec<SeedServiceAccount>,
}

impl Here {
    fn member(&self, table: &MemberTable, taken: &mut Taken) -> Result<SeedMember, Wrong> {
        let email = email(&table.email, "email")?;
        if self.members.iter().any(|m| m.email.key() == email.key()) {
            let expected = "each member once";
            return Err(Wrong::new(
                &table.email,
                "email",
                "is a member already",
                expected,
            ));
        }
        let known = taken.people.get(email.key()).copied();
        let id = match (known, &table.id) {
            // The same person in another organization.
            (Some(known), None) => known,
            (Some(known), Some(given)) => {
                if spelled::<User>(given)? != known {
                    let expected = format!("{}, as in the other organization", known.to_hex());
                    let what = "the person has another id elsewhere";
                    return Err(Wrong::new(given, "id", what, expected));
                }
                known
            }
            (None, given) => id(given.as_ref(), &table.email, email.key(), taken)?,
        };
        taken.people.insert(email.key().to_owned(), id);
        let full_name = match &table.name {
            Some(text) => name(text, "name")?,
            None => String::new(),
        };
        Ok(SeedMember {
            id,
            email,
            full_name,
            auth_type: self.auth_type,
            roles: roles(&table.roles)?,
        })
    }

    fn account(
        &self,
        table: &ServiceAccountTable,
        taken: &mut Taken,
    ) -> Result<SeedServiceAccount, Wrong> {
        let name = name(&table.name, "name")?;
        if self.accounts.iter().any(|account| account.name == name) {
            return Err(taken_name(&table.name, "service account"));
        }
        Ok(SeedServiceAccount {
            id: id(table.id.as_ref(), &table.name, &self.below(&name), taken)?,
            roles: roles(&table.roles)?,
            name,
        })
    }

    fn team(&self, table: &TeamTable, taken: &mut Taken) -> Result<SeedTeam, Wrong> {
        let name = name(&table.name, "name")?;
        let member = |text: &Text| self.member_with(text, "members");
        Ok(SeedTeam {
            id: id(table.id.as_ref(), &table.name, &self.below(&name), taken)?,
            members: table.members.iter().map(member).collect::<Result<_, _>>()?,
            name,
        })
    }

    fn project(&self, table: &ProjectTable, taken: &mut Taken) -> Result<SeedProject, Wrong> {
        let name = project::checked_name(table.name.get_ref()).map_err(|refusal| {
            let expected = "a name of 1 to 64 letters, digits, spaces and -_.(),:&@+'";
            Wrong::new(&table.name, "name", &refusal.to_string(), expected)
        })?;
        let mut members = Vec::new();
        for member in &table.members {
            let user = self.member_with(&member.email, "email")?;
            members.push((user, roles(&member.roles)?));
        }
        Ok(SeedProject {
            id: id(table.id.as_ref(), &table.name, &self.below(&name), taken)?,
            members,
            name,
        })
    }

    fn key(&self, table: &KeyTable, taken: &mut Taken) -> Result<SeedKey, Wrong> {
        let kinds = "native, confluent, atlas or atlas_service_account";
        let kind = KeyKind::from_name(table.kind.get_ref())
            .ok_or_else(|| wrong_value(&table.kind, "kind", "is no kind of key", kinds))?;
        let name = name(&table.name, "name")?;
        let label = self.below(&format!("{}/{name}", kind.name()));
        let id = id(table.id.as_ref(), &table.name, &label, taken)?;
        let holder = self.holder(&table.holder)?;
        if kind == KeyKind::AtlasServiceAccount && matches!(holder, Principal::User(_)) {
            let what = "a person cannot hold this kind of key";
            let expected = "the name of a service account of the organization";
            return Err(Wrong::new(&table.holder, "holder", what, expected));
        }
        let public_id = public_id(kind, table.public_id.as_ref(), id)?;
        if !taken.public_ids.insert(public_id.clone()) {
            let place = table.public_id.as_ref().unwrap_or(&table.name);
            let expected = "one that no other key has";
            return Err(wrong_value(place, "public_id", "is taken", expected));
        }
        Ok(SeedKey {
            id,
            kind,
            name,
            public_id,
            holder,
        })
    }

    fn holder(&self, text: &Text) -> Result<Principal, Wrong> {
        if text.get_ref().contains('@') {
            return self.member_with(text, "holder").map(Principal::User);
        }
        let account = self
            .accounts
            .iter()
            .find(|account| account.name == *text.get_ref());
        let expected =
            "the address of a member or the name of a service account of the organization";
        account
            .map(|account| Principal::ServiceAccount(account.id))
            .ok_or_else(|| wrong_value(text, "holder", "is nobody here", expected))
    }

    fn member_with(&self, text: &Text, key: &str) -> Result<Id<User>, Wrong> {
        let email = email(text, key)?;
        let member = self.members.iter().find(|m| m.email.key() == email.key());
        member.map(|member| member.id).ok_or_else(|| {
            wrong_value(
                text,
                key,
                "is no member",
                "the address of a member of the organization",
            )
        })
    }

    /// What stands for a thing of this organization when its id is left out.
    fn below(&self, name: &str) -> String {
        format!("{}/{name}", self.name)
    }
}

fn wrong_value(place: &Text, key: &str, what: &str, expected: &str) -> Wrong {
    Wrong::new(
        place,
        key,
        &format!("{:?} {what}", place.get_ref()),
        expected,
    )
}

fn name(text: &Text, key: &'static str) -> Result<String, Wrong> {
    text::checked_name("name", text.get_ref()).map_err(|refusal| {
        let expected = "a name of 1 to 64 characters";
        Wrong::new(text, key, &refusal.to_string(), expected)
    })
}

fn taken_name(name: &Text, kind: &str) -> Wrong {
    let expected = format!("a name that no other {kind} of the organization has");
    Wrong::new(name, "name", "the name is taken", expected)
}

fn email(text: &Text, key: &str) -> Result<EmailAddress, Wrong> {
    EmailAddress::parse(text.get_ref())
        .map_err(|refusal| Wrong::new(text, key, &refusal.to_string(), "an e-mail address"))
}

/// The roles of these names, at least one.
fn roles<R: Vocabulary>(given: &Spanned<Vec<Text>>) -> Result<RoleSet<R>, Wrong> {
    let known: Vec<_> = R::ALL.iter().map(|role| role.name()).collect();
    let known = format!("one or more of {}", known.join(", "));
    let mut roles = Vec::new();
    for name in given.get_ref() {
        let role = R::from_name(name.get_ref());
        roles.push(role.ok_or_else(|| wrong_value(name, "roles", "is no role", &known))?);
    }
    if roles.is_empty() {
        return Err(Wrong::new(given, "roles", "there is none", known));
    }
    Ok(RoleSet::of(&roles))
}

fn lifetimes(days: &DaysTable) -> Result<Lifetimes, Wrong> {
    let usual = Lifetimes::default();
    let of = |given: &Option<Spanned<i64>>, usual, key| match given {
        None => Ok(usual),
        Some(days) => Lifetime::from_seconds(days.get_ref().saturating_mul(86_400))
            .ok_or_else(|| Wrong::new(days, key, "it is no lifetime", "1 to 365 days")),
    };
    Ok(Lifetimes {
        native: of(&days.native, usual.native, "native")?,
        confluent: of(&days.confluent, usual.confluent, "confluent")?,
        atlas: of(&days.atlas, usual.atlas, "atlas")?,
    })
}

/// The id that is given, or the one that follows from a label.
fn id<K: Kind>(
    given: Option<&Text>,
    place: &Text,
    label: &str,
    taken: &mut Taken,
) -> Result<Id<K>, Wrong> {
    let id = match given {
        Some(text) => spelled(text)?,
        None => Id::derived(&format!("{}/{label}", K::NOUN)),
    };
    if !taken.ids.insert(format!("{} {}", K::NOUN, id.to_hex())) {
        let expected = "an id, or a name where ids follow from names, that nothing else has";
        return Err(wrong_value(
            given.unwrap_or(place),
            "id",
            "is taken",
            expected,
        ));
    }
    Ok(id)
}

/// An id in any of its spellings.
fn spelled<K: Kind>(text: &Text) -> Result<Id<K>, Wrong> {
    let said = text.get_ref();
    let id = Id::from_hex(said)
        .or_else(|| Id::from_native(said))
        .or_else(|| Id::from_confluent(said))
        .ok_or_else(|| {
            let expected = format!(
                "24 hexadecimal digits, {}_… or {}-…",
                K::NATIVE,
                K::CONFLUENT
            );
            wrong_value(text, "id", &format!("is no {} id", K::NOUN), &expected)
        })?;
    if id.holds_404() {
        let what = "holds 404, which a vendor's Terraform provider takes for a status";
        let expected = "24 hexadecimal digits without 404";
        return Err(wrong_value(text, "id", what, expected));
    }
    Ok(id)
}

fn public_id(
    kind: KeyKind,
    given: Option<&Text>,
    id: Id<vestibule_core::key::ApiKey>,
) -> Result<String, Wrong> {
    let Some(text) = given else {
        let (_, random) = id.as_bytes().split_at(4);
        let seed = random
            .iter()
            .fold(0_u64, |seed, b| (seed << 8) | u64::from(*b));
        return Ok(secret::public_id(kind, id, &Random::seeded(seed)));
    };
    let said = text.get_ref();
    let (fits, expected) = match kind {
        KeyKind::Confluent => (
            said.len() == 16
                && said
                    .bytes()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()),
            "16 capitals and digits",
        ),
        KeyKind::Atlas => (
            said.len() == 8 && said.bytes().all(|b| b.is_ascii_lowercase()),
            "8 lower-case letters",
        ),
        KeyKind::Native | KeyKind::AtlasServiceAccount => {
            (false, "none: it follows from the id for this kind of key")
        }
    };
    if fits {
        return Ok(said.clone());
    }
    Err(wrong_value(
        text,
        "public_id",
        "is no public half of such a key",
        expected,
    ))
}
