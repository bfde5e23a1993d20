//! The journey through each way a window talks to the engine: in the same process, through the
//! desktop shell's frames, and over HTTP as a browser would.

use crate::script::{Carrier, journey};
use kith_api::{ApiError, Backend, Request, Response, wire};
use kith_tests::Bench;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

struct InProcess(Arc<dyn Backend>);

impl Carrier for InProcess {
    fn call(&mut self, request: Request) -> Result<Response, ApiError> {
        self.0.call(request)
    }
}

/// What the desktop shell's `rpc` does: JSON in, frame out.
struct Frames(Arc<dyn Backend>);

impl Carrier for Frames {
    fn call(&mut self, request: Request) -> Result<Response, ApiError> {
        let json = serde_json::to_string(&request).expect("a request is JSON");
        let request = serde_json::from_str(&json).expect("the request survives");
        wire::decode_reply(&wire::encode_reply(&self.0.call(request)))
    }
}

/// What a browser does.
struct Http {
    addr: SocketAddr,
    token: String,
}

impl Carrier for Http {
    fn call(&mut self, request: Request) -> Result<Response, ApiError> {
        let body = serde_json::to_vec(&request).expect("a request is JSON");
        let reply = http(self.addr, "POST", &format!("/rpc?token={}", self.token), &body);
        wire::decode_reply(&reply.1)
    }
}

/// One HTTP/1.1 exchange; returns status and body.
pub fn http(addr: SocketAddr, method: &str, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(addr).expect("the server listens");
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {addr}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("the request is sent");
    stream.write_all(body).expect("the body is sent");
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).expect("the reply arrives");
    let split = reply.windows(4).position(|w| w == b"\r\n\r\n").expect("a head") + 4;
    let head = String::from_utf8_lossy(&reply[..split]).to_lowercase();
    assert!(!head.contains("transfer-encoding: chunked"), "replies have a length");
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status");
    (status, reply[split..].to_vec())
}

#[test]
fn in_the_same_process() {
    let bench = Bench::new();
    journey(&mut InProcess(bench.engine.clone()), bench.file("shop"));
}

#[test]
fn through_the_desktop_shells_frames() {
    let bench = Bench::new();
    journey(&mut Frames(bench.engine.clone()), bench.file("shop"));
}

#[test]
fn over_http_as_a_browser() {
    let bench = Bench::new();
    let server =
        kith_server::start_project(bench.engine.clone(), None, "127.0.0.1:0".parse().unwrap())
            .expect("the server starts");
    let mut http = Http { addr: server.addr(), token: server.token().to_owned() };
    journey(&mut http, bench.file("shop"));
    let (status, _) = self::http(server.addr(), "POST", "/rpc?token=wrong", b"{}");
    assert_eq!(status, 401);
    server.stop();
}
