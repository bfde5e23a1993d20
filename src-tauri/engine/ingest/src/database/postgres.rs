//! Postgres servers, read through their own CSV output.
//!
//! The address is the user's: `postgres://user@host:5432/database`. A password in it is used for
//! the connection and told to nobody: it stands in no error, and [`without_password`] takes it out
//! of what is kept.

use super::{Glimpse, choose, detected, postgres_sql};
use crate::delimited::Survey;
use crate::error::IngestError;
use crate::inspect::{Detected, SHOWN};
use crate::layout::Names;
use crate::reject::Scratch;
use kith_model::source::{ColumnInfo, FileFormat, ReadOptions};
use kith_model::{FileRef, Monitor};
use postgres::config::{Host, SslMode};
use postgres::error::SqlState;
use postgres::{Client, Config, NoTls};
use std::io::{Read, Write};
use std::time::Duration;

/// How long a server may take to answer at all.
const PATIENCE: Duration = Duration::from_secs(10);

/// True for the address of a server.
pub fn is_address(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}

/// An address without its password, and the password.
pub fn without_password(address: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = address.split_once("://") else { return (address.to_owned(), None) };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (mut kept, mut password) = (rest.to_owned(), None);
    if let Some(at) = rest[..end].rfind('@')
        && let Some((user, secret)) = rest[..at].split_once(':')
    {
        password = Some(secret.to_owned());
        kept = format!("{user}{}", &rest[at..]);
    }
    // Also written as an option behind the question mark.
    if let Some((before, query)) = kept.clone().split_once('?') {
        let (secret, open): (Vec<_>, Vec<_>) =
            query.split('&').partition(|pair| pair.to_ascii_lowercase().starts_with("password="));
        password = password.or(secret.first().map(|pair| pair["password=".len()..].to_owned()));
        let open = open.join("&");
        kept = if open.is_empty() { before.to_owned() } else { format!("{before}?{open}") };
    }
    (format!("{scheme}://{kept}"), password)
}

/// An address with a password put back in.
pub fn with_password(address: &str, password: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}://{}:{password}{}", &rest[..at], &rest[at..]),
        None => address.to_owned(),
    }
}

/// Host and database, for messages and titles.
pub fn title(address: &str) -> String {
    let Ok(config) = address.parse::<Config>() else { return "Postgres".to_owned() };
    let host = config.get_hosts().first().map_or_else(String::new, |host| match host {
        Host::Tcp(name) => name.clone(),
        Host::Unix(path) => path.display().to_string(),
    });
    match config.get_dbname() {
        Some(database) => format!("{database} on {host}"),
        None => host,
    }
}

/// A table as people name it, and its schema and name.
type Listed = (String, (String, String));

struct Server {
    client: Client,
    title: String,
    address: String,
}

/// Why a server cannot be read. Its words may quote values: only its code counts.
fn fault(title: &str, error: &postgres::Error) -> IngestError {
    let server = title.to_owned();
    let cause = std::error::Error::source(error).map_or_else(String::new, ToString::to_string);
    let words = format!("{error} {cause}");
    let (what, way_out) = match error.code() {
        Some(code)
            if [SqlState::INVALID_PASSWORD, SqlState::INVALID_AUTHORIZATION_SPECIFICATION]
                .contains(code) =>
        {
            (
                "it refuses this user or password",
                "give the right one in the address, or in PGPASSWORD",
            )
        }
        Some(code) if *code == SqlState::INVALID_CATALOG_NAME => {
            ("it has no database of that name", "correct the address")
        }
        Some(code) if *code == SqlState::INSUFFICIENT_PRIVILEGE => {
            ("this user may not read that table", "ask for the right to select from it")
        }
        Some(code) if *code == SqlState::UNDEFINED_TABLE => {
            ("the table is gone", "look at the server again")
        }
        Some(code) => {
            let what = format!("it answers with error {}", code.code());
            return IngestError::Server { server, what, way_out: "look it up in its log" };
        }
        None if words.contains("password missing") => {
            ("it wants a password", "give it in the address, or in PGPASSWORD")
        }
        None if words.contains("TLS") => (
            "it speaks only over TLS, which Kith does not",
            "connect through a tunnel on this machine",
        ),
        None => ("it does not answer", "check host, port and network"),
    };
    IngestError::Server { server, what: what.to_owned(), way_out }
}

impl Server {
    fn open(address: &str) -> Result<Self, IngestError> {
        let title = title(address);
        let wrong = || IngestError::Server {
            server: "Postgres".to_owned(),
            what: "the address cannot be understood".to_owned(),
            way_out: "write postgres://user@host:5432/database",
        };
        let mut config: Config = address.parse().map_err(|_| wrong())?;
        config.connect_timeout(PATIENCE).application_name("kith");
        if config.get_password().is_none()
            && let Ok(password) = std::env::var("PGPASSWORD")
        {
            config.password(password);
        }
        if config.get_ssl_mode() == SslMode::Prefer {
            config.ssl_mode(SslMode::Disable);
        }
        let mut client = config.connect(NoTls).map_err(|error| fault(&title, &error))?;
        client.batch_execute(postgres_sql::SESSION).map_err(|error| fault(&title, &error))?;
        Ok(Self { client, title, address: without_password(address).0 })
    }

    /// Tables as people name them: bare in `public`, with their schema elsewhere.
    fn tables(&mut self) -> Result<Vec<Listed>, IngestError> {
        let rows = self.client.query(postgres_sql::TABLES, &[]);
        let rows = rows.map_err(|error| fault(&self.title, &error))?;
        let name = |row: &postgres::Row| {
            let (schema, table): (String, String) = (row.get(0), row.get(1));
            let shown =
                if schema == "public" { table.clone() } else { format!("{schema}.{table}") };
            (shown, (schema, table))
        };
        Ok(rows.iter().map(name).collect())
    }

    fn table(&mut self, wanted: Option<&str>) -> Result<Table, IngestError> {
        let tables = self.tables()?;
        let names: Vec<String> = tables.iter().map(|(name, _)| name.clone()).collect();
        let chosen = choose(&self.title, &names, wanted)?;
        let place = tables.into_iter().find(|(name, _)| *name == chosen).map(|(_, place)| place);
        let (schema, table) = place.unwrap_or_default();
        let rows = self.client.query(&postgres_sql::columns(&schema, &table), &[]);
        let rows = rows.map_err(|error| fault(&self.title, &error))?;
        let mut taken = Names::new();
        let mut columns = Vec::new();
        for row in &rows {
            let (name, declared, category): (String, String, String) =
                (row.get(0), row.get(1), row.get(2));
            let (sql_type, json) = sql_type(&declared, &category);
            let info = ColumnInfo { name: taken.unique(&name), sql_type };
            columns.push(Column { name, json, info });
        }
        Ok(Table { names, chosen, place: (schema, table), columns })
    }

    fn copy(&mut self, table: &Table, limit: Option<usize>) -> Result<impl Read + '_, IngestError> {
        let columns: Vec<_> = table.columns.iter().map(|c| (c.name.clone(), c.json)).collect();
        let sql = postgres_sql::copy((&table.place.0, &table.place.1), &columns, limit);
        self.client.copy_out(&sql).map_err(|error| fault(&self.title, &error))
    }
}

struct Table {
    names: Vec<String>,
    chosen: String,
    place: (String, String),
    columns: Vec<Column>,
}

struct Column {
    name: String,
    /// A list or a composite: written as JSON.
    json: bool,
    info: ColumnInfo,
}

impl Table {
    fn infos(&self) -> Vec<ColumnInfo> {
        self.columns.iter().map(|column| column.info.clone()).collect()
    }
}

/// The DuckDB type that reads the server's text of a type back, and whether to ask for JSON.
fn sql_type(declared: &str, category: &str) -> (String, bool) {
    if category == "A" || category == "C" {
        return ("JSON".to_owned(), true);
    }
    let plain = match declared {
        "smallint" | "integer" | "bigint" => "BIGINT",
        "real" | "double precision" => "DOUBLE",
        "boolean" => "BOOLEAN",
        "uuid" => "UUID",
        "json" | "jsonb" => "JSON",
        // 10^38 and more, or any scale: only the text is exact.
        other => return (decimal(other).unwrap_or_else(|| moment(other).to_owned()), false),
    };
    (plain.to_owned(), false)
}

fn moment(declared: &str) -> &'static str {
    let bare: String =
        declared.chars().filter(|c| !c.is_ascii_digit() && !"()".contains(*c)).collect();
    match bare.as_str() {
        "date" => "DATE",
        "timestamp without time zone" => "TIMESTAMP",
        "timestamp with time zone" => "TIMESTAMP WITH TIME ZONE",
        "time without time zone" => "TIME",
        _ => "VARCHAR",
    }
}

/// `numeric(12,2)` as `DECIMAL(12,2)`, when DuckDB has it.
fn decimal(declared: &str) -> Option<String> {
    let (width, scale) = declared.strip_prefix("numeric(")?.strip_suffix(')')?.split_once(',')?;
    let (width, scale): (u32, u32) = (width.trim().parse().ok()?, scale.trim().parse().ok()?);
    (width <= 38 && scale <= width).then(|| format!("DECIMAL({width},{scale})"))
}

/// What a server's table is.
pub(crate) fn inspect(address: &str, options: &ReadOptions) -> Result<Detected, IngestError> {
    let mut server = Server::open(address)?;
    let table = server.table(options.table.as_deref())?;
    let mut text = Vec::new();
    let name = server.title.clone();
    let cut = |_| lost(&name);
    server.copy(&table, Some(SHOWN))?.read_to_end(&mut text).map_err(cut)?;
    let rows = records(&text, table.columns.len());
    let file = FileRef(server.address.clone());
    let kind = (FileFormat::Postgres, "Postgres table");
    let glimpse = Glimpse { columns: table.infos(), rows };
    Ok(detected(kind, &file, (&table.names, &table.chosen), options, glimpse))
}

fn lost(server: &str) -> IngestError {
    let what = "the connection broke off".to_owned();
    IngestError::Server { server: server.to_owned(), what, way_out: "try again" }
}

/// Records of the server's CSV: quoted values, bare ones missing.
fn records(text: &[u8], width: usize) -> Vec<Vec<Option<String>>> {
    let mut count = Count::default();
    let (mut rows, mut from) = (Vec::new(), 0);
    for (at, _) in text.iter().enumerate() {
        if count.step(text[at]) {
            rows.push(record(&text[from..at], width));
            from = at + 1;
        }
    }
    rows
}

fn record(line: &[u8], width: usize) -> Vec<Option<String>> {
    let (mut fields, mut field, mut quoted, mut open) = (Vec::new(), Vec::new(), false, false);
    let mut bytes = line.iter().peekable();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'"' if open && bytes.peek() == Some(&&b'"') => {
                field.push(b'"');
                bytes.next();
            }
            b'"' => {
                open = !open;
                quoted = true;
            }
            b',' if !open => {
                let text = String::from_utf8_lossy(&std::mem::take(&mut field)).into_owned();
                fields.push(std::mem::take(&mut quoted).then_some(text));
            }
            other => field.push(other),
        }
    }
    fields.push(quoted.then(|| String::from_utf8_lossy(&field).into_owned()));
    fields.truncate(width);
    fields
}

/// Counts records as bytes stream by: a line break outside quotes ends one.
#[derive(Default)]
struct Count {
    quoted: bool,
    records: u64,
    bytes: usize,
    longest: usize,
}

impl Count {
    /// Takes one byte; true when it ends a record.
    fn step(&mut self, byte: u8) -> bool {
        self.bytes += 1;
        match byte {
            b'"' => self.quoted = !self.quoted,
            b'\n' if !self.quoted => {
                self.records += 1;
                self.longest = self.longest.max(self.bytes);
                self.bytes = 0;
                return true;
            }
            _ => {}
        }
        false
    }
}

/// Reads a table into scratch files.
pub(crate) fn read(
    address: &str,
    options: &ReadOptions,
    scratch: &mut Scratch,
    monitor: &dyn Monitor,
) -> Result<(Survey, Vec<ColumnInfo>), IngestError> {
    let mut server = Server::open(address)?;
    let table = server.table(options.table.as_deref())?;
    let name = server.title.clone();
    let path = std::path::PathBuf::from(&name);
    let mut count = Count::default();
    let mut chunk = vec![0; 1 << 18];
    let mut reader = server.copy(&table, None)?;
    loop {
        if monitor.cancelled() {
            return Err(IngestError::Cancelled);
        }
        let read = reader.read(&mut chunk).map_err(|_| lost(&name))?;
        if read == 0 {
            break;
        }
        chunk[..read].iter().for_each(|&byte| {
            count.step(byte);
        });
        let written = scratch.good.write_all(&chunk[..read]);
        written.map_err(|error| IngestError::writing(&path, &error))?;
        monitor.progress(0.5, &format!("reading row {}", count.records));
    }
    let survey = Survey { good: count.records, longest: count.longest, ..Survey::default() };
    Ok((survey, table.infos()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_taken_out_wherever_they_stand() {
        for (address, kept, password) in [
            ("postgres://ada:s3cret@db:5432/crm", "postgres://ada@db:5432/crm", Some("s3cret")),
            ("postgres://ada:p@ss:w@db/crm?a=1", "postgres://ada@db/crm?a=1", Some("p@ss:w")),
            ("postgres://ada@db/crm?password=x&a=1", "postgres://ada@db/crm?a=1", Some("x")),
            ("postgresql://db/crm?PASSWORD=x", "postgresql://db/crm", Some("x")),
            ("postgres://ada@db/crm", "postgres://ada@db/crm", None),
        ] {
            assert_eq!(without_password(address), (kept.into(), password.map(str::to_owned)));
        }
        assert_eq!(with_password("postgres://ada@db/crm", "x"), "postgres://ada:x@db/crm");
        assert_eq!(title("postgres://ada:s3cret@db:5432/crm"), "crm on db");
    }

    #[test]
    fn a_servers_types_have_their_like() {
        for (declared, category, expected) in [
            ("integer", "N", "BIGINT"),
            ("numeric(12,2)", "N", "DECIMAL(12,2)"),
            ("numeric(50,2)", "N", "VARCHAR"),
            ("numeric", "N", "VARCHAR"),
            ("timestamp(3) with time zone", "D", "TIMESTAMP WITH TIME ZONE"),
            ("timestamp without time zone", "D", "TIMESTAMP"),
            ("character varying(20)", "S", "VARCHAR"),
            ("integer[]", "A", "JSON"),
            ("bytea", "U", "VARCHAR"),
        ] {
            assert_eq!(sql_type(declared, category).0, expected, "{declared}");
        }
    }

    #[test]
    fn the_servers_csv_is_counted_and_read() {
        let text = b"\"1\",\"a \"\"b\"\",\nc\",\n\"2\",\"\",\"x\"\n";
        let mut count = Count::default();
        text.iter().for_each(|&byte| {
            count.step(byte);
        });
        assert_eq!(count.records, 2);
        let some = |text: &str| Some(text.to_owned());
        let rows = records(text, 3);
        assert_eq!(rows[0], [some("1"), some("a \"b\",\nc"), None]);
        assert_eq!(rows[1], [some("2"), some(""), some("x")]);
    }

    #[test]
    fn errors_hold_no_password() {
        let error = Server::open("postgres://ada:s3cret@127.0.0.1:1/crm").err().unwrap();
        let said = error.to_string();
        assert!(said.contains("crm on 127.0.0.1") && !said.contains("s3cret"), "{said}");
        let wrong = Server::open("postgres://ada:s3cret@host:notaport/crm").err().unwrap();
        assert!(!wrong.to_string().contains("s3cret"), "{wrong}");
    }
}
