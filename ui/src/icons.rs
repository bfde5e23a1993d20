//! Glyphs of the icon font (Phosphor), by what they mean here.

/// Phosphor `arrow-u-up-left`.
pub const UNDO: &str = "\u{e08a}";
/// Phosphor `arrow-u-up-right`.
pub const REDO: &str = "\u{e08c}";
/// Phosphor `arrow-left`.
pub const BACK: &str = "\u{e058}";
/// Phosphor `arrow-right`.
pub const NEXT: &str = "\u{e06c}";
/// Phosphor `binoculars`.
pub const LOOK: &str = "\u{ea64}";
/// Phosphor `calendar-blank`.
pub const DATE: &str = "\u{e10a}";
/// Phosphor `caret-down`.
pub const DOWN: &str = "\u{e136}";
/// Phosphor `caret-left`.
pub const LEFT: &str = "\u{e138}";
/// Phosphor `caret-right`.
pub const RIGHT: &str = "\u{e13a}";
/// Phosphor `caret-up`.
pub const UP: &str = "\u{e13c}";
/// Phosphor `chart-scatter`.
pub const SCATTER: &str = "\u{eaac}";
/// Phosphor `check`.
pub const CHECK: &str = "\u{e182}";
/// Phosphor `check-circle`.
pub const GOOD: &str = "\u{e184}";
/// Phosphor `circle-half`.
pub const CONTRAST: &str = "\u{e18c}";
/// Phosphor `clock`.
pub const CLOCK: &str = "\u{e19a}";
/// Phosphor `clock-counter-clockwise`.
pub const HISTORY: &str = "\u{e1a0}";
/// Phosphor `copy`.
pub const COPY: &str = "\u{e1ca}";
/// Phosphor `database`.
pub const SOURCES: &str = "\u{e1de}";
/// Phosphor `file`.
pub const FILE: &str = "\u{e230}";
/// Phosphor `file-plus`.
pub const ADD: &str = "\u{e236}";
/// Phosphor `fingerprint`.
pub const IDENTITY: &str = "\u{e23e}";
/// Phosphor `function`.
pub const FEATURES: &str = "\u{ebe4}";
/// Phosphor `folder-open`.
pub const FOLDER: &str = "\u{e256}";
/// Phosphor `gift`.
pub const RECOMMEND: &str = "\u{e276}";
/// Phosphor `git-fork`.
pub const RULES: &str = "\u{e27e}";
/// Phosphor `hash`.
pub const HASH: &str = "\u{e2a2}";
/// Phosphor `keyboard`.
pub const KEYBOARD: &str = "\u{e2d8}";
/// Phosphor `link-break`.
pub const UNLINK: &str = "\u{e2e4}";
/// Phosphor `list-checks`.
pub const QUALITY: &str = "\u{eadc}";
/// Phosphor `magnifying-glass`.
pub const SEARCH: &str = "\u{e30c}";
/// Phosphor `path`.
pub const MAPPING: &str = "\u{e39c}";
/// Phosphor `moon`.
pub const MOON: &str = "\u{e330}";
/// Phosphor `mountains`.
pub const MOUNTAINS: &str = "\u{e7ae}";
/// Phosphor `equals`.
pub const EQUALS: &str = "\u{e21c}";
/// Phosphor `not-equals`.
pub const DIFFERS: &str = "\u{eda6}";
/// Phosphor `package`.
pub const EXPORT: &str = "\u{e390}";
/// Phosphor `pencil-simple`.
pub const EDIT: &str = "\u{e3b4}";
/// Phosphor `play`.
pub const PLAY: &str = "\u{e3d0}";
/// Phosphor `plus`.
pub const PLUS: &str = "\u{e3d4}";
/// Phosphor `question`.
pub const HELP: &str = "\u{e3e8}";
/// Phosphor `chart-scatter`.
/// Phosphor `sidebar-simple`.
pub const PANEL: &str = "\u{ec24}";
/// Phosphor `stop`.
pub const STOP: &str = "\u{e46c}";
/// Phosphor `sun`.
pub const SUN: &str = "\u{e472}";
/// Phosphor `text-aa`.
pub const TEXT: &str = "\u{e6ee}";
/// Phosphor `toggle-left`.
pub const TRUTH: &str = "\u{e674}";
/// Phosphor `trash`.
pub const TRASH: &str = "\u{e4a6}";
/// Phosphor `trend-up`.
pub const PREDICT: &str = "\u{e4ae}";
/// Phosphor `user`.
pub const USER: &str = "\u{e4c2}";
/// Phosphor `warning`.
pub const WARNING: &str = "\u{e4e0}";
/// Phosphor `warning-circle`.
pub const ERROR: &str = "\u{e4e2}";
/// Phosphor `x`.
pub const CLOSE: &str = "\u{e4f6}";
/// Phosphor `x-circle`.
pub const BAD: &str = "\u{e4f8}";
/// Phosphor `minus-circle`.
pub const MINUS: &str = "\u{e32c}";
/// Phosphor `arrow-counter-clockwise`.
pub const RESET: &str = "\u{e038}";
/// Phosphor `lightning`.
pub const LIGHTNING: &str = "\u{e2de}";
/// Phosphor `chart-scatter`.
pub const SEGMENTS: &str = SCATTER;
/// Phosphor `funnel`.
pub const FILTER: &str = "\u{e266}";
/// Phosphor `columns`.
pub const COLUMNS: &str = "\u{e546}";
