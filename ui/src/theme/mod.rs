//! Colours, spacing and type, all from one token file (`assets/theme/tokens.json`).
//!
//! Nothing outside this module names a colour: pages and widgets ask `of` for the tokens of
//! the theme in force.

mod fonts;
mod style;

pub(crate) use fonts::{body, icon, medium, mono, semibold};
pub(crate) use style::{BAR, GUTTER, RADIUS, RAIL, RAIL_FOLDED, ROW, SIDE, STATUS};

use egui::{Color32, Context, Id};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

const FILE: &str = include_str!("../../../assets/theme/tokens.json");

/// A theme the user can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// Dark.
    Dark,
    /// Light.
    Light,
    /// High contrast (dark).
    HighContrast,
}

impl ThemeChoice {
    /// Every theme, in the order the switch goes through them.
    pub const ALL: [Self; 3] = [Self::Dark, Self::Light, Self::HighContrast];

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Dark => Self::Light,
            Self::Light => Self::HighContrast,
            Self::HighContrast => Self::Dark,
        }
    }

    /// Name on screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Dark => "Dark",
            Self::Light => "Light",
            Self::HighContrast => "High contrast",
        }
    }
}

/// A colour written `#rrggbb` or `#rrggbbaa`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hex(Color32);

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        #[expect(clippy::disallowed_methods, reason = "the one place where colours are made")]
        let color = Color32::from_hex(&text);
        color.map(Self).map_err(|e| serde::de::Error::custom(format!("{text}: {e:?}")))
    }
}

macro_rules! tokens {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        #[derive(Debug, Clone, Deserialize)]
        struct Raw { $($name: Hex,)* categorical: Vec<Hex>, sequential: Vec<Hex> }

        /// The colours of one theme.
        #[derive(Debug, Clone, PartialEq)]
        pub(crate) struct Tokens {
            $($(#[$doc])* pub $name: Color32,)*
            /// Okabe-Ito, in a fixed order.
            pub categorical: Vec<Color32>,
            /// Viridis, in eight steps.
            pub sequential: Vec<Color32>,
            /// Which theme this is.
            pub choice: ThemeChoice,
        }

        impl Tokens {
            fn new(choice: ThemeChoice, raw: &Raw) -> Self {
                Self {
                    $($name: raw.$name.0,)*
                    categorical: raw.categorical.iter().map(|c| c.0).collect(),
                    sequential: raw.sequential.iter().map(|c| c.0).collect(),
                    choice,
                }
            }
        }
    };
}

tokens! {
    /// Behind everything.
    canvas,
    /// Bars, rail, inspector.
    surface,
    /// Cards and popovers.
    raised,
    /// Wells: plots, text fields.
    sunken,
    /// The one border.
    hairline,
    /// A border that must be seen: controls.
    hairline_strong,
    /// Under the pointer.
    hover,
    /// Held down.
    pressed,
    /// Words and numbers.
    text,
    /// Words of second rank.
    text_dim,
    /// Captions, units.
    text_faint,
    /// What can be acted on.
    accent,
    /// The same under the pointer.
    accent_hover,
    /// Text on the accent.
    on_accent,
    /// Behind what is selected.
    accent_soft,
    /// As it should be.
    ok,
    /// A person should look.
    warn,
    /// Behind a warning.
    warn_soft,
    /// Errors only.
    error,
    /// Behind an error.
    error_soft,
    /// Over the page, behind a dialog.
    backdrop,
    /// Diverging scale: below.
    below,
    /// Diverging scale: above.
    above,
    /// Diverging scale: neither.
    middle,
}

impl Tokens {
    /// The tokens of a theme.
    pub fn load(choice: ThemeChoice) -> Self {
        let file: BTreeMap<ThemeChoice, Raw> =
            serde_json::from_str(FILE).expect("assets/theme/tokens.json is checked by a test");
        Self::new(choice, &file[&choice])
    }

    /// The colour of category `n`: the same everywhere, in every run. Beyond the set the
    /// colours come again, halfway to the text colour.
    pub fn category(&self, n: usize) -> Color32 {
        let base = self.categorical[n % self.categorical.len()];
        if n < self.categorical.len() { base } else { base.lerp_to_gamma(self.text, 0.5) }
    }

    /// The sequential colour of `share` in `0..=1`.
    pub fn sequence(&self, share: f32) -> Color32 {
        let at = share.clamp(0.0, 1.0) * (self.sequential.len() - 1) as f32;
        let low = (at as usize).min(self.sequential.len() - 2);
        self.sequential[low].lerp_to_gamma(self.sequential[low + 1], at - low as f32)
    }

    /// The diverging colour of `share` in `-1..=1`.
    pub fn diverge(&self, share: f32) -> Color32 {
        let share = share.clamp(-1.0, 1.0);
        let end = if share < 0.0 { self.below } else { self.above };
        self.middle.lerp_to_gamma(end, share.abs())
    }
}

/// The tokens in force.
pub(crate) fn of(ctx: &Context) -> Arc<Tokens> {
    ctx.data(|d| d.get_temp::<Arc<Tokens>>(Id::NULL))
        .unwrap_or_else(|| Arc::new(Tokens::load(ThemeChoice::Dark)))
}

/// Installs the fonts; once per context.
pub(crate) fn install_fonts(ctx: &Context) {
    fonts::install(ctx);
}

/// Puts a theme in force.
pub(crate) fn install(ctx: &Context, choice: ThemeChoice) {
    let tokens = Tokens::load(choice);
    style::install(ctx, &tokens);
    ctx.data_mut(|d| d.insert_temp(Id::NULL, Arc::new(tokens)));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, WCAG 2.1.
    fn luminance(c: Color32) -> f64 {
        let part = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(c.r()) + 0.7152 * part(c.g()) + 0.0722 * part(c.b())
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_can_be_read_in_every_theme() {
        for choice in ThemeChoice::ALL {
            let t = Tokens::load(choice);
            for ground in [t.canvas, t.surface, t.raised] {
                for (name, ink) in [
                    ("text", t.text),
                    ("text_dim", t.text_dim),
                    ("text_faint", t.text_faint),
                    ("accent", t.accent),
                    ("ok", t.ok),
                    ("warn", t.warn),
                    ("error", t.error),
                ] {
                    let seen = contrast(ink, ground);
                    assert!(seen >= 4.5, "{choice:?} {name} on {ground:?}: {seen:.2}");
                }
            }
            assert!(contrast(t.on_accent, t.accent) >= 4.5, "{choice:?} on_accent");
            assert!(contrast(t.warn, t.warn_soft) >= 4.5, "{choice:?} warn_soft");
            assert!(contrast(t.error, t.error_soft) >= 4.5, "{choice:?} error_soft");
            assert!(contrast(t.text, t.accent_soft) >= 4.5, "{choice:?} accent_soft");
        }
    }

    #[test]
    fn categories_stand_out_and_differ() {
        for choice in ThemeChoice::ALL {
            let t = Tokens::load(choice);
            for n in 0..8 {
                assert!(contrast(t.category(n), t.raised) >= 1.9, "{choice:?} category {n}");
            }
            for n in 1..16 {
                assert!((0..n).all(|m| t.category(m) != t.category(n)), "{choice:?} {n}");
            }
        }
    }
}
