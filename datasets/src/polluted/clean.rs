//! Clean tables to begin with: headers and cells in several languages, all values known.

use crate::draw::Draw;

/// A table of text cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Names of the columns.
    pub header: Vec<String>,
    /// Rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// The header and the rows.
    pub(super) fn lines(&self) -> Vec<Vec<String>> {
        std::iter::once(&self.header).chain(&self.rows).cloned().collect()
    }

    pub(super) fn width(&self) -> usize {
        self.header.len()
    }
}

/// Words of a language.
pub(super) struct Tongue {
    names: &'static [&'static str],
    cities: &'static [&'static str],
    phrases: &'static [&'static str],
    /// Names of the columns for name, city, note.
    heads: [&'static str; 3],
}

pub(super) static ENGLISH: Tongue = Tongue {
    names: &["Ada", "Grace", "Mary Ann", "Joan", "Alan", "Edsger", "Barbara", "O'Neil", "Tony"],
    cities: &["London", "Leeds", "St. Ives", "York", "Bath", "Boston", "New York", "Perth"],
    phrases: &[
        "call back on Monday",
        "asked for the 5 kg tent, grey",
        "said \"never again\"",
        "VIP",
        "prefers e-mail; no phone",
        "two boots, one rope, no stove",
        "left at door",
        "returned once",
    ],
    heads: ["name", "city", "note"],
};

pub(super) static WESTERN: Tongue = Tongue {
    names: &["Jürgen Größe", "François Lefèvre", "Åsa Öberg", "José Núñez", "Zoë Müller", "Søren"],
    cities: &["Köln", "Orléans", "Malmö", "Málaga", "Zürich", "København", "Besançon"],
    phrases: &[
        "möchte zurückgerufen werden",
        "préfère le courriel, déjà client",
        "größere Schuhe, süßer Tee",
        "señal débil mañana",
        "très fidèle",
    ],
    heads: ["Name", "Straße und Ort", "Größe"],
};

pub(super) static JAPANESE: Tongue = Tongue {
    names: &["山田太郎", "佐藤花子", "鈴木一郎", "高橋みどり", "田中さくら", "渡辺ケンジ"],
    cities: &["東京都千代田区", "大阪市北区", "札幌市", "福岡県", "京都市左京区"],
    phrases: &[
        "電話で連絡してください",
        "テントを返品しました",
        "新しいお客様です",
        "配達は午前中",
    ],
    heads: ["名前", "住所", "備考"],
};

pub(super) static CHINESE: Tongue = Tongue {
    names: &["王小明", "李建国", "张丽华", "陈伟", "刘洋", "赵敏"],
    cities: &["北京市海淀区", "上海市浦东新区", "广州", "深圳市南山区", "成都"],
    phrases: &["请在周一回电", "喜欢户外运动和登山", "新客户，尚未付款", "已经退货两次"],
    heads: ["姓名", "城市", "备注"],
};

pub(super) static TAIWANESE: Tongue = Tongue {
    names: &["陳怡君", "林志明", "黃淑芬", "張家豪", "李美玲"],
    cities: &["臺北市信義區", "高雄市", "臺中市", "新竹縣", "臺南市東區"],
    phrases: &["請於週一回電", "喜歡戶外運動與登山", "新客戶，尚未付款", "已經退貨兩次"],
    heads: ["姓名", "地址", "備註"],
};

pub(super) static RUSSIAN: Tongue = Tongue {
    names: &["Иван Петров", "Мария Иванова", "Алексей Смирнов", "Ольга Кузнецова", "Дмитрий"],
    cities: &["Москва", "Санкт-Петербург", "Казань", "Новосибирск", "Екатеринбург"],
    phrases: &["перезвонить в понедельник", "постоянный клиент", "просит скидку на палатку"],
    heads: ["Имя", "Город", "Примечание"],
};

pub(super) static POLISH: Tongue = Tongue {
    names: &["Łukasz Wiśniewski", "Małgorzata Żak", "Paweł Dąbrowski", "Agnieszka Wójcik"],
    cities: &["Łódź", "Kraków", "Gdańsk", "Poznań", "Wrocław", "Częstochowa"],
    phrases: &["proszę dzwonić wieczorem", "stały klient, płaci gotówką", "źle działający śpiwór"],
    heads: ["Imię i nazwisko", "Miejscowość", "Źródło"],
};

pub(super) static KOREAN: Tongue = Tongue {
    names: &["김민준", "이서연", "박지훈", "최유진", "정하은"],
    cities: &["서울특별시 강남구", "부산광역시", "대구광역시", "인천", "제주시"],
    phrases: &["월요일에 전화 바랍니다", "텐트를 반품했습니다", "새로운 고객입니다"],
    heads: ["이름", "주소", "비고"],
};

/// What a column holds.
#[derive(Clone, Copy)]
enum Cell {
    Id,
    Name,
    City,
    Note,
    Mail,
    Phone,
    Day,
    Moment,
    Count,
    Money,
    Share,
    Code,
    YesNo,
}

const COLUMNS: [(&str, Cell); 14] = [
    ("name", Cell::Name),
    ("city", Cell::City),
    ("note", Cell::Note),
    ("email", Cell::Mail),
    ("phone", Cell::Phone),
    ("created", Cell::Day),
    ("last_seen", Cell::Moment),
    ("orders", Cell::Count),
    ("total", Cell::Money),
    ("discount", Cell::Share),
    ("sku", Cell::Code),
    ("newsletter", Cell::YesNo),
    ("visits 2026", Cell::Count),
    ("balance", Cell::Money),
];

/// What a clean table is made like.
pub(super) struct Wish {
    pub(super) tongue: &'static Tongue,
    pub(super) columns: (i64, i64),
    pub(super) rows: (i64, i64),
    /// Cells that need quotes (commas, quotes) may appear.
    pub(super) rich: bool,
    /// Names, cities and notes only.
    pub(super) words: bool,
    /// Share of empty cells.
    pub(super) empty: f64,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            tongue: &ENGLISH,
            columns: (3, 9),
            rows: (12, 90),
            rich: true,
            words: false,
            empty: 0.05,
        }
    }
}

/// A clean table; its first column is never empty.
pub(super) fn table(draw: &mut Draw, wish: &Wish) -> Table {
    let width = draw.between(wish.columns.0, wish.columns.1).max(1) as usize;
    let (start, first) = (draw.below(14) as usize, draw.chance(0.8) && !wish.words);
    let mut kinds: Vec<(String, Cell)> = Vec::new();
    if first {
        let head = *draw.pick(&["id", "customer_id", "No", "row id"]);
        kinds.push((head.to_owned(), Cell::Id));
    }
    for at in 0.. {
        if kinds.len() >= width {
            break;
        }
        let from = if wish.words { &COLUMNS[..3] } else { &COLUMNS[..] };
        let (head, cell) = from[(start + at) % from.len()];
        let head = match cell {
            Cell::Name => wish.tongue.heads[0],
            Cell::City => wish.tongue.heads[1],
            Cell::Note => wish.tongue.heads[2],
            _ => head,
        };
        let again = at / from.len();
        let head = if again > 0 { format!("{head} {}", again + 1) } else { head.to_owned() };
        kinds.push((head, cell));
    }
    let count = draw.between(wish.rows.0, wish.rows.1);
    let rows = (0..count)
        .map(|at| {
            let cells = kinds.iter().enumerate();
            cells
                .map(|(column, (_, kind))| {
                    if column > 0 && draw.chance(wish.empty) {
                        return String::new();
                    }
                    cell(draw, *kind, at, wish)
                })
                .collect()
        })
        .collect();
    Table { header: kinds.into_iter().map(|(head, _)| head).collect(), rows }
}

fn cell(draw: &mut Draw, kind: Cell, at: i64, wish: &Wish) -> String {
    let tongue = wish.tongue;
    match kind {
        Cell::Id => format!("{}", 1000 + at),
        Cell::Name => draw.pick(tongue.names).replace('\'', if wish.rich { "'" } else { "" }),
        Cell::City => (*draw.pick(tongue.cities)).to_owned(),
        Cell::Note => {
            let text = *draw.pick(tongue.phrases);
            if wish.rich { text.to_owned() } else { text.replace([',', ';', '"', '\'', '，'], "") }
        }
        Cell::Mail => format!("user{}@example.{}", draw.below(9000), draw.pick(&["org", "com"])),
        Cell::Phone => format!(
            "+{} {} {:06}",
            draw.between(1, 49),
            draw.between(100, 999),
            draw.below(1_000_000)
        ),
        Cell::Day => format!(
            "{}-{:02}-{:02}",
            draw.between(2019, 2026),
            draw.between(1, 12),
            draw.between(1, 28)
        ),
        Cell::Moment => format!(
            "2026-{:02}-{:02} {:02}:{:02}:{:02}",
            draw.between(1, 12),
            draw.between(1, 28),
            draw.below(24),
            draw.below(60),
            draw.below(60)
        ),
        Cell::Count => draw.below(400).to_string(),
        Cell::Money => format!("{}.{:02}", draw.below(5000), draw.below(100)),
        Cell::Share => format!("0.{}", draw.below(1000)),
        Cell::Code => {
            format!("{}{}-{:04}", draw.pick(&["A", "B", "TX"]), draw.below(90), draw.below(10_000))
        }
        Cell::YesNo => (*draw.pick(&["yes", "no"])).to_owned(),
    }
}
