//! Values of a kind: people, places, codes and texts as exports hold them.

use crate::draw::Draw;
use crate::locale::Locale;
use crate::orders::{self, Moment};

/// Where a value stands.
pub struct Place<'a> {
    /// The case, for seeds.
    pub case: &'a str,
    /// The column, for seeds.
    pub column: usize,
    /// The row, from 0.
    pub row: usize,
    /// The order the row belongs to.
    pub order: usize,
    /// The language.
    pub locale: &'static Locale,
}

impl Place<'_> {
    /// A stream of the cell's own.
    pub fn draw(&self) -> Draw {
        Draw::of(&[self.case, &self.column.to_string(), &self.row.to_string()])
    }

    /// A stream shared by the columns of `what` number `n`: a person, an order.
    pub fn shared(&self, what: &str, n: usize) -> Draw {
        Draw::of(&[self.case, what, &n.to_string()])
    }
}

/// The value of `kind` at a place; none where the file is empty.
pub fn value(kind: &str, place: &Place<'_>) -> Option<String> {
    let (name, arg) = kind.split_once(':').unwrap_or((kind, ""));
    let mut draw = place.draw();
    if let Some(rest) = name.strip_suffix(".sparse") {
        return if draw.chance(30) { value(rest, place) } else { None };
    }
    if let Some(part) = name.strip_prefix("order.") {
        return orders::value(part, arg, place);
    }
    let found = person(name, arg, place, place.row)
        .or_else(|| identifier(name, arg, place, &mut draw))
        .or_else(|| moment(name, place, &mut draw))
        .or_else(|| number(name, place, &mut draw))
        .or_else(|| word(name, arg, place, &mut draw))
        .or_else(|| web(name, &mut draw));
    Some(found.unwrap_or_else(|| panic!("no value of kind {kind}")))
}

/// What person number `n` of the case is called, lives and writes from.
pub fn person(name: &str, arg: &str, place: &Place<'_>, n: usize) -> Option<String> {
    let mut draw = place.shared("person", n);
    let l = place.locale;
    let (given, family) = (draw.pick(l.list("given")), draw.pick(l.list("family")));
    let number = draw.range(1, 148);
    let street = draw.pick(l.list("streets")).replace("{n}", &number.to_string());
    let town: Vec<&str> = draw.pick(l.list("cities")).split('|').collect();
    let (code, land) = draw.pick(l.list("countries")).split_once(' ').unwrap_or_default();
    let pattern = draw.pick(l.list("phones"));
    let phone = draw.digits(pattern);
    let full =
        if l.code == "ja" { format!("{family} {given}") } else { format!("{given} {family}") };
    Some(match name {
        "given" => given.to_owned(),
        "family" => family.to_owned(),
        "full" => full,
        "full.few" => return person("full", "", place, 9000 + n % 4),
        "email" => email(given, family, number, &mut draw),
        "street" => street,
        "street2" => return Some(draw.pick(&["", "", "Apt 4", "2nd floor", ""]).to_owned()),
        "city" => town[0].to_owned(),
        "zip" => format!("{arg}{}", town[1]),
        "region" => town[2].to_owned(),
        "country.code" => code.to_owned(),
        "country.name" => land.to_owned(),
        "phone" => phone,
        "phone.digits" => format!("4917{}", draw.digits("########")),
        "salutation" => draw.pick(l.list("salutation")).to_owned(),
        "gender" => draw.pick(l.list("gender")).to_owned(),
        "lang" => l.code.to_owned(),
        "company" => company(family, &mut draw),
        "birth" => birth(&mut draw, |y, m, d| l.date(y, m, d)),
        "birth.iso" => birth(&mut draw, |y, m, d| format!("{y}-{m:02}-{d:02}")),
        "birth.dmy" => birth(&mut draw, |y, m, d| format!("{d:02}/{m:02}/{y}")),
        _ => return None,
    })
}

fn birth(draw: &mut Draw, write: impl Fn(u64, u64, u64) -> String) -> String {
    write(draw.range(1942, 2005), draw.range(1, 12), draw.range(1, 28))
}

fn email(given: &str, family: &str, number: u64, draw: &mut Draw) -> String {
    let plain = |name: &str| -> String {
        let latin = deunicode::deunicode(name).to_lowercase();
        latin.chars().filter(char::is_ascii_alphanumeric).collect()
    };
    let host = draw.pick(&["example.com", "example.org", "mail.example.net", "post.example"]);
    match draw.below(3) {
        0 => format!("{}.{}@{host}", plain(given), plain(family)),
        1 => format!("{}{number}@{host}", plain(given)),
        _ => format!("{}{}@{host}", &plain(given)[..1], plain(family)),
    }
}

fn company(family: &str, draw: &mut Draw) -> String {
    let end = draw.pick(&["Ltd", "GmbH", "Sport", "Outdoor AG", "& Sons", "Trading", "S.A.", "BV"]);
    format!("{family} {end}")
}

fn identifier(name: &str, arg: &str, place: &Place<'_>, draw: &mut Draw) -> Option<String> {
    const HEX: &str = "0123456789abcdef";
    const CAPS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const MIXED: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut few = place.shared(&format!("few {}", place.column), place.order % 9);
    Some(match name {
        "id.num" => format!("{arg}{}", 70_214_000 + place.row as u64 * 7 + place.column as u64),
        "id.pad10" => format!("00001{:05}", 2_300 + place.row * 3),
        "id.pfx" if arg.contains('_') => format!("{arg}{}", draw.code(14, MIXED)),
        "id.pfx" => format!("{arg}{}", 10_400 + place.row),
        "id.few" if arg.contains('_') => format!("{arg}{}", few.code(14, MIXED)),
        "id.few" => format!("{arg}{}", few.range(4_000, 4_999)),
        "id.sf" => format!("{arg}8d00000{}AAI", draw.code(5, MIXED)),
        "id.sffew" => format!("{arg}8d00000{}AAI", few.code(5, MIXED)),
        "id.uuid" | "anon.uuid" => {
            let mut id = if name == "anon.uuid" {
                few
            } else {
                Draw::of(&[place.case, &draw.next().to_string()])
            };
            let parts: Vec<_> = [8, 4, 4, 4, 12].map(|n| id.code(n, HEX)).into();
            parts.join("-")
        }
        "id.ulid" => format!("01H{}", draw.code(23, CAPS)),
        "id.hex" => draw.code(24, HEX),
        "id.card" => draw.digits("6299 #### #### ####"),
        "anon" => few.digits("1########.17########"),
        "user" => few.digits("8####"),
        "session" => few.digits("17########"),
        "sku" => format!("{}-{}", draw.pick(&["TR", "BX", "WL", "KN"]), draw.range(100, 989)),
        "ean" => draw.digits("40########18#"),
        "digits4" => draw.digits("####"),
        "coupon" if draw.chance(70) => return Some(String::new()),
        "coupon" => draw.pick(&["SPRING10", "WELCOME5", "FRIENDS", "VIP20"]).to_owned(),
        "vatid" => draw.digits("DE#########"),
        _ => return None,
    })
}

fn moment(name: &str, place: &Place<'_>, draw: &mut Draw) -> Option<String> {
    match name {
        "time" => {
            Some(format!("{:02}:{:02}:{:02}", draw.range(8, 20), draw.below(60), draw.below(60)))
        }
        "timezone" => {
            Some(draw.pick(&["Europe/Berlin", "Europe/London", "America/New_York"]).to_owned())
        }
        "timezone.long" => Some(draw.pick(&["Eastern Time (US & Canada)", "Berlin"]).to_owned()),
        _ => Moment::drawn(draw).written(name, place.locale),
    }
}

fn number(name: &str, place: &Place<'_>, draw: &mut Draw) -> Option<String> {
    let cents = draw.range(350, 41_000) as i64;
    let point = |c: i64| format!("{}.{:02}", c / 100, c % 100);
    Some(match name {
        "money" => point(cents),
        "money.small" => point(cents / 30),
        "money.zero" => point(if draw.chance(85) { 0 } else { cents }),
        "money.comma" => place.locale.money(cents),
        "money.cur" => format!("${}", point(cents)),
        "money.cur.small" => format!("${}", point(cents / 12)),
        "money.cur.zero" => "$0.00".to_owned(),
        "qty" => draw.pick(&["1", "1", "1", "2", "3"]).to_owned(),
        "int" => draw.range(0, 480).to_string(),
        "int.off" => draw.pick(&["1", "0", "-5", "2"]).to_owned(),
        "float" => format!("{}.{:03}", draw.below(9), draw.below(1000)),
        "float.lat" => format!("{}.{:07}", draw.range(35, 60), draw.below(9_999_999)),
        "float.lon" => format!("{}.{:07}", draw.range(1, 24), draw.below(9_999_999)),
        "pct" => format!("{}.{:02}%", draw.below(60), draw.below(100)),
        "pctnum" => draw.pick(&["10", "25", "50", "75", "90", "100"]).to_owned(),
        "dwell" => draw.range(120, 96_000).to_string(),
        _ => return None,
    })
}

fn word(name: &str, arg: &str, place: &Place<'_>, draw: &mut Draw) -> Option<String> {
    let l = place.locale;
    let product = draw.pick(l.list("words"));
    let note = draw.pick(l.list("notes"));
    Some(match name {
        "const" => arg.to_owned(),
        "few" => draw.pick(&arg.split(';').collect::<Vec<_>>()).to_owned(),
        "product" => format!("{product} {}", draw.pick(&["", "Pro", "II", "XL"])).trim().to_owned(),
        "handle" => deunicode::deunicode(product).to_lowercase().replace(' ', "-"),
        "category" => draw.pick(l.list("categories")).to_owned(),
        "vendor" => draw.pick(&["Fjellvik", "Northpeak", "Alpenglow", "Trailworks"]).to_owned(),
        "tags" => {
            draw.pick(&["new, summer", "sale", "vip, loyal", "gift, winter, sale"]).to_owned()
        }
        "html" => format!("<p>{product}: {note}.</p><ul><li>{note}</li></ul>"),
        "note" if draw.chance(60) => String::new(),
        "note" => note.to_owned(),
        "text" => format!("{product} – {note}"),
        "jobtitle" => draw.pick(&["Buyer", "Head of Sales", "Engineer", "Owner"]).to_owned(),
        "department" => draw.pick(&["Purchasing", "IT", "Marketing"]).to_owned(),
        "stage" => draw.pick(l.list("stages")).to_owned(),
        "status.order" => draw.pick(l.list("order")).to_owned(),
        "status.ship" => draw.pick(&["fulfilled", "fulfilled", "unfulfilled"]).to_owned(),
        "status.pay" => draw.pick(&["Paid", "Paid", "Failed", "Refunded"]).to_owned(),
        "payway" => draw.pick(&["credit_card", "invoice", "paypal"]).to_owned(),
        "shipmethod" => draw.pick(&["Standard", "Express", "Pickup"]).to_owned(),
        "currency" => draw.pick(&["EUR", "EUR", "GBP", "USD"]).to_owned(),
        "currency.lower" => draw.pick(&["eur", "eur", "usd"]).to_owned(),
        "bool.yn" => draw.pick(&["yes", "no"]).to_owned(),
        "bool.tf" => draw.pick(&["true", "false"]).to_owned(),
        "bool.01" => draw.pick(&["1", "0"]).to_owned(),
        "bool.local" => draw.pick(l.list("yes")).to_owned(),
        _ => return None,
    })
}

fn web(name: &str, draw: &mut Draw) -> Option<String> {
    Some(match name {
        "url" => format!("https://shop.example/{}", draw.pick(&["", "jackets", "cart", "item/44"])),
        "path" => draw.pick(&["/", "/jackets", "/cart", "/item/44", "/checkout"]).to_owned(),
        "ip" => draw.digits("192.0.2.1##"),
        "ua" => draw.pick(&["Mozilla/5.0 (X11; Linux x86_64)", "Mozilla/5.0 (iPhone)"]).to_owned(),
        "device" => draw.pick(&["mobile", "desktop", "tablet"]).to_owned(),
        "channel" => draw.pick(&["Organic Search", "Direct", "Email", "Paid Social"]).to_owned(),
        "source" => draw.pick(&["google", "newsletter", "(direct)", "bing"]).to_owned(),
        "medium" => draw.pick(&["organic", "cpc", "email", "(none)"]).to_owned(),
        "campaign" => draw.pick(&["spring_sale", "brand_eu", "winter-24"]).to_owned(),
        "search" => draw.pick(&["rain jacket", "boots 42", "tent"]).to_owned(),
        "event" => draw.pick(&["page_view", "view_item", "add_to_cart", "purchase"]).to_owned(),
        "event.text" => draw.pick(&["Page View", "View Item", "Add To Cart"]).to_owned(),
        _ => return None,
    })
}
