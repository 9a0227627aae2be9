//! The three providers that one executable can be, and how its file name tells which.
//!
//! Owns names and addresses. Terraform never tells a provider under which source it was required,
//! so the file name is all there is to go by.

/// Which provider to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Persona {
    /// `vestibule/vestibule`: all types, with a provider block of our own.
    Vestibule,
    /// `vestibule/confluent`: in the place of the vendor's `confluentinc/confluent`.
    Confluent,
    /// `vestibule/mongodbatlas`: in the place of the vendor's `mongodb/mongodbatlas`.
    MongodbAtlas,
}

impl Persona {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Vestibule, Self::Confluent, Self::MongodbAtlas];

    /// The persona that a program is to be by its name, `argv[0]`; `None` if it is no provider's.
    ///
    /// `terraform-provider-confluent`, also with a directory before it and with a version, a
    /// protocol and `.exe` after it: `terraform-provider-confluent_v1.2.3_x5.exe`.
    #[must_use]
    pub fn from_program_name(program: &str) -> Option<Self> {
        let file = program.rsplit(['/', '\\']).next()?;
        let name = strip_exe(file).strip_prefix("terraform-provider-")?;
        Self::ALL.into_iter().find(|persona| {
            name.strip_prefix(persona.name())
                .is_some_and(|rest| rest.is_empty() || is_version(rest))
        })
    }

    /// The provider's type: the last part of its address, and its usual local name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vestibule => "vestibule",
            Self::Confluent => "confluent",
            Self::MongodbAtlas => "mongodbatlas",
        }
    }

    /// The full address under which the provider is published.
    #[must_use]
    pub const fn address(self) -> &'static str {
        match self {
            Self::Vestibule => "registry.terraform.io/vestibule/vestibule",
            Self::Confluent => "registry.terraform.io/vestibule/confluent",
            Self::MongodbAtlas => "registry.terraform.io/vestibule/mongodbatlas",
        }
    }
}

fn strip_exe(file: &str) -> &str {
    match file.split_at_checked(file.len().saturating_sub(4)) {
        Some((stem, extension)) if extension.eq_ignore_ascii_case(".exe") => stem,
        _ => file,
    }
}

/// `_v1.2.3`, `_v1.2.3-rc.1`, `_v1.2.3_x5`: what registries append to the file name.
fn is_version(suffix: &str) -> bool {
    suffix.strip_prefix("_v").is_some_and(|version| {
        version.starts_with(|first: char| first.is_ascii_digit())
            && version
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-+_".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_name_tells_the_persona() {
        for (program, expected) in [
            ("terraform-provider-vestibule", Some(Persona::Vestibule)),
            (
                "/a/b/terraform-provider-confluent",
                Some(Persona::Confluent),
            ),
            (
                "./terraform-provider-mongodbatlas_v1.2.3",
                Some(Persona::MongodbAtlas),
            ),
            (
                "terraform-provider-confluent_v1.2.3_x5",
                Some(Persona::Confluent),
            ),
            (
                "terraform-provider-confluent_v1.2.3-rc.1+7",
                Some(Persona::Confluent),
            ),
            (
                r"C:\tools\terraform-provider-vestibule_v0.1.0.exe",
                Some(Persona::Vestibule),
            ),
            ("terraform-provider-vestibule.EXE", Some(Persona::Vestibule)),
            ("vestibule", None),
            ("terraform-provider-confluentinc", None),
            ("terraform-provider-confluent_old", None),
            ("terraform-provider-", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(Persona::from_program_name(program), expected, "{program}");
        }
    }

    #[test]
    fn an_address_ends_in_the_name() {
        for persona in Persona::ALL {
            assert!(persona.address().ends_with(&format!("/{}", persona.name())));
        }
    }
}
