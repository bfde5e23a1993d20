//! What comes back: answers filed, errors told, events followed.

use super::{News, Session, Slot};
use crate::context::Action;
use crate::data::Need;
use crate::page::Page;
use crate::route::Route;
use kith_api::{ApiError, ErrorCode, Event, JobOutcome, Response};
use kith_model::Stage;

impl Session {
    pub(super) fn reply(&mut self, id: u64, result: Result<Response, ApiError>, news: &mut News) {
        let Some(slot) = self.pending.remove(&id) else { return };
        match result {
            Ok(answer) => self.answered(slot, answer, news),
            Err(error) => self.refused(slot, error),
        }
    }

    fn answered(&mut self, slot: Slot, answer: Response, news: &mut News) {
        match (slot, answer) {
            (Slot::Need(need), answer) => {
                let first = need == Need::Overview && self.data.overview.peek().is_none();
                if !self.data.land(need, answer) {
                    self.data.fail(need, ApiError::new(ErrorCode::Internal, "Unexpected answer"));
                }
                if first && self.data.is_open() {
                    news.route = Some(Route::Stage(Stage::Sources));
                }
            }
            (Slot::Person(key), Response::Person(card)) => self.data.person.land(&key, *card),
            (Slot::Lists(key), Response::Lists(lists)) => self.data.lists.land(&key, lists),
            (Slot::People(key), Response::People(found)) => self.data.people.land(&key, found),
            (Slot::Suggest(key), Response::Suggestions(m)) => self.data.suggestions.land(&key, m),
            (Slot::Inspect(key), Response::Inspection(seen)) => {
                self.data.inspections.land(&key, *seen);
            }
            (Slot::Profile(key), Response::Profile(p)) => self.data.profiles.land(&key, *p),
            (Slot::Compare(key), Response::Comparison(c)) => self.data.comparisons.land(&key, c),
            (Slot::Offer(table, field), Response::ImputeOffer(offer)) => {
                self.data.offers.land(&(table, field), *offer);
            }
            (Slot::Row(source, text), Response::RowCheck(check)) => {
                self.data.row_checks.land(&(source, text), check);
            }
            (Slot::Preview(key), Response::Preview(p)) => self.data.previews.land(&key, p),
            (Slot::Preset, Response::Written(file)) => {
                self.data.of(Need::Presets).outdate();
                let text = "Preset saved: files like this one map themselves from now on";
                self.note(None, format!("{text} ({})", file.name()));
            }
            (Slot::Page(key), Response::Rows(rows)) => match Page::decode(rows) {
                Ok(page) => self.data.pages.land(&key, page),
                Err(error) => self.data.pages.fail(&key, error),
            },
            (Slot::Project { run, files }, Response::Overview(overview)) => {
                self.forget();
                self.data.overview.land(overview);
                news.project = true;
                news.route = Some(Route::Stage(Stage::Sources));
                run.into_iter().for_each(|stage| self.start(stage));
                if !files.is_empty() {
                    self.run(Action::AddFiles(files));
                }
            }
            (Slot::Written(what), Response::Written(file)) => {
                self.note(None, format!("{what} written: {}", file.0));
            }
            (Slot::Explanation(key), Response::Explanation(e)) => {
                self.data.explanations.land(&key, *e);
            }
            (Slot::Graph(key), Response::PersonGraph(graph)) => {
                self.data.graphs.land(&key, *graph);
            }
            (Slot::Lineage(key), Response::Lineage(l)) => self.data.lineages.land(&key, l),
            (Slot::Plan(key), Response::BlockingPlan(plan)) => {
                self.data.blocking_plans.land(&key, plan);
            }
            (Slot::Golden(key), Response::GoldenChanges(found)) => {
                self.data.golden_changes.land(&key, found);
            }
            (Slot::Server, _) => self.run(Action::Refresh),
            (Slot::Change { run }, _) => {
                self.data.outdate_document();
                run.into_iter().for_each(|stage| self.start(stage));
            }
            _ => {}
        }
    }

    fn refused(&mut self, slot: Slot, error: ApiError) {
        match slot {
            Slot::Need(need) => self.data.fail(need, error),
            Slot::Person(key) => self.data.person.fail(&key, error),
            Slot::Lists(key) => self.data.lists.fail(&key, error),
            Slot::People(key) => self.data.people.fail(&key, error),
            Slot::Suggest(key) => self.data.suggestions.fail(&key, error),
            Slot::Inspect(key) => self.data.inspections.fail(&key, error),
            Slot::Profile(key) => self.data.profiles.fail(&key, error),
            Slot::Compare(key) => self.data.comparisons.fail(&key, error),
            Slot::Offer(table, field) => self.data.offers.fail(&(table, field), error),
            Slot::Row(source, text) => self.data.row_checks.fail(&(source, text), error),
            Slot::Preview(key) => self.data.previews.fail(&key, error),
            Slot::Page(key) => self.data.pages.fail(&key, error),
            Slot::Explanation(key) => self.data.explanations.fail(&key, error),
            Slot::Graph(key) => self.data.graphs.fail(&key, error),
            Slot::Lineage(key) => self.data.lineages.fail(&key, error),
            Slot::Golden(key) => self.data.golden_changes.fail(&key, error),
            Slot::Plan(key) => self.data.blocking_plans.fail(&key, error),
            Slot::Project { .. }
            | Slot::Change { .. }
            | Slot::Preset
            | Slot::Written(_)
            | Slot::Server
            | Slot::Plain => {
                self.note(Some(error), String::new());
            }
        }
    }

    pub(super) fn event(&mut self, event: Event, news: &mut News) {
        match event {
            Event::Job(job) => {
                self.data.note_job(&job);
                match &job.outcome {
                    Some(JobOutcome::Failed(error)) => {
                        self.note(Some(error.clone()), String::new());
                    }
                    Some(JobOutcome::Cancelled) => {
                        self.note(None, "Stopped; earlier results stand".to_owned());
                    }
                    _ => {}
                }
                if job.outcome.is_some() {
                    self.data.outdate_document();
                }
            }
            Event::Metric { job, stage, metric } => self.live.note(job, stage, &metric),
            Event::StageChanged { stage } => {
                self.data.outdate_stage(stage);
                self.data.of(Need::Overview).outdate();
            }
            Event::DocumentChanged { .. } => self.data.outdate_document(),
            Event::ProjectChanged => {
                self.forget();
                news.project = true;
            }
        }
    }

    pub(super) fn forget(&mut self) {
        self.data.forget();
        self.live.clear();
        self.pending.retain(|_, slot| {
            matches!(slot, Slot::Project { .. } | Slot::Change { .. } | Slot::Plain)
                || matches!(slot, Slot::Need(Need::Capabilities | Need::Overview))
        });
    }
}
