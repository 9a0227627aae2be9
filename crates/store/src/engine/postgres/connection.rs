//! One connection: transactions and statements with as few round trips as they can do with.
//!
//! Owns the statements prepared on the connection. Must not decide whether to run a closure again.
#![expect(
    clippy::future_not_send,
    reason = "these futures are driven by the thread that makes them"
)]

use std::{collections::HashMap, pin::pin, rc::Rc, time::Duration};

use futures::{TryStreamExt, future::join};
use tokio::{runtime::Runtime, task::JoinHandle};
use tokio_postgres::{Client, Error as PgError, RowStream, Statement, types::Type};

use super::{connect::Server, error, params::Bound};
use crate::{Error, Param, Row, Sql, engine::Access};

/// How long a closing connection may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

/// Every statement of ours reads a few rows in the order of an index. Before a new table has been
/// analyzed, the planner takes it for so small that it reads and sorts all of an organization's rows
/// to return a page of them; and a serializable transaction that reads a whole table conflicts with
/// every other that writes to it.
const PLANS: &str = "set enable_bitmapscan = off; set enable_seqscan = off";

/// A connection and the transaction that may be open on it.
pub(crate) struct Connection {
    runtime: Rc<Runtime>,
    client: Client,
    driver: JoinHandle<()>,
    /// `None` if statements must not be prepared by name.
    statements: Option<HashMap<Sql, Statement>>,
    transaction: Transaction,
}

/// How far a transaction is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Transaction {
    /// There is none.
    None,
    /// It is to begin with the first statement, by this text.
    Pending(&'static str),
    /// It is open; `wrote` once a statement other than a query was sent.
    Open { wrote: bool },
}

impl Connection {
    /// Connects.
    pub(super) fn open(server: &Server, runtime: &Rc<Runtime>) -> Result<Self, Error> {
        let (client, drive) = runtime.block_on(server.connect())?;
        let driver = runtime.spawn(drive);
        if let Err(cause) = runtime.block_on(client.batch_execute(PLANS)) {
            // A server that has other plans to choose from than PostgreSQL's will choose well.
            let cause = error(&cause);
            tracing::debug!(%cause, "the planner's settings are not known to the database");
        }
        Ok(Self {
            runtime: Rc::clone(runtime),
            client,
            driver,
            statements: server.prepared().then(HashMap::new),
            transaction: Transaction::None,
        })
    }

    /// Whether the server has gone away.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Starts a transaction, in effect when its first statement is sent.
    ///
    /// A read has a snapshot that never changes and cannot fail at its end. It is not serializable:
    /// of two writes that do not depend on each other it may see the second and not the first. No
    /// decision is made on a read alone, so that costs nothing and saves the bookkeeping.
    pub(super) const fn begin(&mut self, access: Access) {
        self.transaction = Transaction::Pending(match access {
            Access::Read => "begin isolation level repeatable read, read only",
            Access::Write => "begin isolation level serializable",
        });
    }

    /// Commits. Nothing is sent if no statement was.
    pub(super) fn commit(&mut self) -> Result<(), Error> {
        let Transaction::Open { wrote } = self.transaction else {
            self.transaction = Transaction::None;
            return Ok(());
        };
        self.transaction = Transaction::None;
        let committed = self.runtime.block_on(self.client.batch_execute("commit"));
        committed.map_err(|cause| {
            if wrote {
                error::committing(&cause)
            } else {
                error(&cause)
            }
        })
    }

    /// Rolls back, and tells whether the connection is still good.
    pub(super) fn roll_back(&mut self) -> bool {
        if matches!(self.transaction, Transaction::Open { .. }) {
            let done = self.runtime.block_on(self.client.batch_execute("rollback"));
            if done.is_err() {
                return false;
            }
        }
        self.transaction = Transaction::None;
        true
    }

    /// Ends the connection in good order.
    pub(super) fn close(self) {
        drop(self.client);
        let ended = async { tokio::time::timeout(GOODBYE, self.driver).await };
        if self.runtime.block_on(ended).is_err() {
            tracing::debug!("a database connection did not close in time");
        }
    }

    /// Runs a statement and counts the rows it changed or returned.
    pub(crate) fn execute(&mut self, sql: Sql, params: &[Param<'_>]) -> Result<u64, Error> {
        self.run(sql, params, &mut |_row| {})
    }

    /// Runs a statement and shows each row to `each`.
    pub(crate) fn query(
        &mut self,
        sql: Sql,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&Row<'_>),
    ) -> Result<(), Error> {
        self.run(sql, params, &mut |row| each(&Row::postgres(row)))
            .map(drop)
    }

    /// Prepares a statement on the server without running it.
    ///
    /// The server decides the types of its parameters. Those it cannot decide, as of `$1` in
    /// `$1 is null`, are tried as both types there are: what runs the statement declares them.
    pub(crate) fn prepare(&self, sql: Sql) -> Result<(), Error> {
        let mut types = vec![Type::UNKNOWN; sql.parameters()];
        let mut guessed = None;
        loop {
            let prepare = self.client.prepare_typed(sql.text(), &types);
            let Err(cause) = self.runtime.block_on(prepare) else {
                return Ok(());
            };
            let undecided = error::undecided_parameter(&cause);
            let (parameter, guess) = match (undecided, guessed.take()) {
                (Some(parameter), _) => (parameter, Type::TEXT),
                (None, Some(parameter)) => (parameter, Type::INT8),
                (None, None) => return Err(error(&cause)),
            };
            let Some(ty) = parameter.checked_sub(1).and_then(|at| types.get_mut(at)) else {
                return Err(error(&cause));
            };
            if guess == Type::TEXT {
                guessed = Some(parameter);
            }
            *ty = guess;
        }
    }

    fn run(
        &mut self,
        sql: Sql,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&tokio_postgres::Row),
    ) -> Result<u64, Error> {
        let runtime = Rc::clone(&self.runtime);
        runtime
            .block_on(async {
                let statement = self.statement(sql, params).await?;
                self.start(sql, statement, params, each).await
            })
            .map_err(|cause| error(&cause))
    }

    /// The prepared statement, or `None` if there are none on this connection.
    async fn statement(
        &mut self,
        sql: Sql,
        params: &[Param<'_>],
    ) -> Result<Option<Statement>, PgError> {
        let Some(statements) = &mut self.statements else {
            return Ok(None);
        };
        if let Some(statement) = statements.get(&sql) {
            return Ok(Some(statement.clone()));
        }
        let types: Vec<Type> = params.iter().map(|p| Bound::new(*p).declared()).collect();
        let statement = self.client.prepare_typed(sql.text(), &types).await?;
        statements.insert(sql, statement.clone());
        Ok(Some(statement))
    }

    /// Begins the transaction if that is pending, and runs the statement.
    async fn start(
        &mut self,
        sql: Sql,
        statement: Option<Statement>,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&tokio_postgres::Row),
    ) -> Result<u64, PgError> {
        let reads = sql.text().trim_start().starts_with("select");
        let pending = match self.transaction {
            Transaction::Pending(begin) => Some(begin),
            Transaction::None | Transaction::Open { .. } => None,
        };
        let wrote = !reads || self.transaction == Transaction::Open { wrote: true };
        // From here on the server may have begun, whatever comes back.
        self.transaction = Transaction::Open { wrote };
        let rows = async {
            match statement {
                Some(statement) => {
                    let params = params.iter().map(|param| Bound::new(*param));
                    self.client.query_raw(&statement, params).await
                }
                None => {
                    let params = params.iter().map(|param| {
                        let bound = Bound::new(*param);
                        let declared = bound.declared();
                        (bound, declared)
                    });
                    self.client.query_typed_raw(sql.text(), params).await
                }
            }
        };
        let rows = match pending {
            None => rows.await?,
            // Sent together: one round trip. Should `begin` fail, a query does no harm outside a
            // transaction, but a write would stay; so a write waits.
            Some(begin) if reads => {
                let (begun, rows) = join(self.client.batch_execute(begin), rows).await;
                begun?;
                rows?
            }
            Some(begin) => {
                self.client.batch_execute(begin).await?;
                rows.await?
            }
        };
        drain(rows, each).await
    }
}

/// Shows every row to `each`, and counts the rows that the statement changed or returned.
async fn drain(
    rows: RowStream,
    each: &mut dyn FnMut(&tokio_postgres::Row),
) -> Result<u64, PgError> {
    let mut rows = pin!(rows);
    while let Some(row) = rows.try_next().await? {
        each(&row);
    }
    Ok(rows.rows_affected().unwrap_or(0))
}

/// The text in a column: `None` if the column is missing or of another type.
pub(crate) fn text(row: &tokio_postgres::Row, index: usize) -> Option<Option<&str>> {
    row.try_get(index).ok()
}

/// The integer in a column: `None` if the column is missing or of another type.
///
/// A literal is an `int4` and a condition a `bool` to PostgreSQL; SQLite has integers only.
pub(crate) fn int(row: &tokio_postgres::Row, index: usize) -> Option<Option<i64>> {
    let ty = row.columns().get(index)?.type_();
    if *ty == Type::BOOL {
        let flag: Option<bool> = row.try_get(index).ok()?;
        return Some(flag.map(i64::from));
    }
    if *ty == Type::INT4 {
        let int: Option<i32> = row.try_get(index).ok()?;
        return Some(int.map(i64::from));
    }
    row.try_get(index).ok()
}
