//! Colours, spacing and type, all from one token file.

/// A theme the user can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThemeChoice {
    /// Dark.
    Dark,
    /// Light.
    Light,
    /// High contrast (dark).
    HighContrast,
}
