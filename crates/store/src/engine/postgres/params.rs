//! Parameters in the form the PostgreSQL driver takes.

use std::error::Error as StdError;

use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut};

use crate::sql::{Param, Plain};

/// A parameter on its way to the server.
///
/// Its debug form has no value: the driver logs the parameters of every statement.
#[derive(Debug)]
pub(super) struct Bound<'a>(Param<'a>);

impl<'a> Bound<'a> {
    pub(super) const fn new(param: Param<'a>) -> Self {
        Self(param)
    }

    /// The type that the parameter is declared with.
    pub(super) const fn declared(&self) -> Type {
        match self.0.plain() {
            Plain::Text(_) => Type::TEXT,
            Plain::Int(_) => Type::INT8,
        }
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        // A statement is prepared with the types of its first use; later uses must agree.
        if *ty != self.declared() {
            return Err(format!("the parameter is {:?}, not {ty}", self.0).into());
        }
        match self.0.plain() {
            Plain::Text(text) => text.to_sql(ty, out),
            Plain::Int(int) => int.to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::TEXT || *ty == Type::INT8
    }

    tokio_postgres::types::to_sql_checked!();
}
