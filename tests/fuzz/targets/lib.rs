//! What the targets of `cargo fuzz` share: the laws of `laws.rs`, and how an input is cut into a
//! file and choices. Not for: the product.

#[path = "../laws.rs"]
mod laws;

pub use laws::*;

/// Bytes of choices behind a file.
const CHOICES: usize = 16;

/// One input: its last sixteen bytes are choices, what stands before them the file.
///
/// # Panics
/// When a law is broken.
pub fn target(data: &[u8], read: impl FnOnce(&Place, &[u8], Choices<'_>) -> Result<(), String>) {
    // libFuzzer's hook ends the process at any panic, caught ones of a library too; those that come
    // through end it anyway.
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| std::panic::set_hook(Box::new(|why| eprintln!("{why}"))));
    thread_local!(static PLACE: Place = Place::new());
    let (bytes, choices) = data.split_at(data.len().saturating_sub(CHOICES));
    let kept = PLACE.with(|place| read(place, bytes, Choices(choices)));
    if let Err(law) = kept {
        panic!("{law}");
    }
}
