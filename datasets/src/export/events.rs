//! GA4 events in the shape of the BigQuery export as newline-delimited JSON: nested
//! `event_params`, whole numbers as strings (as BigQuery writes them), empty fields left out.

use crate::basket::Line;
use crate::behaviour::Visit;
use crate::catalog::Catalog;
use crate::clock::{DAY, START, push_compact_date, shop_offset};
use crate::csv_row::{push_money, push_number};
use crate::draw::{Draw, Stream};
use crate::error::DatasetError;
use crate::experiment::{ARMS, EXPERIMENT_ID};
use crate::fault::{FaultKind, FaultLog};
use crate::out::OutFile;
use crate::person::Person;
use crate::vocabulary::VOCABULARIES;

/// File names in the sample: one per year of history.
pub(crate) const FILES: [&str; 2] =
    ["events_20241101_20251031.ndjson.gz", "events_20251101_20261031.ndjson.gz"];

const SITE: &str = "https://northpeak.example";
/// Collections of the site, one per category.
const COLLECTIONS: [&str; 10] = [
    "footwear", "running", "climbing", "tents", "sleeping", "packs", "clothing", "kitchen",
    "winter", "gifts",
];
/// In each file, this event and every one this many further on is written twice.
const DUPLICATES: (u64, u64) = (1_201, 4_003);
/// In the second file, a piece of this event is written on a line of its own.
const BROKEN: u64 = 2_025;

/// What a browser tells about itself.
pub(crate) struct Device {
    pub pseudo_id: String,
    /// `device`, `geo` and `traffic_source` as JSON.
    about: String,
}

impl Device {
    /// Device `number` (0 to 2) of a person.
    pub(crate) fn derive(seed: u64, person: &Person<'_>, number: usize) -> Self {
        let mut draw = Draw::new(seed, Stream::Device, person.index * 4 + number as u64);
        let draw = &mut draw;
        let kind = &crate::archetype::ARCHETYPES[person.archetype];
        let mobile = draw.chance(kind.mobile) ^ (number == 1);
        let (category, system, browser) = if mobile {
            *draw.pick(&[
                ("mobile", "iOS", "Safari"),
                ("mobile", "Android", "Chrome"),
                ("tablet", "iOS", "Safari"),
                ("mobile", "Android", "Samsung Internet"),
            ])
        } else {
            *draw.pick(&[
                ("desktop", "Windows", "Chrome"),
                ("desktop", "Macintosh", "Safari"),
                ("desktop", "Windows", "Edge"),
                ("desktop", "Linux", "Firefox"),
            ])
        };
        let (name, medium, source) = *draw.pick(&[
            ("(direct)", "(none)", "(direct)"),
            ("(organic)", "organic", "google"),
            ("outdoor_generic", "cpc", "google"),
            ("(referral)", "referral", "trailmag.example"),
            ("(organic)", "social", "instagram"),
        ]);
        let first_seen = person.registered_at - draw.between(60, 40 * DAY);
        let pseudo_id = format!("{}.{first_seen}", 100_000_000 + draw.below(1_900_000_000));
        let culture = person.culture;
        let city = &culture.cities[person.home.city];
        let about = format!(
            "\"device\":{{\"category\":\"{category}\",\"operating_system\":\"{system}\",\
             \"language\":\"{}\",\"web_info\":{{\"browser\":\"{browser}\"}}}},\
             \"geo\":{{\"continent\":\"{}\",\"country\":\"{}\",\"region\":\"{}\",\
             \"city\":\"{}\"}},\"traffic_source\":{{\"name\":\"{name}\",\"medium\":\"{medium}\",\
             \"source\":\"{source}\"}},\"stream_id\":\"3381920011\",\"platform\":\"WEB\"",
            culture.language, culture.continent, culture.country[0], city.region, city.english,
        );
        Device { pseudo_id, about }
    }
}

/// A visit with what the writer needs to know beside it.
pub(crate) struct Session<'a> {
    pub person: &'a Person<'a>,
    pub device: &'a Device,
    pub visit: &'a Visit,
    /// Number of this session on its device, from 1.
    pub ordinal: i64,
    /// Lines and number of the order the visit ended in.
    pub order: Option<(&'a [Line], u64)>,
    /// Id of the customer account.
    pub user_id: Option<i64>,
}

enum Step<'a> {
    Start,
    Page(usize),
    Search(usize),
    View(usize),
    Cart(usize),
    Checkout(&'a [Line]),
    Purchase(&'a [Line], u64),
}

/// Both event files.
pub(crate) struct EventFiles {
    files: [OutFile; 2],
    tail: String,
}

impl EventFiles {
    pub(crate) fn new(files: [OutFile; 2]) -> Self {
        EventFiles { files, tail: String::new() }
    }

    pub(crate) fn into_files(self) -> [OutFile; 2] {
        self.files
    }

    /// Writes the events of a visit and returns how many.
    pub(crate) fn visit(
        &mut self,
        draw: &mut Draw,
        catalog: &Catalog,
        session: &Session<'_>,
        faults: &mut FaultLog,
    ) -> Result<u64, DatasetError> {
        let steps = steps(draw, catalog, session);
        let pauses: Vec<i64> = steps
            .iter()
            .map(|_| (session.visit.dwell_s * (0.3 + 1.4 * draw.unit()) * 10.0) as i64 + 5)
            .collect();
        // In tenths of a second. The purchase happens when the order was placed.
        let length: i64 = pauses[..pauses.len() - 1].iter().sum();
        let begin = session.visit.at * 10 - if session.order.is_some() { length } else { 0 };
        let begin = begin.max(START * 10);
        let second_year = usize::from(begin / 10 >= START + 365 * DAY);
        let logs_in = if session.order.is_some() { 0.85 } else { 0.55 };
        let known = session.user_id.filter(|_| session.visit.device < 2 && draw.chance(logs_in));
        self.write_tail(session);
        let mut at = begin;
        for (index, (step, pause)) in steps.iter().zip(&pauses).enumerate() {
            let out = &mut self.files[second_year];
            let from = out.text.len();
            push_event(&mut out.text, catalog, session, step, (at, *pause));
            if let Some(id) = known.filter(|_| index > 0) {
                out.text.push_str("\"user_id\":\"");
                push_number(&mut out.text, id);
                out.text.push_str("\",");
            }
            out.text.push_str(&self.tail);
            push_items(&mut out.text, catalog, step);
            out.text.push_str("}\n");
            finish_event(out, second_year, from, faults)?;
            at += pause;
        }
        Ok(steps.len() as u64)
    }

    /// Prepares what all events of a session end with.
    fn write_tail(&mut self, session: &Session<'_>) {
        self.tail.clear();
        self.tail.push_str("\"user_pseudo_id\":\"");
        self.tail.push_str(&session.device.pseudo_id);
        self.tail.push_str("\",");
        self.tail.push_str(&session.device.about);
    }
}

fn steps<'a>(draw: &mut Draw, catalog: &Catalog, session: &Session<'a>) -> Vec<Step<'a>> {
    let visit = session.visit;
    let lines: &[Line] = session.order.map_or(&[], |(lines, _)| lines);
    let about = lines.first().map(|line| line.product).or_else(|| visit.viewed.first().copied());
    let mut steps = vec![Step::Start];
    if let Some(product) = about {
        if visit.searched {
            steps.push(Step::Search(product));
        } else if session.order.is_none() || draw.chance(0.4) {
            steps.push(Step::Page(catalog.products[product].category));
        }
    }
    steps.extend(visit.viewed.iter().map(|&product| Step::View(product)));
    for line in lines.iter().take(2) {
        steps.push(Step::View(line.product));
        steps.push(Step::Cart(line.product));
    }
    if let Some((lines, number)) = session.order {
        steps.push(Step::Checkout(lines));
        steps.push(Step::Purchase(lines, number));
    } else if visit.abandoned_cart {
        steps.extend(visit.viewed.last().map(|&product| Step::Cart(product)));
    }
    steps
}

fn push_event(
    out: &mut String,
    catalog: &Catalog,
    session: &Session<'_>,
    step: &Step<'_>,
    (at, pause): (i64, i64),
) {
    let second = at / 10;
    out.push_str("{\"event_date\":\"");
    push_compact_date(out, (second + shop_offset(second)).div_euclid(DAY));
    out.push_str("\",\"event_timestamp\":\"");
    push_number(out, at);
    out.push_str("00000\",\"event_name\":\"");
    out.push_str(match step {
        Step::Start => "session_start",
        Step::Page(_) => "page_view",
        Step::Search(_) => "view_search_results",
        Step::View(_) => "view_item",
        Step::Cart(_) => "add_to_cart",
        Step::Checkout(_) => "begin_checkout",
        Step::Purchase(..) => "purchase",
    });
    out.push_str("\",\"event_params\":[");
    push_location(out, catalog, step);
    out.push_str("{\"key\":\"engagement_time_msec\",\"value\":{\"int_value\":\"");
    push_number(out, if matches!(step, Step::Start) { 1 } else { pause * 100 });
    out.push_str("\"}},");
    push_special(out, catalog, session, step);
    out.push_str("{\"key\":\"ga_session_id\",\"value\":{\"int_value\":\"");
    push_number(out, session.visit.at);
    out.push_str("\"}},{\"key\":\"ga_session_number\",\"value\":{\"int_value\":\"");
    push_number(out, session.ordinal);
    out.push_str("\"}}],");
}

fn push_location(out: &mut String, catalog: &Catalog, step: &Step<'_>) {
    out.push_str("{\"key\":\"page_location\",\"value\":{\"string_value\":\"");
    out.push_str(SITE);
    match *step {
        Step::Start => out.push('/'),
        Step::Page(category) => {
            out.push_str("/collections/");
            out.push_str(COLLECTIONS[category]);
        }
        Step::Search(_) => out.push_str("/search"),
        Step::View(product) | Step::Cart(product) => {
            out.push_str("/products/");
            out.push_str(&catalog.products[product].sku);
        }
        Step::Checkout(_) => out.push_str("/checkout"),
        Step::Purchase(..) => out.push_str("/thank-you"),
    }
    out.push_str("\"}},");
}

fn push_text_param(out: &mut String, key: &str, value: &str) {
    out.push_str("{\"key\":\"");
    out.push_str(key);
    out.push_str("\",\"value\":{\"string_value\":\"");
    out.push_str(value);
    out.push_str("\"}},");
}

/// Parameters that only some events have.
fn push_special(out: &mut String, catalog: &Catalog, session: &Session<'_>, step: &Step<'_>) {
    match *step {
        Step::Start => {
            let from = session.visit.at / 60;
            let (source, medium) = match from % 7 {
                0 | 1 => ("google", "organic"),
                2 => ("google", "cpc"),
                3 | 4 if session.person.subscribed => ("newsletter", "email"),
                5 => ("instagram", "social"),
                _ => ("(direct)", "(none)"),
            };
            push_text_param(out, "source", source);
            push_text_param(out, "medium", medium);
            if let Some(arm) = session.visit.arm {
                push_text_param(out, "experiment_id", EXPERIMENT_ID);
                push_text_param(out, "variant", ARMS[arm]);
            }
        }
        Step::Search(product) => {
            let product = &catalog.products[product];
            let term = VOCABULARIES[product.category].kinds[product.kind].name.to_lowercase();
            push_text_param(out, "search_term", &term);
        }
        Step::Purchase(lines, number) => {
            out.push_str("{\"key\":\"transaction_id\",\"value\":{\"string_value\":\"#");
            push_number(out, number as i64);
            out.push_str("\"}},{\"key\":\"currency\",\"value\":{\"string_value\":\"EUR\"}},");
            out.push_str("{\"key\":\"value\",\"value\":{\"double_value\":");
            push_money(out, lines.iter().map(|line| line.cents * line.quantity).sum());
            out.push_str("}},");
        }
        _ => {}
    }
}

fn push_items(out: &mut String, catalog: &Catalog, step: &Step<'_>) {
    let mut item = |product: usize, quantity: i64, first: bool| {
        let product = &catalog.products[product];
        out.push_str(if first { ",\"items\":[{\"item_id\":\"" } else { ",{\"item_id\":\"" });
        out.push_str(&product.sku);
        out.push_str("\",\"price\":");
        push_money(out, product.cents);
        out.push_str(",\"quantity\":\"");
        push_number(out, quantity);
        out.push_str("\"}");
    };
    match *step {
        Step::View(product) | Step::Cart(product) => item(product, 1, true),
        Step::Checkout(lines) | Step::Purchase(lines, _) => {
            for (index, line) in lines.iter().enumerate() {
                item(line.product, line.quantity, index == 0);
            }
        }
        _ => return,
    }
    out.push(']');
}

/// Counts the event that starts at `from` of the buffer, and plants the faults of its place.
fn finish_event(
    out: &mut OutFile,
    file: usize,
    from: usize,
    faults: &mut FaultLog,
) -> Result<(), DatasetError> {
    let ordinal = out.rows;
    if ordinal % DUPLICATES.1 == DUPLICATES.0 {
        faults.add(FILES[file], out.line(), FaultKind::DuplicateEvent);
        let again = out.text[from..].to_owned();
        out.text.push_str(&again);
        out.rows += 1;
    }
    if file == 1 && ordinal == BROKEN {
        faults.add(FILES[file], out.line(), FaultKind::InvalidJson);
        // Everything up to the first comma: certainly ASCII, certainly no JSON.
        let piece = out.text[from..].split(',').next().unwrap_or("{").to_owned();
        out.text.push_str(&piece);
        out.text.push('\n');
        out.rows += 1;
    }
    out.end_row()
}
