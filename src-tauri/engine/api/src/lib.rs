//! Every message between the user interface and the engine.
//!
//! Not for: doing anything. Hosts carry these messages, `kith-workbench` answers them.
//!
//! Its one law: what is not expressible here, no host may do. It compiles to WASM and names
//! neither DuckDB nor Tauri nor a window.

mod error;
mod event;
mod request;
mod response;
pub mod wire;

pub use error::{ApiError, ErrorCode};
pub use event::{Event, EventSink, JobOutcome, JobStatus};
pub use request::{Order, Request, RowsAsk, TableRef};
pub use response::{
    Capabilities, HistoryEntry, HistoryView, Overview, RecentProject, Response, RowsPage,
    StageStatus, TableInfo,
};

/// The engine, as every host sees it.
///
/// Calls are synchronous, may take as long as a query takes (never as long as a job) and may
/// come from any thread at once. Long work is started by [`Request::Run`] and reports by events.
pub trait Backend: Send + Sync {
    /// Answers one request.
    fn call(&self, request: Request) -> Result<Response, ApiError>;

    /// From now on `sink` gets every event; it must return quickly.
    fn subscribe(&self, sink: EventSink);
}
