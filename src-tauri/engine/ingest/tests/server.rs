//! A Postgres server of the test's own, when the machine has one to start.

mod bench;

use bench::Bench;
use kith_ingest::{IngestError, inspect, inspect_as};
use kith_model::source::{FileFormat, ReadOptions};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A server in a folder, stopped when dropped.
struct Server {
    folder: tempfile::TempDir,
    bin: PathBuf,
    port: u16,
}

/// Servers refuse to run as root: then another user starts them.
fn run(bin: &Path, program: &str, args: &[&str]) -> bool {
    let program = bin.join(program);
    let root = std::env::var("USER").is_ok_and(|user| user == "root")
        || std::fs::metadata("/root")
            .is_ok_and(|m| !m.permissions().readonly() && std::fs::read_dir("/root").is_ok());
    let mut command = if root {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    let quiet = std::process::Stdio::null;
    let ran = command.args(args).stdout(quiet()).stderr(quiet()).status();
    ran.is_ok_and(|status| status.success())
}

impl Server {
    fn start() -> Option<Self> {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        let bin = versions
            .flatten()
            .map(|v| v.path().join("bin"))
            .find(|b| b.join("initdb").is_file())?;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        // Whoever starts the server must be able to write there.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).ok()?;
        }
        let data = data.to_string_lossy().into_owned();
        std::fs::write(folder.path().join("word"), "s3cret\n").unwrap();
        let word = format!("--pwfile={}/word", folder.path().display());
        if !run(&bin, "initdb", &["-D", &data, "-U", "ada", "-A", "scram-sha-256", &word]) {
            return None;
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let options = format!("-p {port} -h 127.0.0.1 -k {}", folder.path().display());
        let log = format!("{data}/log");
        run(&bin, "pg_ctl", &["-D", &data, "-l", &log, "-w", "-o", &options, "start"])
            .then_some(Self { folder, bin, port })
    }

    fn address(&self, password: &str) -> PathBuf {
        PathBuf::from(format!("postgres://ada:{password}@127.0.0.1:{}/postgres", self.port))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.folder.path().join("data").to_string_lossy().into_owned();
        run(&self.bin, "pg_ctl", &["-D", &data, "-m", "immediate", "stop"]);
    }
}

const SETUP: &str = "CREATE TABLE people (id bigint, name text, born date, seen timestamptz,
   at timestamp, opens time, spent numeric(12,2), any_number numeric, ratio float8, vip boolean,
   key uuid, extra jsonb, tags text[], raw bytea);
 INSERT INTO people VALUES (1, 'Ada \"x\", \ny', '1815-12-10', '2026-05-01 12:00:00+02',
   '2026-05-01 10:00:00.5', '08:05', 19.90, 123456789012345678901234567890.5, 0.1, true,
   '6f1c1a52-6a0f-4a09-9e2d-0d9f5d3f7a11', '{\"a\": 1}', ARRAY['p','q\"'], '\\x00ff');
 INSERT INTO people (id, name) VALUES (2, ''), (3, NULL);
 CREATE SCHEMA crm; CREATE TABLE crm.one (v int); INSERT INTO crm.one VALUES (7), (NULL);
 CREATE VIEW names AS SELECT name FROM people;";

#[test]
fn a_servers_tables_load_exactly_and_are_not_written() {
    let Some(server) = Server::start() else {
        eprintln!("skipped: no Postgres server can be started here");
        return;
    };
    let address = server.address("s3cret");
    let mut owner = postgres::Client::connect(address.to_str().unwrap(), postgres::NoTls).unwrap();
    owner.batch_execute(SETUP).unwrap();

    let bench = Bench::new();
    let seen = inspect(&address).unwrap();
    let parts: Vec<_> = seen.parts.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(parts, ["names", "people", "crm.one"]);
    assert!(seen.parts.iter().all(|part| !part.file.0.contains("s3cret")), "{:?}", seen.parts);
    let table = |name: &str| ReadOptions { table: Some(name.into()), ..ReadOptions::default() };
    let people = inspect_as(&address, FileFormat::Postgres, &table("people")).unwrap();
    assert_eq!(people.rows.len(), 3);

    let load = |name: &str| {
        let id = kith_model::SourceId::slug(name);
        let file = kith_model::FileRef(kith_ingest::without_password(address.to_str().unwrap()).0);
        let (format, options) = (FileFormat::Postgres, table(name));
        let source = kith_model::source::Source {
            id,
            title: name.into(),
            file,
            format,
            options,
            preset: None,
        };
        let scratch = bench.folder.path().join("scratch");
        let plan = kith_ingest::load(&source, &address, &scratch).unwrap();
        bench.store.run(&plan.pipeline, &kith_model::Quiet).unwrap();
        (source, plan.rows_in)
    };
    let (source, rows_in) = load("people");
    assert_eq!(rows_in, Some(3));
    let rows = bench.rows(&source);
    let expected = [
        "1",
        "Ada \"x\", \ny",
        "1815-12-10",
        "2026-05-01 10:00:00+00",
        "2026-05-01 10:00:00.5",
        "08:05:00",
        "19.90",
        "123456789012345678901234567890.5",
        "0.1",
        "true",
        "6f1c1a52-6a0f-4a09-9e2d-0d9f5d3f7a11",
        "{\"a\": 1}",
        "[\"p\",\"q\\\"\"]",
        "\\x00ff",
    ];
    assert_eq!(rows[0], expected);
    assert_eq!((rows[1][1].as_str(), rows[2][1].as_str()), ("", "-"));
    let (source, rows_in) = load("crm.one");
    assert_eq!((rows_in, bench.rows(&source)), (Some(2), vec![vec!["7".into()], vec!["-".into()]]));

    for (address, wanted) in [
        (server.address("wrong"), "refuses this user or password"),
        (PathBuf::from(format!("postgres://ada@127.0.0.1:{}/postgres", server.port)), "password"),
        (
            PathBuf::from(format!("postgres://ada:s3cret@127.0.0.1:{}/none", server.port)),
            "no database",
        ),
    ] {
        let error = inspect(&address).unwrap_err();
        assert!(matches!(error, IngestError::Server { .. }));
        let said = error.to_string();
        assert!(said.contains(wanted) && !said.contains("s3cret"), "{wanted}: {said}");
    }
    let missing = inspect_as(&address, FileFormat::Postgres, &table("absent")).unwrap_err();
    assert!(missing.to_string().contains("choose one of names, people, crm.one"), "{missing}");
}
