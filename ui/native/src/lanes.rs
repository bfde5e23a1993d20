//! Threads that ask the engine: one for changes, in order; several for everything else.

use kith_api::{ApiError, Backend, Request, Response};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Questions that may be under way at once.
const READERS: usize = 4;

/// Takes what came back for a request's number.
pub type Deliver = Arc<dyn Fn(u64, Result<Response, ApiError>) + Send + Sync>;

/// The way in; its threads end when it is dropped.
pub struct Lanes {
    changes: Sender<(u64, Request)>,
    questions: Sender<(u64, Request)>,
}

impl Lanes {
    /// Starts the threads.
    pub fn new(engine: &Arc<dyn Backend>, deliver: &Deliver) -> std::io::Result<Self> {
        let (changes, ahead) = channel();
        serve("kith-changes".to_owned(), ahead, engine, deliver)?;
        let (questions, ahead) = channel();
        let ahead = Arc::new(Mutex::new(ahead));
        for n in 0..READERS {
            serve(format!("kith-questions-{n}"), ahead.clone(), engine, deliver)?;
        }
        Ok(Self { changes, questions })
    }

    /// Hands a request over.
    pub fn send(&self, id: u64, request: Request) {
        let lane = if request.is_change() { &self.changes } else { &self.questions };
        // A lane is gone only when its thread could not go on; the reply then never comes, and
        // the panic that ended it is in the log.
        if lane.send((id, request)).is_err() {
            log::error!("the engine's threads have ended");
        }
    }
}

/// Where a thread takes its next request from.
trait Source: Send + 'static {
    fn next(&self) -> Option<(u64, Request)>;
}

impl Source for Receiver<(u64, Request)> {
    fn next(&self) -> Option<(u64, Request)> {
        self.recv().ok()
    }
}

impl Source for Arc<Mutex<Receiver<(u64, Request)>>> {
    fn next(&self) -> Option<(u64, Request)> {
        self.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
    }
}

fn serve(
    name: String,
    source: impl Source,
    engine: &Arc<dyn Backend>,
    deliver: &Deliver,
) -> std::io::Result<()> {
    let (engine, deliver) = (engine.clone(), deliver.clone());
    thread::Builder::new().name(name).spawn(move || {
        while let Some((id, request)) = source.next() {
            deliver(id, engine.call(request));
        }
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_api::{ErrorCode, EventSink};
    use std::time::Duration;

    /// Takes long over a change, answers questions at once, and writes down what it was asked.
    #[derive(Default)]
    struct Slow {
        asked: Mutex<Vec<Request>>,
    }

    impl Backend for Slow {
        fn call(&self, request: Request) -> Result<Response, ApiError> {
            if request == Request::Undo {
                thread::sleep(Duration::from_millis(150));
            }
            self.asked.lock().unwrap().push(request);
            Err(ApiError::new(ErrorCode::Usage, "No project is open"))
        }

        fn subscribe(&self, _sink: EventSink) {}
    }

    fn replies(requests: &[Request]) -> (Vec<u64>, Vec<Request>) {
        let slow = Arc::new(Slow::default());
        let engine: Arc<dyn Backend> = slow.clone();
        let (sender, inbox) = channel();
        let deliver: Deliver = Arc::new(move |id, _| sender.send(id).unwrap());
        let lanes = Lanes::new(&engine, &deliver).unwrap();
        for (id, request) in requests.iter().enumerate() {
            lanes.send(id as u64, request.clone());
        }
        let came = requests.iter().map(|_| inbox.recv_timeout(Duration::from_secs(5)).unwrap());
        let came = came.collect();
        let asked = slow.asked.lock().unwrap().clone();
        (came, asked)
    }

    #[test]
    fn changes_keep_their_order() {
        let requests = [Request::Undo, Request::Redo, Request::Undo, Request::CloseProject];
        let (came, asked) = replies(&requests);
        assert_eq!(came, [0, 1, 2, 3]);
        assert_eq!(asked, requests);
    }

    #[test]
    fn a_question_does_not_wait_for_a_change() {
        let (came, _) = replies(&[Request::Undo, Request::Jobs]);
        assert_eq!(came, [1, 0]);
    }
}
