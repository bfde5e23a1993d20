use super::*;
use crate::wire_tests::Client;
use kith_api::{EventSink, Response as Reply};
use std::sync::Mutex;

/// An engine that knows two requests and remembers who listens.
#[derive(Default)]
struct Echo {
    sinks: Mutex<Vec<EventSink>>,
}

impl Echo {
    fn say(&self, event: &Event) {
        for sink in self.sinks.lock().unwrap().iter() {
            sink(event);
        }
    }
}

impl Backend for Echo {
    fn call(&self, request: kith_api::Request) -> Result<Reply, ApiError> {
        match request {
            kith_api::Request::Capabilities => Ok(Reply::Done),
            _ => Err(ApiError::new(ErrorCode::Usage, "No project is open")),
        }
    }

    fn subscribe(&self, sink: EventSink) {
        self.sinks.lock().unwrap().push(sink);
    }
}

fn server(web: Option<PathBuf>) -> (Arc<Echo>, Running) {
    let engine = Arc::new(Echo::default());
    let running = start_project(engine.clone(), web, "127.0.0.1:0".parse().unwrap()).unwrap();
    (engine, running)
}

const ASK: &str = r#"{"ask": "capabilities"}"#;

#[test]
fn requests_travel_as_frames() {
    let (_, server) = server(None);
    let mut client = Client::new(server.addr());
    let token = server.token().to_owned();
    let by_header = client.ask("POST /rpc", &[("x-kith-token", &token)], ASK);
    assert_eq!(wire::decode_reply(&by_header.body), Ok(Reply::Done));
    let path = format!("POST /rpc?token={token}");
    let refused = client.ask(&path, &[], r#"{"ask": "overview"}"#);
    assert_eq!(wire::decode_reply(&refused.body).unwrap_err().message, "No project is open");
    let nonsense = client.ask(&path, &[], "{");
    assert_eq!(wire::decode_reply(&nonsense.body).unwrap_err().code, ErrorCode::Usage);
}

#[test]
fn without_the_token_or_from_elsewhere_nothing_is_answered() {
    let (_, server) = server(None);
    let mut client = Client::new(server.addr());
    let token = server.token().to_owned();
    assert_eq!(token.len(), 32);
    for line in ["POST /rpc", "POST /rpc?token=", "POST /rpc?token=0", "GET /events"] {
        assert_eq!(client.ask(line, &[], ASK).status, 401, "{line}");
    }
    let path = format!("POST /rpc?token={token}");
    for (name, value) in [
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Origin", "http://127.0.0.1:1"),
        ("Host", "evil.example"),
        ("Host", "127.0.0.1.evil.example"),
    ] {
        assert_eq!(client.ask(&path, &[(name, value)], ASK).status, 403, "{name}: {value}");
    }
    let outside = start_project(Arc::new(Echo::default()), None, "0.0.0.0:0".parse().unwrap());
    assert!(matches!(outside, Err(ServeError::NotLoopback)));
}

#[test]
fn events_reach_a_browser_and_the_end_ends_them() {
    let (engine, server) = server(None);
    let mut client = Client::new(server.addr());
    assert_eq!(client.open(&format!("GET /events?token={}", server.token())), 200);
    engine.say(&Event::DocumentChanged { seq: 7 });
    let mut line = String::new();
    while !line.starts_with("data:") {
        line = client.line().unwrap();
    }
    let event: Event = serde_json::from_str(line.trim_start_matches("data:").trim()).unwrap();
    assert_eq!(event, Event::DocumentChanged { seq: 7 });
    let began = std::time::Instant::now();
    server.stop();
    assert!(began.elapsed() < std::time::Duration::from_secs(3), "an open browser holds it up");
    while client.line().is_some() {}
}

#[test]
fn who_missed_events_is_told_to_ask_anew() {
    let (engine, server) = server(None);
    let mut client = Client::new(server.addr());
    assert_eq!(client.open(&format!("GET /events?token={}", server.token())), 200);
    // Many more than fit the backlog and the socket, while the browser does not read.
    for seq in 0..400_000 {
        engine.say(&Event::DocumentChanged { seq });
    }
    let missed = serde_json::to_string(&Event::ProjectChanged).unwrap();
    let mut found = false;
    while let Some(line) = client.line() {
        found |= line.contains(&missed);
        if found || line.contains("399999") {
            break;
        }
    }
    assert!(found);
}

#[test]
fn the_page_comes_with_its_policy() {
    let web = tempfile::tempdir().unwrap();
    std::fs::write(web.path().join("index.html"), "<!doctype html>").unwrap();
    let (_, server) = server(Some(web.path().to_owned()));
    let mut client = Client::new(server.addr());
    let page = client.get("/?token=x");
    assert_eq!((page.status, page.body.as_slice()), (200, &b"<!doctype html>"[..]));
    assert!(page.head.contains("content-security-policy: default-src 'none'"));
    assert!(page.head.contains("referrer-policy: no-referrer"));
    for path in ["/missing.js", "/../Cargo.toml", "/%2e%2e/x.js"] {
        assert_eq!(client.get(path).status, 404, "{path}");
    }
}
