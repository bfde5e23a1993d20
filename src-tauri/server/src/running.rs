//! A server on a thread of its own, told apart from whoever started it.

use axum::Router;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Why a server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken or not allowed.
    #[error("Cannot listen on {addr}: {reason}; choose another address, port 0 for a free one")]
    Listen {
        /// The address.
        addr: SocketAddr,
        /// The system's words.
        reason: std::io::ErrorKind,
    },
    /// A project is served on this machine only.
    #[error("A project is served on this machine only: listen on 127.0.0.1 or [::1]")]
    NotLoopback,
    /// The runtime cannot start.
    #[error("The server cannot start: {0}")]
    Runtime(std::io::ErrorKind),
}

/// A running server; dropped or stopped, it answers what it has begun and ends.
pub struct Running {
    addr: SocketAddr,
    token: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Running {
    /// The address it listens on; the port is real even when 0 was asked for.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What a client must show; empty when anybody may ask.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Stops and waits for the last answer.
    pub fn stop(mut self) {
        self.end();
    }

    /// Waits until it ends by itself (it does on Ctrl+C).
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }

    fn end(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// Serves `router` until told to stop or until Ctrl+C.
pub(crate) fn start(
    router: Router,
    addr: SocketAddr,
    token: String,
) -> Result<Running, ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| ServeError::Runtime(e.kind()))?;
    let listener = runtime
        .block_on(TcpListener::bind(addr))
        .map_err(|e| ServeError::Listen { addr, reason: e.kind() })?;
    let addr = listener.local_addr().map_err(|e| ServeError::Listen { addr, reason: e.kind() })?;
    let (stop, stopped) = oneshot::channel::<()>();
    let serve = move || {
        runtime.block_on(async move {
            let until = async move {
                tokio::select! {
                    _ = stopped => {}
                    _ = tokio::signal::ctrl_c() => {}
                }
            };
            if let Err(e) = axum::serve(listener, router).with_graceful_shutdown(until).await {
                log::error!("the server ended: {}", e.kind());
            }
        });
    };
    let thread = std::thread::Builder::new()
        .name("kith-server".to_owned())
        .spawn(serve)
        .map_err(|e| ServeError::Runtime(e.kind()))?;
    Ok(Running { addr, token, stop: Some(stop), thread: Some(thread) })
}
