//! A bundle's answers, worked out when it is loaded: a request looks up bytes.

use axum::body::Bytes;
use kith_model::rules::Action;
use kith_workbench::bundle::Index;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::ops::Range;

/// What must be worked out when it is asked.
pub(crate) trait Live: Send + Sync {
    /// What the rules say of a known person at a moment (microseconds UTC).
    fn decide(&self, id: u64, now_us: i64) -> Option<Vec<Action>>;
    /// Names of the features the models take, sorted.
    fn features(&self) -> Vec<String>;
    /// Segment number, its name, and propensity of anybody.
    fn score(&self, features: &BTreeMap<String, f64>) -> Result<(u32, String, f64), String>;
}

impl Live for Index {
    fn decide(&self, id: u64, now_us: i64) -> Option<Vec<Action>> {
        self.people.get(&id).map(|person| Self::decide(self, person, now_us))
    }

    fn features(&self) -> Vec<String> {
        Self::features(self)
    }

    fn score(&self, features: &BTreeMap<String, f64>) -> Result<(u32, String, f64), String> {
        let (segment, propensity) = Self::score(self, features)?;
        Ok((segment, self.segment_name(segment), propensity))
    }
}

/// One person as the answers are made from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub(crate) id: u64,
    pub(crate) profile: Map<String, Value>,
    /// Number and name.
    pub(crate) segment: Option<(u32, String)>,
    pub(crate) propensity: Option<f64>,
    /// Product and score, best first.
    pub(crate) list: Vec<(String, f64)>,
}

/// A ranked list as JSON items, `,` between them.
#[derive(Debug, Clone, Default)]
struct List {
    start: usize,
    /// Where each item ends, in `ends`.
    ends: Range<usize>,
}

/// Where one person's answers lie.
#[derive(Debug)]
struct Places {
    profile: Range<usize>,
    segment: Range<usize>,
    list: List,
}

/// A bundle ready to answer.
pub(crate) struct Answers {
    pub(crate) version: String,
    pub(crate) live: Box<dyn Live>,
    bytes: Bytes,
    ends: Vec<usize>,
    people: HashMap<u64, Places>,
    popular: List,
}

/// Bytes being gathered.
#[derive(Default)]
struct Gather {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Gather {
    fn json(&mut self, value: &Value) -> Range<usize> {
        let start = self.bytes.len();
        // Writing to memory cannot fail, and these values have text keys.
        let _ = serde_json::to_writer(&mut self.bytes, value);
        start..self.bytes.len()
    }

    fn list(&mut self, products: &[(String, f64)]) -> List {
        let (start, first) = (self.bytes.len(), self.ends.len());
        for (at, (product, score)) in products.iter().enumerate() {
            if at > 0 {
                self.bytes.push(b',');
            }
            self.json(&json!({ "rank": at + 1, "product_id": product, "score": score }));
            self.ends.push(self.bytes.len());
        }
        List { start, ends: first..self.ends.len() }
    }
}

impl Answers {
    /// Works the answers out; what the index holds of profiles and lists moves into them.
    pub(crate) fn of(mut index: Index) -> Self {
        let names: HashMap<u32, String> = index
            .people
            .values()
            .filter_map(|p| p.segment)
            .map(|segment| (segment, index.segment_name(segment)))
            .collect();
        let mut people: Vec<Known> = index
            .people
            .iter_mut()
            .map(|(id, person)| Known {
                id: *id,
                profile: std::mem::take(&mut person.profile),
                segment: person.segment.map(|s| (s, names.get(&s).cloned().unwrap_or_default())),
                propensity: person.propensity,
                list: std::mem::take(&mut person.list),
            })
            .collect();
        people.sort_unstable_by_key(|p| p.id);
        let popular = std::mem::take(&mut index.popular);
        Self::new(index.version.clone(), people, &popular, Box::new(index))
    }

    pub(crate) fn new(
        version: String,
        people: Vec<Known>,
        popular: &[(String, f64)],
        live: Box<dyn Live>,
    ) -> Self {
        let mut gather = Gather::default();
        let popular = gather.list(popular);
        let people = people
            .into_iter()
            .map(|known| {
                let id = known.id;
                let segment =
                    known.segment.map(|(number, name)| json!({ "id": number, "name": name }));
                let profile = json!({
                    "profile_id": id,
                    "profile": known.profile,
                    "segment": segment,
                    "propensity": known.propensity,
                });
                let places = Places {
                    profile: gather.json(&profile),
                    segment: gather.json(&json!({ "profile_id": id, "segment": segment })),
                    list: gather.list(&known.list),
                };
                (id, places)
            })
            .collect();
        Self { version, live, bytes: gather.bytes.into(), ends: gather.ends, people, popular }
    }

    /// Number of people.
    pub(crate) fn people(&self) -> usize {
        self.people.len()
    }

    /// Profile, segment and propensity as JSON; none for a stranger.
    pub(crate) fn profile(&self, id: u64) -> Option<Bytes> {
        self.people.get(&id).map(|p| self.bytes.slice(p.profile.clone()))
    }

    /// The segment as JSON; none for a stranger.
    pub(crate) fn segment(&self, id: u64) -> Option<Bytes> {
        self.people.get(&id).map(|p| self.bytes.slice(p.segment.clone()))
    }

    /// The first `k` recommendations as JSON; what is popular for strangers and for people
    /// without a list.
    pub(crate) fn recommendations(&self, id: u64, k: usize) -> Bytes {
        let own = self.people.get(&id).map(|p| &p.list).filter(|list| !list.ends.is_empty());
        let (strategy, list) = own.map_or(("popular", &self.popular), |list| ("item-item", list));
        let last = k.min(list.ends.len()).checked_sub(1).map(|i| self.ends[list.ends.start + i]);
        let items = &self.bytes[list.start..last.unwrap_or(list.start)];
        let mut text = String::with_capacity(80);
        let _ = write!(text, r#"{{"profile_id":{id},"strategy":"{strategy}","items":["#);
        let mut body = text.into_bytes();
        body.reserve_exact(items.len() + 2);
        body.extend_from_slice(items);
        body.extend_from_slice(b"]}");
        body.into()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Rules that always greet, models that always say segment 1.
    pub(crate) struct Greeter;

    impl Live for Greeter {
        fn decide(&self, id: u64, now_us: i64) -> Option<Vec<Action>> {
            let greet = Action { kind: "show".into(), content: format!("hello at {now_us}") };
            (id == 7).then(|| vec![greet])
        }

        fn features(&self) -> Vec<String> {
            vec!["frequency".into()]
        }

        fn score(&self, features: &BTreeMap<String, f64>) -> Result<(u32, String, f64), String> {
            Ok((1, "Runners".into(), features.get("frequency").copied().unwrap_or(0.5)))
        }
    }

    pub(crate) fn shop(version: &str) -> Answers {
        let product = |p: &str, score| (p.to_owned(), score);
        let known = Known {
            id: 7,
            profile: Map::from_iter([("country".to_owned(), json!("FR"))]),
            segment: Some((1, "Runners".into())),
            propensity: Some(0.25),
            list: vec![product("a", 3.5), product("b\"", 2.0), product("c", 1.0)],
        };
        let bare = Known { id: 9, ..Known::default() };
        let popular = [product("p", 1.0), product("q", 0.5)];
        Answers::new(version.to_owned(), vec![known, bare], &popular, Box::new(Greeter))
    }

    fn read(bytes: &Bytes) -> Value {
        serde_json::from_slice(bytes).unwrap()
    }

    #[test]
    fn lists_are_cut_where_items_end() {
        let shop = shop("v1");
        let products = |id, k| -> Vec<String> {
            let body = read(&shop.recommendations(id, k));
            let items = body["items"].as_array().unwrap().iter();
            items.map(|i| i["product_id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(products(7, 0), [] as [&str; 0]);
        assert_eq!(products(7, 1), ["a"]);
        assert_eq!(products(7, 2), ["a", "b\""]);
        assert_eq!(products(7, 99), ["a", "b\"", "c"]);
        assert_eq!(products(9, 10), ["p", "q"], "no list of one's own");
        assert_eq!(products(404, 1), ["p"], "a stranger");
        let body = read(&shop.recommendations(7, 1));
        assert_eq!(
            (body["strategy"].as_str(), body["profile_id"].as_u64()),
            (Some("item-item"), Some(7))
        );
    }

    #[test]
    fn profiles_and_segments() {
        let shop = shop("v1");
        assert_eq!(
            read(&shop.profile(7).unwrap()),
            json!({"profile_id": 7, "profile": {"country": "FR"},
                   "segment": {"id": 1, "name": "Runners"}, "propensity": 0.25})
        );
        assert_eq!(read(&shop.segment(9).unwrap()), json!({"profile_id": 9, "segment": null}));
        assert!(shop.profile(8).is_none());
        assert_eq!(shop.people(), 2);
    }
}
