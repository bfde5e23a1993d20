//! All that is known of the engine: one [`Remote`] for each answer, live series of running
//! jobs, and the routing of replies.

mod keys;

pub use keys::{GoldenKey, LinkKey, PlanKey};

use crate::page::{Page, PageKey};
use crate::remote::{Asked, Keyed, Remote};
use kith_api::{
    ApiError, Capabilities, HistoryView, JobStatus, Overview, RecentProject, Request, Response,
    StageStatus, TableInfo,
};
use kith_model::chart::Chart;
use kith_model::document::Document;
use kith_model::explain::PairExplanation;
use kith_model::export::ExportSummary;
use kith_model::features::FeaturesSummary;
use kith_model::golden::GoldenChange;
use kith_model::identity::{
    BlockingEstimate, Contradiction, IdentitySummary, PersonCard, ReviewPair,
};
use kith_model::lineage::Lineage;
use kith_model::mapping::{LinkPreview, Mapping, MappingSummary, PresetInfo, Remembering};
use kith_model::person_graph::PersonGraph;
use kith_model::predict::PredictSummary;
use kith_model::quality::{
    ComparedSide, ExpectationSuggestion, ImputeOffer, QualitySummary, TableComparison, TableId,
    TableProfile,
};
use kith_model::recommend::{PersonLists, RecommendSummary};
use kith_model::repair::RowCheck;
use kith_model::review_desk::ReviewDesk;
use kith_model::rules::{Rule, RulesSummary};
use kith_model::segments::{Scatter, SegmentsSummary};
use kith_model::source::{Inspection, Source, SourcesSummary};
use kith_model::{Entity, PairKey, ProfileId, SourceId, Stage, StageState};

/// How many pairs the review asks for.
pub const REVIEW_LIMIT: u32 = 200;

/// What the engine holds once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the answer of the same name")]
pub enum Need {
    Capabilities,
    Recent,
    Overview,
    Document,
    History,
    Tables,
    Sources,
    Mapping,
    Quality,
    SuggestedExpectations,
    Identity,
    Review,
    ReviewDesk,
    Contradictions,
    IdentityCharts,
    Features,
    Segments,
    Scatter,
    Predict,
    Recommend,
    Rules,
    StarterRules,
    Presets,
    Remembering,
    Export,
}

impl Need {
    /// Every one.
    pub const ALL: [Self; 25] = [
        Self::Capabilities,
        Self::Recent,
        Self::Overview,
        Self::Document,
        Self::History,
        Self::Tables,
        Self::Sources,
        Self::Mapping,
        Self::Quality,
        Self::SuggestedExpectations,
        Self::Identity,
        Self::Review,
        Self::ReviewDesk,
        Self::Contradictions,
        Self::IdentityCharts,
        Self::Features,
        Self::Segments,
        Self::Scatter,
        Self::Predict,
        Self::Recommend,
        Self::Rules,
        Self::StarterRules,
        Self::Presets,
        Self::Remembering,
        Self::Export,
    ];

    /// The request that brings it.
    pub fn request(self) -> Request {
        match self {
            Self::Capabilities => Request::Capabilities,
            Self::Recent => Request::Recent,
            Self::Overview => Request::Overview,
            Self::Document => Request::Document,
            Self::History => Request::History,
            Self::Tables => Request::Tables,
            Self::Sources => Request::Sources,
            Self::Mapping => Request::Mapping,
            Self::Quality => Request::Quality,
            Self::SuggestedExpectations => Request::SuggestExpectations,
            Self::Identity => Request::Identity,
            Self::Review => Request::Review { limit: REVIEW_LIMIT },
            Self::ReviewDesk => Request::ReviewDesk,
            Self::Contradictions => Request::Contradictions,
            Self::IdentityCharts => Request::IdentityCharts,
            Self::Features => Request::Features,
            Self::Segments => Request::Segments,
            Self::Scatter => Request::Scatter,
            Self::Predict => Request::Predict,
            Self::Recommend => Request::Recommend,
            Self::Rules => Request::Rules,
            Self::StarterRules => Request::StarterRules,
            Self::Presets => Request::Presets,
            Self::Remembering => Request::Remembering { on: None, forget: false },
            Self::Export => Request::Export,
        }
    }

    /// What a stage's new result makes old.
    pub fn of_stage(stage: Stage) -> &'static [Self] {
        match stage {
            Stage::Sources => &[Self::Sources, Self::Tables],
            Stage::Mapping => &[Self::Mapping, Self::Tables],
            Stage::Quality => &[Self::Quality, Self::SuggestedExpectations],
            Stage::Identity => &[
                Self::Identity,
                Self::Review,
                Self::ReviewDesk,
                Self::Contradictions,
                Self::IdentityCharts,
                Self::Tables,
            ],
            Stage::Features => &[Self::Features, Self::Tables],
            Stage::Segments => &[Self::Segments, Self::Scatter, Self::Tables],
            Stage::Predict => &[Self::Predict, Self::Tables],
            Stage::Recommend => &[Self::Recommend, Self::Tables],
            Stage::Rules => &[Self::Rules, Self::Tables],
            Stage::Export => &[Self::Export],
        }
    }
}

/// All that is known.
#[derive(Debug)]
#[allow(missing_docs, reason = "each is the answer of the same name")]
pub struct Data {
    pub capabilities: Remote<Capabilities>,
    pub recent: Remote<Vec<RecentProject>>,
    pub overview: Remote<Overview>,
    pub document: Remote<Box<Document>>,
    pub history: Remote<HistoryView>,
    pub tables: Remote<Vec<TableInfo>>,
    pub sources: Remote<Option<SourcesSummary>>,
    pub mapping: Remote<Option<MappingSummary>>,
    pub quality: Remote<Option<QualitySummary>>,
    pub suggested_expectations: Remote<Vec<ExpectationSuggestion>>,
    pub profiles: Keyed<TableId, TableProfile>,
    pub comparisons: Keyed<(ComparedSide, ComparedSide), TableComparison>,
    pub offers: Keyed<(Entity, String), ImputeOffer>,
    pub identity: Remote<Option<Box<IdentitySummary>>>,
    pub review: Remote<Vec<ReviewPair>>,
    pub review_desk: Remote<Box<ReviewDesk>>,
    pub contradictions: Remote<Vec<Contradiction>>,
    pub lineages: Keyed<Option<ProfileId>, Lineage>,
    pub blocking_plans: Keyed<PlanKey, Vec<BlockingEstimate>>,
    pub golden_changes: Keyed<GoldenKey, Vec<GoldenChange>>,
    pub identity_charts: Remote<Vec<Chart>>,
    pub explanations: Keyed<PairKey, PairExplanation>,
    pub graphs: Keyed<ProfileId, PersonGraph>,
    pub features: Remote<Option<FeaturesSummary>>,
    pub segments: Remote<Option<SegmentsSummary>>,
    pub scatter: Remote<Scatter>,
    pub predict: Remote<Option<PredictSummary>>,
    pub recommend: Remote<Option<RecommendSummary>>,
    pub rules: Remote<Option<RulesSummary>>,
    pub starter_rules: Remote<Vec<Rule>>,
    pub presets: Remote<Vec<PresetInfo>>,
    pub remembering: Remote<Remembering>,
    pub export: Remote<Option<ExportSummary>>,
    pub person: Keyed<ProfileId, PersonCard>,
    pub lists: Keyed<ProfileId, PersonLists>,
    pub people: Keyed<String, Vec<(ProfileId, String)>>,
    pub suggestions: Keyed<SourceId, Mapping>,
    pub inspections: Keyed<Source, Inspection>,
    pub row_checks: Keyed<(SourceId, String), RowCheck>,
    pub previews: Keyed<LinkKey, LinkPreview>,
    pub pages: Keyed<PageKey, Page>,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            capabilities: Remote::default(),
            recent: Remote::default(),
            overview: Remote::default(),
            document: Remote::default(),
            history: Remote::default(),
            tables: Remote::default(),
            sources: Remote::default(),
            mapping: Remote::default(),
            quality: Remote::default(),
            suggested_expectations: Remote::default(),
            profiles: Keyed::new(64),
            comparisons: Keyed::new(32),
            offers: Keyed::new(32),
            identity: Remote::default(),
            review: Remote::default(),
            review_desk: Remote::default(),
            contradictions: Remote::default(),
            lineages: Keyed::new(16),
            blocking_plans: Keyed::new(8),
            golden_changes: Keyed::new(8),
            identity_charts: Remote::default(),
            explanations: Keyed::new(64),
            graphs: Keyed::new(64),
            features: Remote::default(),
            segments: Remote::default(),
            scatter: Remote::default(),
            predict: Remote::default(),
            recommend: Remote::default(),
            rules: Remote::default(),
            starter_rules: Remote::default(),
            presets: Remote::default(),
            remembering: Remote::default(),
            export: Remote::default(),
            person: Keyed::new(64),
            lists: Keyed::new(64),
            people: Keyed::new(16),
            suggestions: Keyed::new(64),
            inspections: Keyed::new(16),
            row_checks: Keyed::new(32),
            previews: Keyed::new(32),
            pages: Keyed::new(160),
        }
    }
}

impl Data {
    /// A project is open.
    pub fn is_open(&self) -> bool {
        self.overview.peek().is_some_and(|o| o.project.is_some())
    }

    /// How a stage stands.
    pub fn stage(&self, stage: Stage) -> Option<&StageStatus> {
        self.overview.peek()?.stages.iter().find(|s| s.stage == stage)
    }

    /// A stage's state; empty while nothing is known.
    pub fn state(&self, stage: Stage) -> StageState {
        self.stage(stage).map_or(StageState::Empty, |s| s.state)
    }

    /// The job at work on a stage, or on its way to it.
    pub fn job_of(&self, stage: Stage) -> Option<&JobStatus> {
        let jobs = &self.overview.peek()?.jobs;
        jobs.iter()
            .find(|j| j.outcome.is_none() && j.stage == stage)
            .or_else(|| jobs.iter().find(|j| j.outcome.is_none() && j.upto == stage))
    }

    /// Notes a job's progress in the overview.
    pub fn note_job(&mut self, job: &JobStatus) {
        let Some(mut overview) = self.overview.peek().cloned() else { return };
        overview.jobs.retain(|j| j.id != job.id);
        if job.outcome.is_none() {
            for status in &mut overview.stages {
                if status.stage == job.stage {
                    status.state = StageState::Running;
                }
            }
            overview.jobs.push(job.clone());
        }
        overview.jobs.sort_by_key(|j| j.id);
        self.overview.amend(overview);
    }

    /// The remote of a need, whatever its type.
    pub fn of(&mut self, need: Need) -> &mut dyn Asked {
        match need {
            Need::Capabilities => &mut self.capabilities,
            Need::Recent => &mut self.recent,
            Need::Overview => &mut self.overview,
            Need::Document => &mut self.document,
            Need::History => &mut self.history,
            Need::Tables => &mut self.tables,
            Need::Sources => &mut self.sources,
            Need::Mapping => &mut self.mapping,
            Need::Quality => &mut self.quality,
            Need::SuggestedExpectations => &mut self.suggested_expectations,
            Need::Identity => &mut self.identity,
            Need::Review => &mut self.review,
            Need::ReviewDesk => &mut self.review_desk,
            Need::Contradictions => &mut self.contradictions,
            Need::IdentityCharts => &mut self.identity_charts,
            Need::Features => &mut self.features,
            Need::Segments => &mut self.segments,
            Need::Scatter => &mut self.scatter,
            Need::Predict => &mut self.predict,
            Need::Recommend => &mut self.recommend,
            Need::Rules => &mut self.rules,
            Need::StarterRules => &mut self.starter_rules,
            Need::Presets => &mut self.presets,
            Need::Remembering => &mut self.remembering,
            Need::Export => &mut self.export,
        }
    }

    /// Takes the answer to `need` in; false when the answer is of another kind.
    pub fn land(&mut self, need: Need, answer: Response) -> bool {
        match (need, answer) {
            (Need::Capabilities, Response::Capabilities(v)) => self.capabilities.land(v),
            (Need::Recent, Response::Recent(v)) => self.recent.land(v),
            (Need::Overview, Response::Overview(v)) => self.overview.land(v),
            (Need::Document, Response::Document(v)) => self.document.land(v),
            (Need::History, Response::History(v)) => self.history.land(v),
            (Need::Tables, Response::Tables(v)) => self.tables.land(v),
            (Need::Sources, Response::Sources(v)) => self.sources.land(v),
            (Need::Mapping, Response::Mapping(v)) => self.mapping.land(v),
            (Need::Quality, Response::Quality(v)) => self.quality.land(v),
            (Need::SuggestedExpectations, Response::ExpectationSuggestions(v)) => {
                self.suggested_expectations.land(v);
            }
            (Need::Identity, Response::Identity(v)) => self.identity.land(v),
            (Need::Review, Response::Review(v)) => self.review.land(v),
            (Need::ReviewDesk, Response::ReviewDesk(v)) => self.review_desk.land(v),
            (Need::Contradictions, Response::Contradictions(v)) => self.contradictions.land(v),
            (Need::IdentityCharts, Response::Charts(v)) => self.identity_charts.land(v),
            (Need::Features, Response::Features(v)) => self.features.land(v),
            (Need::Segments, Response::Segments(v)) => self.segments.land(v),
            (Need::Scatter, Response::Scatter(v)) => self.scatter.land(v),
            (Need::Predict, Response::Predict(v)) => self.predict.land(v),
            (Need::Recommend, Response::Recommend(v)) => self.recommend.land(v),
            (Need::Rules, Response::Rules(v)) => self.rules.land(v),
            (Need::StarterRules, Response::StarterRules(v)) => self.starter_rules.land(v),
            (Need::Presets, Response::Presets(v)) => self.presets.land(v),
            (Need::Remembering, Response::Remembering(v)) => self.remembering.land(v),
            (Need::Export, Response::Export(v)) => self.export.land(v),
            _ => return false,
        }
        true
    }

    /// A stage's result was replaced.
    pub fn outdate_stage(&mut self, stage: Stage) {
        for need in Need::of_stage(stage) {
            self.of(*need).outdate();
        }
        self.previews.outdate();
        self.explanations.outdate();
        self.graphs.outdate();
        self.lineages.outdate();
        self.blocking_plans.outdate();
        self.golden_changes.outdate();
        self.person.outdate();
        self.people.outdate();
        self.pages.outdate();
        self.profiles.outdate();
        self.comparisons.outdate();
        if stage == Stage::Mapping {
            self.offers.outdate();
        }
        if stage >= Stage::Features {
            self.lists.outdate();
        }
        self.of(Need::History).outdate();
    }

    /// The document changed.
    pub fn outdate_document(&mut self) {
        let told = [Need::Overview, Need::Document, Need::History, Need::Remembering];
        let review = [Need::Review, Need::ReviewDesk, Need::Contradictions];
        for need in told.into_iter().chain(review) {
            self.of(need).outdate();
        }
        self.explanations.outdate();
        self.graphs.outdate();
        self.suggestions.outdate();
        self.previews.outdate();
    }

    /// Another project is open, or none.
    pub fn forget(&mut self) {
        for need in Need::ALL {
            if !matches!(need, Need::Capabilities | Need::Overview) {
                self.of(need).forget();
            }
        }
        self.of(Need::Overview).outdate();
        self.person.forget();
        self.explanations.forget();
        self.graphs.forget();
        self.lineages.forget();
        self.blocking_plans.forget();
        self.golden_changes.forget();
        self.lists.forget();
        self.people.forget();
        self.suggestions.forget();
        self.inspections.forget();
        self.row_checks.forget();
        self.previews.forget();
        self.pages.forget();
        self.profiles.forget();
        self.comparisons.forget();
        self.offers.forget();
    }

    /// The engine refused `need`.
    pub fn fail(&mut self, need: Need, error: ApiError) {
        self.of(need).fail(error);
    }
}
