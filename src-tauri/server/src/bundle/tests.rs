use super::*;
use crate::answers::tests::shop;
use crate::wire_tests::Client;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

fn here() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

/// A server whose bundle has a new version at each reload, the third of which is broken.
fn server() -> Running {
    let version = AtomicU64::new(1);
    let remake = move || match version.fetch_add(1, Ordering::SeqCst) + 1 {
        3 => Err("features.parquet is damaged".to_owned()),
        version => Ok(shop(&format!("v{version}"))),
    };
    serve(shop("v1"), Arc::new(remake), here()).unwrap()
}

const AS_JSON: (&str, &str) = ("Content-Type", "application/json");

#[test]
fn every_question_has_its_answer() {
    let server = server();
    let mut client = Client::new(server.addr());
    let health = client.get("/v1/health").json();
    assert_eq!((&health["bundle"], &health["profiles"]), (&json!("v1"), &json!(2)));
    let profile = client.get("/v1/profiles/7");
    assert_eq!(profile.json()["propensity"], json!(0.25));
    assert!(profile.head.contains("content-type: application/json"));
    assert_eq!(client.get("/v1/profiles/7/segments").json()["segment"]["name"], "Runners");
    let list = client.get("/v1/profiles/7/recommendations?k=2").json();
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    let decided = client.get("/v1/profiles/7/decisions").json();
    assert_eq!(decided["decisions"][0]["kind"], "show");
    let scored = client.ask("POST /v1/score", &[AS_JSON], r#"{"features": {"frequency": 0.75}}"#);
    assert_eq!(scored.json(), json!({"segment": {"id": 1, "name": "Runners"}, "propensity": 0.75}));
    let missing = client.ask("POST /v1/score", &[AS_JSON], r#"{"features": {"frequency": null}}"#);
    assert_eq!(missing.json()["propensity"], json!(0.5));
}

#[test]
fn strangers_and_nonsense() {
    let server = server();
    let mut client = Client::new(server.addr());
    for path in ["", "/segments", "/decisions"] {
        assert_eq!(client.get(&format!("/v1/profiles/404{path}")).status, 404, "{path}");
    }
    let list = client.get("/v1/profiles/404/recommendations").json();
    assert_eq!(
        (&list["strategy"], &list["items"][0]["product_id"]),
        (&json!("popular"), &json!("p"))
    );
    assert_eq!(client.get("/v1/profiles/x").status, 400);
    assert_eq!(client.get("/v1/profiles/7/recommendations?k=-1").status, 400);
    assert_eq!(client.get("/v2/health").status, 404);
    let shoe = client.ask("POST /v1/score", &[AS_JSON], r#"{"features": {"shoe_size": 44}}"#);
    assert_eq!(shoe.status, 422);
    assert!(shoe.json()["error"].as_str().unwrap().contains("shoe_size"));
    let broken = client.ask("POST /v1/score", &[AS_JSON], "{");
    assert_eq!((broken.status, broken.json()["error"].is_string()), (400, true));
}

#[test]
fn no_web_page_of_elsewhere() {
    let server = server();
    let mut client = Client::new(server.addr());
    let ask = |client: &mut Client, line: &str, header: (&str, &str)| {
        client.ask(line, &[header], "").status
    };
    assert_eq!(ask(&mut client, "GET /v1/profiles/7", ("Host", "evil.example")), 403);
    assert_eq!(ask(&mut client, "GET /v1/profiles/7", ("Origin", "https://evil.example")), 403);
    let own = format!("http://{}", client.addr);
    assert_eq!(ask(&mut client, "GET /v1/profiles/7", ("Origin", &own)), 200);
    assert_eq!(ask(&mut client, "POST /v1/reload", ("Origin", &own)), 403);
}

#[test]
fn a_reload_switches_and_a_broken_one_changes_nothing() {
    let server = server();
    let mut client = Client::new(server.addr());
    assert_eq!(client.ask("POST /v1/reload", &[], "").json()["bundle"], "v2");
    assert_eq!(client.get("/v1/health").json()["bundle"], "v2");
    let broken = client.ask("POST /v1/reload", &[], "");
    assert_eq!(broken.status, 409);
    assert!(broken.json()["error"].as_str().unwrap().contains("features.parquet"));
    assert_eq!(client.get("/v1/health").json()["bundle"], "v2");
    assert_eq!(client.ask("POST /v1/reload", &[], "").json()["bundle"], "v4");
}

#[test]
fn no_request_fails_while_bundles_are_switched_and_the_end_is_orderly() {
    let server = server();
    let addr = server.addr();
    let stop = Arc::new(AtomicBool::new(false));
    let askers: Vec<_> = (0..3)
        .map(|_| {
            let stop = stop.clone();
            std::thread::spawn(move || {
                let mut client = Client::new(addr);
                let mut asked = 0;
                while !stop.load(Ordering::SeqCst) {
                    assert_eq!(client.get("/v1/profiles/7").status, 200);
                    let list = client.get("/v1/profiles/7/recommendations?k=3").json();
                    assert_eq!(list["items"].as_array().unwrap().len(), 3);
                    asked += 2;
                }
                asked
            })
        })
        .collect();
    let mut client = Client::new(addr);
    for _ in 0..40 {
        let status = client.ask("POST /v1/reload", &[], "").status;
        assert!(status == 200 || status == 409);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    stop.store(true, Ordering::SeqCst);
    let asked: u64 = askers.into_iter().map(|a| a.join().unwrap()).sum();
    assert!(asked > 40, "{asked}");
    let began = std::time::Instant::now();
    server.stop();
    assert!(began.elapsed() < std::time::Duration::from_secs(3), "{:?}", began.elapsed());
    assert!(std::net::TcpStream::connect(addr).is_err());
}

#[test]
fn a_taken_address_is_named() {
    let first = server();
    let remake = Arc::new(|| Err(String::new()));
    let error = serve(shop("v1"), remake, first.addr()).err().unwrap().to_string();
    assert!(error.contains(&first.addr().to_string()) && error.contains("port 0"), "{error}");
}
