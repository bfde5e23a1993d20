//! Typefaces: Inter for words, JetBrains Mono for data, Phosphor for icons.

use egui::{Context, FontData, FontDefinitions, FontFamily, FontId};
use std::collections::BTreeMap;
use std::sync::Arc;

macro_rules! font {
    ($file:literal) => {
        Arc::new(FontData::from_static(include_bytes!(concat!("../../../assets/fonts/", $file))))
    };
}

const MEDIUM: &str = "medium";
const SEMIBOLD: &str = "semibold";

/// Hands the typefaces to egui.
pub fn install(ctx: &Context) {
    let data: BTreeMap<String, Arc<FontData>> = [
        ("inter", font!("Inter-Regular.ttf")),
        ("inter-medium", font!("Inter-Medium.ttf")),
        ("inter-semibold", font!("Inter-SemiBold.ttf")),
        ("mono", font!("JetBrainsMono-Regular.ttf")),
        ("phosphor", font!("Phosphor-Regular.ttf")),
        ("noto-jp", font!("NotoSansJP-Subset.otf")),
    ]
    .into_iter()
    .map(|(name, data)| (name.to_owned(), data))
    .collect();
    let family = |first: &[&str]| -> Vec<String> {
        first.iter().chain(&["phosphor", "noto-jp"]).map(|s| (*s).to_owned()).collect()
    };
    let families = BTreeMap::from([
        (FontFamily::Proportional, family(&["inter", "mono"])),
        (FontFamily::Monospace, family(&["mono", "inter"])),
        (FontFamily::Name(MEDIUM.into()), family(&["inter-medium", "inter"])),
        (FontFamily::Name(SEMIBOLD.into()), family(&["inter-semibold", "inter"])),
    ]);
    ctx.set_fonts(FontDefinitions { font_data: data, families });
}

/// Words.
pub fn body(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Words that weigh a little more: labels, buttons.
pub fn medium(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(MEDIUM.into()))
}

/// Headings and figures.
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(SEMIBOLD.into()))
}

/// Data.
pub fn mono(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}

/// Outlined icons.
pub fn icon(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}
