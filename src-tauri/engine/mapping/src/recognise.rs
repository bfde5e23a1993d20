//! Recognising a known export by its headers and file name.

use crate::columns::{ROW, find};
use crate::preset::Preset;
use crate::presets::Presets;
use kith_model::source::{ColumnInfo, Evidence};

/// A known export, and why it is taken for one.
#[derive(Debug, Clone, PartialEq)]
pub struct Recognised<'a> {
    /// The export.
    pub preset: &'a Preset,
    /// Why: about `preset`, with the preset's id as value.
    pub evidence: Evidence,
}

/// [`Presets::recognise`] with those that come with the program.
pub fn recognise(file_name: &str, columns: &[ColumnInfo]) -> Option<Recognised<'static>> {
    Presets::built_in().recognise(file_name, columns)
}

/// See [`Presets::recognise`].
pub(crate) fn recognise_among<'a>(
    presets: &'a [Preset],
    file_name: &str,
    columns: &[ColumnInfo],
) -> Option<Recognised<'a>> {
    let plain = plain_name(file_name);
    let columns: Vec<_> = columns.iter().filter(|c| c.name != ROW).cloned().collect();
    let fits = presets.iter().filter_map(|preset| Fit::of(preset, &plain, &columns));
    let best = fits.max_by(|a, b| {
        a.preset
            .own
            .cmp(&b.preset.own)
            .then(a.share().total_cmp(&b.share()))
            .then(a.named.is_some().cmp(&b.named.is_some()))
            .then(a.preset.required.len().cmp(&b.preset.required.len()))
            .then_with(|| b.preset.id.cmp(&a.preset.id))
    })?;
    Some(Recognised { preset: best.preset, evidence: best.evidence() })
}

struct Fit<'a> {
    preset: &'a Preset,
    known: usize,
    all: usize,
    named: Option<&'a str>,
}

impl<'a> Fit<'a> {
    fn of(preset: &'a Preset, file_name: &str, columns: &[ColumnInfo]) -> Option<Self> {
        let there = |header: &String| header.split('|').any(|h| find(columns, h).is_some());
        if columns.is_empty() || !preset.required.iter().all(there) {
            return None;
        }
        let known = columns.iter().filter(|c| knows(preset, &c.name)).count();
        let named = preset.files.iter().find(|p| matches(p, file_name)).map(String::as_str);
        let fit = Self { preset, known, all: columns.len(), named };
        let enough = if named.is_some() { 0.4 } else { 0.6 };
        (fit.share() >= enough).then_some(fit)
    }

    fn share(&self) -> f64 {
        self.known as f64 / self.all as f64
    }

    fn evidence(&self) -> Evidence {
        let file = match self.named {
            Some(pattern) => format!("; the file name fits {pattern}"),
            None => String::new(),
        };
        Evidence {
            about: "preset".to_owned(),
            value: self.preset.id.clone(),
            reason: format!(
                "{} of {} headers are those of {}, among them all {} it must have{file}",
                self.known,
                self.all,
                self.preset.title,
                self.preset.required.len(),
            ),
        }
    }
}

/// Whether a header is one of the preset's.
pub(crate) fn knows(preset: &Preset, header: &str) -> bool {
    let listed = preset.required.iter().flat_map(|r| r.split('|'));
    let mut listed = listed.chain(preset.headers.iter().map(String::as_str));
    listed.any(|h| h.eq_ignore_ascii_case(header))
        || preset.patterns.iter().any(|p| matches(&p.to_lowercase(), &header.to_lowercase()))
}

/// Lower case, without folder and without the endings of compression.
fn plain_name(file_name: &str) -> String {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name).to_lowercase();
    let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    name.to_owned()
}

/// Whether `text` is `pattern`, where `*` stands for anything, nothing included.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<_> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::presets;

    fn columns(names: &[&str]) -> Vec<ColumnInfo> {
        let info =
            |name: &&str| ColumnInfo { name: (*name).to_owned(), sql_type: "VARCHAR".to_owned() };
        names.iter().map(info).collect()
    }

    #[test]
    fn stars_stand_for_anything() {
        assert!(matches("events_*.ndjson", "events_20260501.ndjson"));
        assert!(matches("*contact*.csv", "contact.csv"));
        assert!(matches("* (metadata)", "order_id (metadata)"));
        assert!(!matches("contact.csv", "contacts.csv"));
        assert!(!matches("a*a", "a"));
    }

    #[test]
    fn every_preset_recognises_its_own_headers_in_any_case() {
        for preset in presets() {
            let first = |r: &String| r.split('|').next().unwrap_or(r).to_owned();
            let names: Vec<_> =
                preset.required.iter().map(first).chain(preset.headers.iter().cloned()).collect();
            for shout in [false, true] {
                let cased = |n: &String| if shout { n.to_uppercase() } else { n.clone() };
                let names: Vec<String> = names.iter().map(cased).collect();
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let found = recognise("export.csv", &columns(&names)).expect(&preset.id);
                assert_eq!(found.preset.id, preset.id);
            }
        }
    }

    #[test]
    fn the_reason_counts_what_was_seen() {
        let names = ["Email Address", "First Name", "Last Name", "OPTIN_TIME", "LEID", "EUID"];
        let found = recognise("subscribed_members_export_8f3c.csv.gz", &columns(&names)).unwrap();
        assert_eq!(found.evidence.value, "mailchimp_audience");
        assert!(found.evidence.reason.starts_with("6 of 6 headers"), "{}", found.evidence.reason);
        assert!(found.evidence.reason.contains("subscribed_members_export_*"));
    }

    #[test]
    fn a_strangers_file_is_not_claimed() {
        assert_eq!(recognise("people.csv", &columns(&["id", "name", "email"])), None);
        assert_eq!(recognise("Contact.csv", &columns(&["Vorname", "Nachname"])), None);
        assert_eq!(recognise("x.csv", &[]), None);
    }
}
