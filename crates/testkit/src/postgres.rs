//! A real PostgreSQL server for tests.
//!
//! Owns one cluster per test process, started when first asked for and gone when the process is,
//! and databases in it. Must not need anything but PostgreSQL's own programs: no container, no
//! running server, no fixed port.

use std::{
    io::{BufRead, BufReader, Read},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
};

use vestibule_store::{Store, StoreConfig};

/// The environment variable that skips what needs PostgreSQL, if `postgres` is among its names.
const SKIP: &str = "VESTIBULE_TEST_SKIP";

/// The database that every other one is copied from.
const TEMPLATE: &str = "vestibule_template";

/// A running cluster.
pub struct Cluster {
    /// Where its socket is.
    directory: PathBuf,
    admin: mpsc::Sender<Order>,
    /// How a database is copied: as files, which is faster for one that has just been made than
    /// through the log; older servers know nothing else and have no word for it.
    strategy: &'static str,
    /// Its standard input is what keeps the server alive.
    _supervisor: Child,
}

/// Something that the thread with the administrator's connection is to do.
struct Order {
    statement: String,
    done: mpsc::Sender<Result<(), String>>,
}

/// A database of its own for one test. Dropped with this value.
pub struct Database {
    name: String,
    /// Where the server's socket is.
    directory: PathBuf,
    url: String,
}

/// The cluster of this test process, or `None` if PostgreSQL tests are skipped.
///
/// # Panics
/// If PostgreSQL's programs are missing or the server does not start.
pub fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: LazyLock<Option<Cluster>> = LazyLock::new(start);
    CLUSTER.as_ref()
}

/// A fresh, migrated database, or `None` if PostgreSQL tests are skipped.
///
/// # Panics
/// If the database cannot be made.
#[must_use]
pub fn fresh_database() -> Option<Database> {
    static MIGRATED: LazyLock<()> = LazyLock::new(migrate_template);
    let cluster = cluster()?;
    LazyLock::force(&MIGRATED);
    Some(cluster.create(TEMPLATE))
}

/// A fresh database without any table, or `None` if PostgreSQL tests are skipped.
///
/// # Panics
/// If the database cannot be made.
#[must_use]
pub fn empty_database() -> Option<Database> {
    Some(cluster()?.create("template0"))
}

impl Database {
    /// Its address, as `StoreConfig` reads it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its name on the server.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The socket that the server listens on, for a test that stands in between.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.directory.join(".s.PGSQL.5432")
    }

    /// Runs statements in this database, on a connection of their own.
    ///
    /// # Panics
    /// If one fails.
    pub fn run(&self, statements: &str) {
        let (url, statements) = (self.url.clone(), statements.to_owned());
        // A thread of its own, because a test may already be on a runtime.
        let ran = thread::spawn(move || {
            block_on(async move {
                let client = connect(&url).await;
                let ran = client.batch_execute(&statements).await;
                ran.unwrap_or_else(|error| panic!("{error:?}"));
            });
        });
        ran.join().expect("the statements run");
    }

    /// All rows of all tables, as text.
    ///
    /// # Panics
    /// If they cannot be read.
    #[must_use]
    pub fn dump(&self) -> String {
        let url = self.url.clone();
        let read = thread::spawn(move || block_on(async move { dump(&connect(&url).await).await }));
        read.join().expect("the rows are read")
    }
}

async fn dump(client: &tokio_postgres::Client) -> String {
    let tables = "select tablename::text from pg_tables where schemaname = 'public'";
    let mut dump = String::new();
    for table in client.query(tables, &[]).await.expect("the tables") {
        let table: String = table.get(0);
        let rows = format!("select t::text from \"{table}\" t");
        for row in client.query(&rows, &[]).await.expect("the rows") {
            let row: String = row.get(0);
            dump.push_str(&row);
            dump.push('\n');
        }
    }
    dump
}

impl Drop for Database {
    fn drop(&mut self) {
        let statement = format!("drop database {} with (force)", self.name);
        // Nobody waits: what is left is gone with the cluster.
        let (done, _nobody) = mpsc::channel();
        if let Some(cluster) = cluster() {
            let _stopped = cluster.admin.send(Order { statement, done });
        }
    }
}

impl Cluster {
    fn create(&self, template: &str) -> Database {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let strategy = self.strategy;
        self.order(format!(
            "create database {name} template {template} {strategy}"
        ));
        let url = self.url(&name);
        Database {
            directory: self.directory.clone(),
            name,
            url,
        }
    }

    fn order(&self, statement: String) {
        let (done, ended) = mpsc::channel();
        let order = Order { statement, done };
        self.admin.send(order).expect("the administrator works");
        let result = ended.recv().expect("the administrator works");
        result.unwrap_or_else(|error| panic!("{error}"));
    }

    fn url(&self, database: &str) -> String {
        url(&self.directory, database)
    }
}

fn url(directory: &Path, database: &str) -> String {
    let host = directory.display().to_string().replace('/', "%2F");
    format!("postgres://vestibule@{host}/{database}?sslmode=disable&connections=8")
}

fn start() -> Option<Cluster> {
    if skipped() {
        println!("skipped: {SKIP} names postgres");
        return None;
    }
    let (programs, version) = programs().unwrap_or_else(|| {
        panic!(
            "PostgreSQL's programs (initdb, postgres) are neither in /usr/lib/postgresql/*/bin nor \
             in PATH; set {SKIP}=postgres to skip what needs them"
        )
    });
    let mut supervisor = supervisor(&programs)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("a shell starts");
    let mut output = BufReader::new(supervisor.stdout.take().expect("it has a standard output"));
    let mut line = String::new();
    output.read_line(&mut line).expect("its output is text");
    let Some(directory) = line.trim().strip_prefix("ready ") else {
        let mut rest = String::new();
        output.read_to_string(&mut rest).expect("it is text");
        panic!("PostgreSQL does not start:\n{line}{rest}");
    };
    let directory = PathBuf::from(directory);
    Some(Cluster {
        strategy: if version >= 15 {
            "strategy file_copy"
        } else {
            ""
        },
        admin: administrator(url(&directory, "postgres")),
        directory,
        _supervisor: supervisor,
    })
}

/// Where PostgreSQL's programs are, and their version; the newest if there are several.
fn programs() -> Option<(PathBuf, u32)> {
    let installed = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let installed = installed.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Of equals the last one wins, and a package's own directory is complete.
    std::env::split_paths(&path)
        .chain(installed)
        .filter_map(|bin| {
            let version = version(&bin)?;
            Some((bin, version))
        })
        .max_by_key(|(_, version)| *version)
}

/// The major version of the programs in a directory, if both that are needed are there.
fn version(bin: &Path) -> Option<u32> {
    if !bin.join("initdb").exists() {
        return None;
    }
    // It says `postgres (PostgreSQL) 15.18 (Debian …)`.
    let output = Command::new(bin.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let number = text.split_whitespace().nth(2)?;
    number
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

fn skipped() -> bool {
    environment(SKIP).is_some_and(|skip| skip.split(',').any(|name| name.trim() == "postgres"))
}

/// What an environment variable says to the tests.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place of the testkit that reads it"
)]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The shell that keeps the server; as another user for root, whom PostgreSQL does not serve.
fn supervisor(programs: &Path) -> Command {
    let shell = ["sh", "-c", include_str!("supervisor.sh"), "supervisor"];
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        let user = service_user();
        command.args([format!("--reuid={user}"), format!("--regid={user}")]);
        command.args(["--clear-groups", "--"]).args(shell);
        command
    } else {
        let mut command = Command::new("sh");
        command.args(shell.iter().skip(1));
        command
    };
    command.arg(programs).arg(place());
    command
}

/// Where tests put databases: in memory if there is room, because other work on a disk makes a
/// copied database ten times slower, or where `TMPDIR` says.
pub(crate) fn place() -> PathBuf {
    const ENOUGH_BYTES: u64 = 2 << 30;
    let memory = Path::new("/dev/shm");
    let free = rustix::fs::statvfs(memory).map_or(0, |fs| fs.f_bavail * fs.f_frsize);
    if std::env::var_os("TMPDIR").is_none() && free > ENOUGH_BYTES {
        return memory.to_owned();
    }
    std::env::temp_dir()
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// `postgres` where a package has made it, else the user id that everybody has for nobody.
fn service_user() -> &'static str {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    if users.lines().any(|user| user.starts_with("postgres:")) {
        "postgres"
    } else {
        "65534"
    }
}

/// Starts the thread that makes and drops databases, one after the other.
fn administrator(url: String) -> mpsc::Sender<Order> {
    let (orders, to_do) = mpsc::channel::<Order>();
    thread::spawn(move || {
        block_on(async move {
            let client = connect(&url).await;
            // This thread has nothing else to drive, so waiting for orders may block it.
            for order in to_do {
                let ran = client.batch_execute(&order.statement).await;
                let ran = ran.map_err(|error| format!("{}: {error:?}", order.statement));
                let _nobody = order.done.send(ran);
            }
        });
    });
    orders
}

fn migrate_template() {
    let cluster = cluster().expect("checked by the caller");
    cluster.order(format!("create database {TEMPLATE} template template0"));
    let url = cluster.url(TEMPLATE);
    let migrated = thread::spawn(move || {
        block_on(async move {
            let config: StoreConfig = url.parse().expect("our own address");
            let store = Store::open(config).await.expect("the migrations run");
            store.close().await;
        });
    });
    migrated.join().expect("the template is made");
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let url = url.replace("&connections=8", "");
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
        .await
        .expect("the server accepts us");
    #[expect(clippy::disallowed_methods, reason = "it ends with the client")]
    tokio::spawn(connection);
    client
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts")
        .block_on(future)
}
