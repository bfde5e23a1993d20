//! The pages, one module a room.

mod export;
mod features;
mod identity;
mod mapping;
mod predict;
mod quality;
mod recommend;
mod rules;
mod segments;
mod sources;
pub mod welcome;

use crate::context::Context;
use crate::icons;
use egui::Ui;
use kith_model::Stage;

/// What every page remembers between frames: transient input only.
#[derive(Default)]
pub struct Views {
    export: export::ExportView,
    features: features::FeaturesView,
    identity: identity::IdentityView,
    mapping: mapping::MappingView,
    predict: predict::PredictView,
    quality: quality::QualityView,
    recommend: recommend::RecommendView,
    rules: rules::RulesView,
    segments: segments::SegmentsView,
    sources: sources::SourcesView,
}

impl Views {
    /// Draws a stage's page.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>, stage: Stage) {
        match stage {
            Stage::Export => self.export.show(ui, cx),
            Stage::Features => self.features.show(ui, cx),
            Stage::Identity => self.identity.show(ui, cx),
            Stage::Mapping => self.mapping.show(ui, cx),
            Stage::Predict => self.predict.show(ui, cx),
            Stage::Quality => self.quality.show(ui, cx),
            Stage::Recommend => self.recommend.show(ui, cx),
            Stage::Rules => self.rules.show(ui, cx),
            Stage::Segments => self.segments.show(ui, cx),
            Stage::Sources => self.sources.show(ui, cx),
        }
    }

    /// Draws what a page has to say in the inspector.
    pub fn inspect(&mut self, ui: &mut Ui, cx: &mut Context<'_>, stage: Stage) {
        match stage {
            Stage::Features => self.features.inspect(ui, cx),
            Stage::Identity => self.identity.inspect(ui, cx),
            Stage::Mapping => self.mapping.inspect(ui, cx),
            Stage::Quality => self.quality.inspect(ui, cx),
            Stage::Rules => self.rules.inspect(ui, cx),
            Stage::Segments => self.segments.inspect(ui, cx),
            Stage::Sources => self.sources.inspect(ui, cx),
            Stage::Predict | Stage::Recommend | Stage::Export => {}
        }
    }
}

/// A stage's icon.
pub fn icon(stage: Stage) -> &'static str {
    match stage {
        Stage::Sources => icons::SOURCES,
        Stage::Mapping => icons::MAPPING,
        Stage::Quality => icons::QUALITY,
        Stage::Identity => icons::IDENTITY,
        Stage::Features => icons::FEATURES,
        Stage::Segments => icons::SEGMENTS,
        Stage::Predict => icons::PREDICT,
        Stage::Recommend => icons::RECOMMEND,
        Stage::Rules => icons::RULES,
        Stage::Export => icons::EXPORT,
    }
}
