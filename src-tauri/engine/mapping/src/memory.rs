//! Links accepted in earlier projects, by header: the same header means the same again.

use kith_model::Entity;
use kith_model::mapping::{EntityMapping, Link, Mapping, Origin, Remembering, Transform};
use kith_model::source::ColumnInfo;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The confidence of a remembered link: people are sometimes wrong, and files differ.
const CONFIDENCE: f32 = 0.97;
/// An entity the suggestions lack is added when so many of its links are remembered.
const ENOUGH: usize = 3;

/// What was accepted: for an entity and a header as written in lower case, the field and how the
/// value is changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// Nothing is remembered and nothing recalled.
    #[serde(default)]
    off: bool,
    #[serde(default)]
    links: BTreeMap<String, BTreeMap<String, Remembered>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Remembered {
    field: String,
    #[serde(default)]
    transform: Transform,
}

fn key(header: &str) -> String {
    header.trim().to_lowercase()
}

impl Memory {
    /// Whether it is in use, and how much it holds.
    pub fn remembering(&self) -> Remembering {
        let links = self.links.values().map(|of| of.len() as u64).sum();
        Remembering { on: !self.off, links }
    }

    /// Turns it on or off. What it holds stays, for when it is turned on again.
    pub fn turn(&mut self, on: bool) {
        self.off = !on;
    }

    /// Forgets every link.
    pub fn forget(&mut self) {
        self.links.clear();
    }

    /// Takes in the links of a mapping a person has accepted; a newer one for the same header
    /// replaces the older. Links of presets are known anyway and are not taken.
    pub fn learn(&mut self, mapping: &Mapping) {
        if self.off {
            return;
        }
        for part in &mapping.entities {
            for link in part.links.iter().filter(|l| l.origin != Origin::Preset) {
                let Some(column) = &link.column else { continue };
                let remembered =
                    Remembered { field: link.field.clone(), transform: link.transform.clone() };
                let of_entity = self.links.entry(part.entity.key().to_owned()).or_default();
                of_entity.insert(key(column), remembered);
            }
        }
    }

    /// `suggested` with what was accepted before put in the place of other suggestions.
    pub fn recall(&self, mut suggested: Mapping, columns: &[ColumnInfo]) -> Mapping {
        if self.off {
            return suggested;
        }
        for entity in Entity::ALL {
            let Some(known) = self.links.get(entity.key()) else { continue };
            let links: Vec<Link> = columns
                .iter()
                .filter_map(|c| known.get(&key(&c.name)).map(|r| (c, r)))
                .filter(|(_, r)| entity.field(&r.field).is_some())
                .map(|(column, r)| Link {
                    field: r.field.clone(),
                    column: Some(column.name.clone()),
                    transform: r.transform.clone(),
                    origin: Origin::Suggested,
                    confidence: CONFIDENCE,
                    reason: "Accepted before for a column of this name".to_owned(),
                })
                .collect();
            place(&mut suggested, entity, links);
        }
        suggested
    }
}

fn place(mapping: &mut Mapping, entity: Entity, links: Vec<Link>) {
    let at = match mapping.entities.binary_search_by_key(&entity, |e| e.entity) {
        Ok(at) => at,
        Err(at) if links.len() >= ENOUGH && mapping.entities.is_empty() => {
            let (filter, unfold) = (None, None);
            let new =
                EntityMapping { entity, filter, dedupe_by: Vec::new(), unfold, links: Vec::new() };
            mapping.entities.insert(at, new);
            at
        }
        Err(_) => return,
    };
    let drawn = &mut mapping.entities[at].links;
    for link in links {
        drawn.retain(|l| l.field != link.field && l.column != link.column);
        drawn.push(link);
    }
    drawn.sort_by(|a, b| a.field.cmp(&b.field));
}

/// New suggestions beside what is drawn: links by hand and of presets stay as they are, and
/// neither their fields nor, within an entity, their columns are given to anything else.
pub fn keep_drawn(drawn: &Mapping, suggested: Mapping) -> Mapping {
    let mut merged = Mapping { confirmed: drawn.confirmed, entities: suggested.entities };
    for part in &drawn.entities {
        let kept: Vec<Link> =
            part.links.iter().filter(|l| l.origin != Origin::Suggested).cloned().collect();
        if kept.is_empty() {
            continue;
        }
        let at = match merged.entities.binary_search_by_key(&part.entity, |e| e.entity) {
            Ok(at) => at,
            Err(at) => {
                merged.entities.insert(at, EntityMapping { links: Vec::new(), ..part.clone() });
                at
            }
        };
        let into = &mut merged.entities[at];
        into.filter.clone_from(&part.filter);
        into.dedupe_by.clone_from(&part.dedupe_by);
        into.unfold.clone_from(&part.unfold);
        into.links.retain(|l| {
            kept.iter().all(|k| k.field != l.field && (k.column.is_none() || k.column != l.column))
        });
        into.links.extend(kept);
        into.links.sort_by(|a, b| a.field.cmp(&b.field));
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(field: &str, column: &str, origin: Origin) -> Link {
        let (transform, reason) = (Transform::None, String::new());
        let (field, column) = (field.to_owned(), Some(column.to_owned()));
        Link { field, column, transform, origin, confidence: 0.6, reason }
    }

    fn profile(links: Vec<Link>) -> Mapping {
        let (filter, unfold) = (None, None);
        let part =
            EntityMapping { entity: Entity::Profile, filter, dedupe_by: vec![], unfold, links };
        Mapping { confirmed: false, entities: vec![part] }
    }

    fn column(name: &str) -> ColumnInfo {
        ColumnInfo { name: name.to_owned(), sql_type: "VARCHAR".to_owned() }
    }

    #[test]
    fn what_was_accepted_is_suggested_again() {
        let mut memory = Memory::default();
        memory.learn(&profile(vec![link("loyalty_id", "Zahl", Origin::Manual)]));
        let suggested = profile(vec![link("postcode", "ZAHL", Origin::Suggested)]);
        let recalled = memory.recall(suggested, &[column("ZAHL")]);
        let links = &recalled.entities[0].links;
        assert_eq!((links.len(), links[0].field.as_str()), (1, "loyalty_id"));
        assert!(links[0].reason.contains("before"));
    }

    #[test]
    fn turned_off_it_neither_learns_nor_recalls_and_it_can_forget() {
        let mut memory = Memory::default();
        memory.learn(&profile(vec![link("loyalty_id", "Zahl", Origin::Manual)]));
        memory.turn(false);
        memory.learn(&profile(vec![link("city", "Ort", Origin::Manual)]));
        assert_eq!(memory.remembering(), Remembering { on: false, links: 1 });
        let suggested = profile(vec![link("postcode", "Zahl", Origin::Suggested)]);
        assert_eq!(memory.recall(suggested.clone(), &[column("Zahl")]), suggested);
        memory.turn(true);
        assert_ne!(memory.recall(suggested.clone(), &[column("Zahl")]), suggested);
        memory.forget();
        assert_eq!(memory.remembering(), Remembering { on: true, links: 0 });
    }

    #[test]
    fn links_by_hand_are_never_overwritten() {
        let drawn = profile(vec![
            link("city", "a", Origin::Manual),
            link("region", "b", Origin::Suggested),
        ]);
        let suggested = profile(vec![
            link("city", "c", Origin::Suggested),
            link("phone", "a", Origin::Suggested),
            link("street", "d", Origin::Suggested),
        ]);
        let merged = keep_drawn(&drawn, suggested);
        let fields: Vec<_> = merged.entities[0].links.iter().map(|l| l.field.as_str()).collect();
        assert_eq!(fields, ["city", "street"]);
        assert_eq!(merged.entities[0].links[0].origin, Origin::Manual);
    }
}
