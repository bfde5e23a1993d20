//! Interrupts a statement when its monitor says so.

use kith_model::Monitor;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often the monitor is asked.
const POLL: Duration = Duration::from_millis(20);

/// Runs `work` on `connection` while a second thread watches `monitor`; once it is cancelled the
/// connection is interrupted again and again (an interrupt between two statements is lost) until
/// `work` returns.
pub(crate) fn watched<T>(
    connection: &duckdb::Connection,
    monitor: &dyn Monitor,
    work: impl FnOnce() -> T,
) -> T {
    let over = AtomicBool::new(false);
    let interrupt = connection.interrupt_handle();
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            while !over.load(Ordering::Acquire) {
                if monitor.cancelled() {
                    interrupt.interrupt();
                }
                std::thread::park_timeout(POLL);
            }
        });
        let end = End { over: &over, watcher: watcher.thread() };
        let result = work();
        drop(end);
        result
    })
}

/// Stops the watcher even when the work panics.
struct End<'a> {
    over: &'a AtomicBool,
    watcher: &'a std::thread::Thread,
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        self.watcher.unpark();
    }
}
