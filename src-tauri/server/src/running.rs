//! A server on a thread of its own, told apart from whoever started it.

use axum::Router;
use axum::serve::ListenerExt as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// How long begun answers may take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(5);

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

    /// Waits until it ends by itself (it does when told to interrupt or terminate).
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

/// What to serve, and whom to tell.
pub(crate) struct Service {
    router: Router,
    addr: SocketAddr,
    token: String,
    on_stop: Box<dyn FnOnce() + Send>,
    on_hang_up: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl Service {
    pub(crate) fn new(router: Router, addr: SocketAddr) -> Self {
        Self { router, addr, token: String::new(), on_stop: Box::new(|| ()), on_hang_up: None }
    }

    /// What a client must show.
    pub(crate) fn token(mut self, token: String) -> Self {
        self.token = token;
        self
    }

    /// Called once when the server is told to stop: ends answers that would go on for ever.
    pub(crate) fn on_stop(mut self, tell: impl FnOnce() + Send + 'static) -> Self {
        self.on_stop = Box::new(tell);
        self
    }

    /// Called, on a thread that may block, for each hang-up signal (where there are signals).
    pub(crate) fn on_hang_up(mut self, tell: impl Fn() + Send + Sync + 'static) -> Self {
        self.on_hang_up = Some(Arc::new(tell));
        self
    }
}

/// Ends when the process is told to interrupt or to terminate.
async fn told_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

#[cfg(unix)]
async fn hang_ups(tell: Arc<dyn Fn() + Send + Sync>) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut signals) = signal(SignalKind::hangup()) else { return };
    while signals.recv().await.is_some() {
        let tell = tell.clone();
        let _ = tokio::task::spawn_blocking(move || tell()).await;
    }
}

#[cfg(not(unix))]
async fn hang_ups(_tell: Arc<dyn Fn() + Send + Sync>) {}

/// Serves until stopped or told to end; then begun answers have [`GRACE`] to finish.
async fn serve(listener: TcpListener, service: Service, stopped: oneshot::Receiver<()>) {
    if let Some(tell) = service.on_hang_up {
        tokio::spawn(hang_ups(tell));
    }
    let on_stop = service.on_stop;
    let (ending, ended) = oneshot::channel::<()>();
    let until = async move {
        tokio::select! {
            _ = stopped => {}
            () = told_to_end() => {}
        }
        on_stop();
        let _ = ending.send(());
    };
    let grace = async move {
        if ended.await.is_ok() {
            tokio::time::sleep(GRACE).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    // Small answers must not wait for more to send.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let app = service.router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::select! {
        result = axum::serve(listener, app).with_graceful_shutdown(until) => {
            if let Err(e) = result {
                log::error!("the server ended: {}", e.kind());
            }
        }
        () = grace => log::warn!("the server ended before its last answers"),
    }
}

/// Starts a service on a thread of its own.
pub(crate) fn start(service: Service) -> Result<Running, ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| ServeError::Runtime(e.kind()))?;
    let asked = service.addr;
    let refused = |e: std::io::Error| ServeError::Listen { addr: asked, reason: e.kind() };
    let listener = runtime.block_on(TcpListener::bind(asked)).map_err(refused)?;
    let addr = listener.local_addr().map_err(refused)?;
    let token = service.token.clone();
    let (stop, stopped) = oneshot::channel::<()>();
    let thread = std::thread::Builder::new()
        .name("kith-server".to_owned())
        .spawn(move || {
            runtime.block_on(serve(listener, service, stopped));
            // Blocking work (a reload, a query) must not hold up the end.
            runtime.shutdown_background();
        })
        .map_err(|e| ServeError::Runtime(e.kind()))?;
    Ok(Running { addr, token, stop: Some(stop), thread: Some(thread) })
}
