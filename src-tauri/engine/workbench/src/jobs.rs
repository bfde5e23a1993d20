//! Long work: one worker thread that brings stages up to date, tells how far it is, and stops
//! within a quarter of a second when asked.

use crate::error::usage;
use crate::run;
use crate::session::{Session, lock};
use kith_api::{ApiError, ErrorCode, Event, EventSink, JobOutcome, JobStatus};
use kith_model::{JobId, Metric, Monitor, Stage};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// Ended jobs that stay listed.
const KEEP_ENDED: usize = 20;
/// At most 30 progress events a second.
const EVENT_EVERY: Duration = Duration::from_millis(33);

/// Sends an event to everybody who subscribed.
#[derive(Clone, Default)]
pub(crate) struct Events(Arc<Mutex<Vec<EventSink>>>);

impl Events {
    pub(crate) fn subscribe(&self, sink: EventSink) {
        lock(&self.0).push(sink);
    }

    pub(crate) fn send(&self, event: &Event) {
        let sinks = lock(&self.0).clone();
        for sink in sinks {
            sink(event);
        }
    }
}

/// A job, shared by the worker and whoever asks about it.
pub(crate) struct Job {
    session: Arc<Session>,
    upto: Stage,
    stop: AtomicBool,
    started: Instant,
    status: Mutex<JobStatus>,
    last_event: Mutex<Option<Instant>>,
    events: Events,
    /// Weights of the stages to run, and the index of the one at work.
    plan: Mutex<Plan>,
}

#[derive(Default)]
struct Plan {
    stages: Vec<(Stage, f32)>,
    at: usize,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Arc<Job>>,
    /// Newest last, ended ones included.
    known: Vec<Arc<Job>>,
    closing: bool,
}

/// The jobs of an engine.
pub(crate) struct Jobs {
    queue: Arc<(Mutex<Queue>, Condvar)>,
    events: Events,
    worker: Mutex<Option<std::thread::JoinHandle<()>>>,
}

impl Jobs {
    pub(crate) fn new(events: Events) -> Self {
        Self { queue: Arc::default(), events, worker: Mutex::new(None) }
    }

    /// Queues a job. An unfinished job for the same stage gives way: its answer would be stale.
    pub(crate) fn start(
        &self,
        id: JobId,
        upto: Stage,
        session: Arc<Session>,
    ) -> Result<(), ApiError> {
        let (mutex, wake) = &*self.queue;
        let mut queue = lock(mutex);
        if queue.known.iter().any(|job| lock(&job.status).id == id) {
            return Err(usage(format!("Job {} is known already; choose another number", id.0)));
        }
        for job in &queue.known {
            let status = lock(&job.status);
            if status.outcome.is_none() && status.upto == upto {
                job.stop.store(true, Ordering::Relaxed);
            }
        }
        let job = Arc::new(Job::new(id, upto, session, self.events.clone()));
        queue.known.push(job.clone());
        let surplus = queue.known.len().saturating_sub(KEEP_ENDED);
        let mut dropped = 0;
        queue.known.retain(|job| {
            let drop_it = dropped < surplus && lock(&job.status).outcome.is_some();
            dropped += usize::from(drop_it);
            !drop_it
        });
        queue.waiting.push_back(job);
        wake.notify_all();
        drop(queue);
        self.ensure_worker();
        Ok(())
    }

    fn ensure_worker(&self) {
        let mut worker = lock(&self.worker);
        if worker.is_none() {
            let queue = self.queue.clone();
            let spawned = std::thread::Builder::new()
                .name("kith-jobs".to_owned())
                .spawn(move || work(&queue));
            *worker = spawned.ok();
        }
    }

    /// Asks a job to stop.
    pub(crate) fn cancel(&self, id: JobId) -> Result<(), ApiError> {
        let queue = lock(&self.queue.0);
        let job = queue.known.iter().find(|job| lock(&job.status).id == id);
        job.ok_or_else(|| usage(format!("There is no job {}", id.0)))?
            .stop
            .store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Every known job, newest last.
    pub(crate) fn list(&self) -> Vec<JobStatus> {
        lock(&self.queue.0).known.iter().map(|job| lock(&job.status).clone()).collect()
    }

    /// Stops everything and waits until nothing runs: before a project closes.
    pub(crate) fn quiesce(&self) {
        let (mutex, wake) = &*self.queue;
        let mut queue = lock(mutex);
        for job in &queue.known {
            job.stop.store(true, Ordering::Relaxed);
        }
        while queue.known.iter().any(|job| lock(&job.status).outcome.is_none()) {
            let waited = wake.wait_timeout(queue, Duration::from_millis(20));
            queue = match waited {
                Ok((queue, _)) => queue,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
        queue.known.clear();
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        {
            let mut queue = lock(&self.queue.0);
            queue.closing = true;
            for job in &queue.known {
                job.stop.store(true, Ordering::Relaxed);
            }
        }
        self.queue.1.notify_all();
        if let Some(worker) = lock(&self.worker).take() {
            let _ = worker.join();
        }
    }
}

/// The worker's life: take the oldest job, run it, tell how it ended.
fn work(shared: &(Mutex<Queue>, Condvar)) {
    let (mutex, wake) = shared;
    loop {
        let mut queue = lock(mutex);
        let job = loop {
            if queue.closing {
                return;
            }
            if let Some(job) = queue.waiting.pop_front() {
                break job;
            }
            queue = wake.wait(queue).unwrap_or_else(std::sync::PoisonError::into_inner);
        };
        drop(queue);
        let run = std::panic::AssertUnwindSafe(|| job.run());
        let outcome = match std::panic::catch_unwind(run) {
            Ok(Ok(())) => JobOutcome::Done,
            Ok(Err(e)) if e.code == ErrorCode::Cancelled => JobOutcome::Cancelled,
            Ok(Err(e)) => JobOutcome::Failed(e),
            Err(_) => JobOutcome::Failed(ApiError::new(
                ErrorCode::Internal,
                "The job stopped unexpectedly; earlier results stand",
            )),
        };
        job.end(outcome);
        wake.notify_all();
    }
}

impl Job {
    fn new(id: JobId, upto: Stage, session: Arc<Session>, events: Events) -> Self {
        let status = JobStatus {
            id,
            upto,
            stage: upto,
            done: 0.0,
            doing: "waiting".to_owned(),
            elapsed_ms: 0,
            left_ms: None,
            outcome: None,
        };
        Self {
            session,
            upto,
            stop: AtomicBool::new(false),
            started: Instant::now(),
            status: Mutex::new(status),
            last_event: Mutex::new(None),
            events,
            plan: Mutex::default(),
        }
    }

    /// Brings every stale stage that `upto` needs up to date, in order. Each stage reads the
    /// document as it stands when the stage begins.
    fn run(&self) -> Result<(), ApiError> {
        let mut at = 0;
        loop {
            let Some(stage) = self.next_stage(at) else { return Ok(()) };
            lock(&self.status).stage = stage;
            self.progress(0.0, "starting");
            if self.cancelled() {
                return Err(crate::error::cancelled());
            }
            let ended = run::run_stage(&self.session, stage, self);
            let failure = ended.as_ref().err().filter(|e| e.code != ErrorCode::Cancelled);
            self.session.set_failure(stage, failure.cloned());
            self.events.send(&Event::StageChanged { stage });
            ended?;
            at += 1;
        }
    }

    /// The stage to run when `at` of them are done: the next stale one after those. Asked anew
    /// each time, for what a stage gave may make a later one stale.
    fn next_stage(&self, at: usize) -> Option<Stage> {
        let mut plan = lock(&self.plan);
        plan.stages.truncate(at);
        let last = plan.stages.last().map(|(stage, _)| *stage);
        let mut stale = run::stale_stages(&self.session, self.upto);
        stale.retain(|stage| last.is_none_or(|last| *stage > last));
        plan.stages.extend(stale.iter().map(|s| (*s, run::weight(&self.session, *s))));
        plan.at = at;
        stale.first().copied()
    }

    fn end(&self, outcome: JobOutcome) {
        let status = {
            let mut status = lock(&self.status);
            if outcome == JobOutcome::Done {
                status.done = 1.0;
            }
            status.doing.clear();
            status.elapsed_ms = elapsed_ms(self.started);
            status.left_ms = None;
            status.outcome = Some(outcome);
            status.clone()
        };
        self.events.send(&Event::Job(status));
    }
}

fn elapsed_ms(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

impl Monitor for Job {
    fn progress(&self, done: f32, doing: &str) {
        let overall = {
            let plan = lock(&self.plan);
            let total: f32 = plan.stages.iter().map(|(_, w)| w).sum();
            let before: f32 =
                plan.stages[..plan.at.min(plan.stages.len())].iter().map(|(_, w)| w).sum();
            let own = plan.stages.get(plan.at).map_or(0.0, |(_, w)| w * done.clamp(0.0, 1.0));
            if total > 0.0 { (before + own) / total } else { 0.0 }
        };
        let status = {
            let mut status = lock(&self.status);
            status.done = overall.max(status.done);
            doing.clone_into(&mut status.doing);
            status.elapsed_ms = elapsed_ms(self.started);
            status.left_ms = (status.done > 0.02).then(|| {
                let elapsed = status.elapsed_ms as f64;
                (elapsed * f64::from(1.0 - status.done) / f64::from(status.done)) as u64
            });
            status.clone()
        };
        let mut last = lock(&self.last_event);
        if last.is_none_or(|at| at.elapsed() >= EVENT_EVERY) {
            *last = Some(Instant::now());
            self.events.send(&Event::Job(status));
        }
    }

    fn metric(&self, metric: Metric) {
        let (job, stage) = {
            let status = lock(&self.status);
            (status.id, status.stage)
        };
        self.events.send(&Event::Metric { job, stage, metric });
    }

    fn cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
