//! A small town with known truth: people, households, and the records several systems keep.

use kith_model::{Column, Frame, Texts};
use rand::Rng;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

/// Text columns of the frame, in order.
pub const TEXTS: [&str; 18] = [
    "source",
    "native_id",
    "user_id",
    "loyalty_id",
    "email",
    "email_alt",
    "phone",
    "phone_alt",
    "given_name",
    "family_name",
    "full_name",
    "street",
    "city",
    "postcode",
    "country",
    "coordinates",
    "company",
    "truth",
];

/// One record as text cells (by [`TEXTS`]) and a birth date in days.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub text: [Option<String>; TEXTS.len()],
    pub birth: Option<i64>,
}

impl Row {
    pub fn set(mut self, name: &str, value: &str) -> Self {
        let at = TEXTS.iter().position(|t| *t == name).expect("a column");
        self.text[at] = (!value.is_empty()).then(|| value.to_owned());
        self
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.text[TEXTS.iter().position(|t| *t == name)?].as_deref()
    }
}

/// The rows as the frame `resolve` reads, and the truth of each.
pub fn frame(rows: &[Row]) -> (Frame, Texts) {
    let ids = (0..rows.len() as i64).map(Some).collect();
    let mut frame = Frame::default().with("record_id", Column::Int(ids));
    for (at, name) in TEXTS.iter().enumerate().filter(|(_, name)| **name != "truth") {
        let cells = rows.iter().map(|r| r.text[at].as_deref()).collect();
        frame = frame.with(name, Column::Text(cells));
    }
    let frame = frame.with("birth_date", Column::Int(rows.iter().map(|r| r.birth).collect()));
    (frame, rows.iter().map(|r| r.get("truth")).collect())
}

const GIVEN: [&[&str]; 4] = [
    &[
        "James",
        "Robert",
        "William",
        "Elizabeth",
        "Margaret",
        "Thomas",
        "Katherine",
        "Michael",
        "Susan",
        "Christopher",
        "Daniel",
        "Rebecca",
        "Victoria",
        "Edward",
        "Nicholas",
        "Jennifer",
        "Anthony",
        "Samuel",
        "Laura",
        "Emily",
        "George",
        "Hannah",
        "Oliver",
        "Grace",
        "Peter",
        "Alice",
        "Simon",
        "Judith",
        "Martin",
        "Helen",
    ],
    &[
        "Jürgen",
        "Sabine",
        "Wolfgang",
        "Ursula",
        "Katharina",
        "Matthias",
        "Stefanie",
        "Günther",
        "Heike",
        "Björn",
        "Anneliese",
        "Friedrich",
        "Sören",
        "Renate",
        "Lukas",
        "Johanna",
    ],
    &["Наталія", "Олександр", "Марія", "Іван", "Оксана", "Володимир", "Юлія", "Богдан"],
    &["Ελένη", "Γεώργιος", "Μαρία", "Κωνσταντίνος", "Σοφία", "Δημήτριος"],
];

const NICK: &[(&str, &str)] = &[
    ("James", "Jim"),
    ("Robert", "Bob"),
    ("William", "Bill"),
    ("Elizabeth", "Liz"),
    ("Margaret", "Peggy"),
    ("Thomas", "Tom"),
    ("Katherine", "Kate"),
    ("Michael", "Mike"),
    ("Christopher", "Chris"),
    ("Jürgen", "Juergi"),
    ("Katharina", "Kathi"),
    ("Наталія", "Наташа"),
    ("Олександр", "Саша"),
    ("Γεώργιος", "Γιώργος"),
    ("Edward", "Ted"),
    ("Samuel", "Sam"),
];

const FAMILY: [&[&str]; 4] = [
    &[
        "Smith",
        "Jones",
        "Taylor",
        "Brown",
        "Williams",
        "Wilson",
        "Johnson",
        "Davies",
        "Patel",
        "Wright",
        "Walker",
        "Thompson",
        "White",
        "Hughes",
        "Edwards",
        "Green",
        "Lewis",
        "Wood",
        "Harris",
        "Clarke",
        "O'Brien",
        "MacDonald",
        "Fitzgerald",
        "Hawthorne",
        "Pemberton",
        "Ashworth",
        "Whitaker",
        "Lockwood",
        "Barraclough",
        "Entwistle",
    ],
    &[
        "Müller",
        "Schmidt",
        "Schneider",
        "Fischer",
        "Weber",
        "Schäfer",
        "Köhler",
        "Krüger",
        "von Stein",
        "Großmann",
        "Lindqvist",
        "Jørgensen",
        "Hoffmann",
        "Zimmermann",
    ],
    &["Шевченко", "Коваленко", "Бондаренко", "Ткаченко", "Кравчук", "Мельник"],
    &["Παπαδόπουλος", "Οικονόμου", "Νικολάου", "Γεωργίου"],
];

const STREETS: &[&str] = &[
    "High Street",
    "Church Lane",
    "Mill Road",
    "Station Road",
    "Park Avenue",
    "Hauptstraße",
    "Lindenweg",
    "Gartenstraße",
    "Victoria Drive",
    "Queen Street",
    "School Lane",
    "Bridge Street",
    "Orchard Close",
    "Chestnut Grove",
    "Elm Terrace",
    "Kirchgasse",
    "Bahnhofstraße",
    "Rose Hill",
];

const CITIES: &[(&str, &str)] = &[
    ("Leeds", "LS"),
    ("Bristol", "BS"),
    ("York", "YO"),
    ("Exeter", "EX"),
    ("Norwich", "NR"),
    ("Hamburg", "20"),
    ("Bremen", "28"),
    ("Köln", "50"),
    ("Київ", "01"),
    ("Αθήνα", "10"),
];

const MAIL: &[&str] = &["gmail.com", "outlook.com", "web.de", "proton.me", "icloud.com"];

type Dice = Xoshiro256PlusPlus;

fn pick<'a, T>(dice: &mut Dice, from: &'a [T]) -> &'a T {
    from.choose(dice).expect("not empty")
}

struct Home {
    culture: usize,
    family: String,
    street: String,
    city: &'static str,
    postcode: String,
    phone: String,
    mailbox: String,
}

fn home(dice: &mut Dice) -> Home {
    let culture = *pick(dice, &[0, 0, 0, 0, 1, 1, 2, 3]);
    let (city, area) = *pick(dice, CITIES);
    let family = (*pick(dice, FAMILY[culture])).to_owned();
    Home {
        culture,
        street: format!("{} {}", dice.gen_range(1..120), pick(dice, STREETS)),
        city,
        postcode: format!("{area}{} {}AB", dice.gen_range(1..30), dice.gen_range(1..9)),
        phone: format!("+44113{:07}", dice.gen_range(0..10_000_000)),
        mailbox: format!("family{}@{}", dice.gen_range(0..10_000_000), pick(dice, MAIL)),
        family,
    }
}

/// One wrong, missing, doubled or swapped letter.
pub fn slip(dice: &mut impl Rng, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 4 {
        return text.to_owned();
    }
    let at = dice.gen_range(1..letters.len() - 1);
    match dice.gen_range(0..4) {
        0 => letters.swap(at, at + 1),
        1 => drop(letters.remove(at)),
        2 => letters.insert(at, letters[at]),
        _ => letters[at] = char::from(b'a' + dice.gen_range(0..26)),
    }
    letters.into_iter().collect()
}

/// About `people` people with one to four records each, seeded, shuffled.
pub fn town(people: usize, seed: u64) -> Vec<Row> {
    let mut dice = Dice::seed_from_u64(seed);
    let mut rows = Vec::new();
    let mut person = 0;
    while person < people {
        let home = home(&mut dice);
        for _ in 0..*pick(&mut dice, &[1, 1, 1, 2, 2, 3]) {
            household_member(&mut dice, &home, person, &mut rows);
            person += 1;
        }
    }
    rows.shuffle(&mut dice);
    rows
}

fn household_member(dice: &mut Dice, at: &Home, person: usize, rows: &mut Vec<Row>) {
    let given = *pick(dice, GIVEN[at.culture]);
    let birth = dice.gen_range(-14_000..13_000);
    let own = format!("u{}.{person}@{}", dice.gen_range(10..99), pick(dice, MAIL));
    let email = if dice.gen_bool(0.1) { at.mailbox.clone() } else { own };
    let mobile = format!("+447{:09}", dice.gen_range(0..1_000_000_000));
    let phone = if dice.gen_bool(0.25) { at.phone.clone() } else { mobile };
    for _ in 0..*pick(dice, &[1, 1, 2, 2, 3, 4]) {
        let moved = dice.gen_bool(0.12).then(|| home(dice));
        let address = moved.as_ref().unwrap_or(at);
        let nick = NICK.iter().find(|n| n.0 == given).filter(|_| dice.gen_bool(0.15));
        let mut first = nick.map_or(given, |n| n.1).to_owned();
        let mut last = at.family.clone();
        if dice.gen_bool(0.06) {
            first = slip(dice, &first);
        }
        if dice.gen_bool(0.06) {
            last = slip(dice, &last);
        }
        if dice.gen_bool(0.01) {
            std::mem::swap(&mut first, &mut last);
        }
        let keep = |dice: &mut Dice, share: f64, text: &str| {
            if dice.gen_bool(share) { text.to_owned() } else { String::new() }
        };
        let source = *pick(dice, &["crm", "shop", "news"]);
        let mut row = Row::default()
            .set("source", source)
            .set("native_id", &format!("{:08}", dice.gen_range(0..100_000_000)))
            .set("email", &keep(dice, 0.75, &email))
            .set("phone", &keep(dice, 0.6, &phone))
            .set("given_name", &first)
            .set("family_name", &last)
            .set(
                "country",
                if address.postcode.starts_with(char::is_alphabetic) { "GB" } else { "DE" },
            )
            .set("truth", &person.to_string());
        if dice.gen_bool(0.75) {
            row = row
                .set("street", &address.street)
                .set("city", address.city)
                .set("postcode", &keep(dice, 0.9, &address.postcode));
        }
        if dice.gen_bool(0.7) {
            row.birth = Some(birth + if dice.gen_bool(0.02) { 9 } else { 0 });
        }
        rows.push(row);
    }
}
