//! The pages, one module a room.

pub mod welcome;

use crate::context::Context;
use crate::icons;
use crate::widgets::stage;
use egui::Ui;
use kith_model::Stage;

/// What every page remembers between frames: transient input only.
#[derive(Default)]
pub struct Views {
}

impl Views {
    /// Draws a stage's page.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>, stage: Stage) {
        stage::header(ui, cx, stage, None);
    }

    /// Draws what a page has to say in the inspector.
    pub fn inspect(&mut self, ui: &mut Ui, cx: &mut Context<'_>, stage: Stage) {
        let _ = (ui, cx, stage);
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
