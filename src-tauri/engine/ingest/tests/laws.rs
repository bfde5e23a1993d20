//! Laws of loading, on files nobody would write.

mod bench;

use bench::Bench;
use kith_model::source::{FileFormat, ReadOptions};
use proptest::prelude::*;

fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zé0-9 ]{0,8}",
        1 => "[a\",;'\n\r\\\\|\t]{0,5}",
        1 => "\"[a-z,\"]{0,4}",
    ]
}

/// A line as somebody might write it: fields quoted properly, or not at all.
fn line() -> impl Strategy<Value = String> {
    prop::collection::vec((field(), any::<bool>()), 1..5).prop_map(|fields| {
        let fields: Vec<_> = fields
            .into_iter()
            .map(
                |(field, quote)| {
                    if quote { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
                },
            )
            .collect();
        fields.join(",")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    // `Bench::load_as` asserts rows in = loaded + rejected, counted by both readers.
    #[test]
    fn nothing_is_lost(
        lines in prop::collection::vec(line(), 1..30),
        ending in prop::sample::select(vec!["\n", "\r\n"]),
    ) {
        let bench = Bench::new();
        let text = format!("a,b,c{ending}{}", lines.join(ending));
        prop_assume!(lines.iter().any(|line| !line.trim().is_empty()));
        let path = bench.file("any.csv", text.as_bytes());
        let options = ReadOptions {
            delimiter: Some(",".into()),
            quote: Some("\"".into()),
            header: Some(true),
            skip_lines: Some(0),
            ..ReadOptions::default()
        };
        bench.load_as(&path, FileFormat::Delimited, options);
    }

    #[test]
    fn what_is_written_properly_is_loaded_exactly(
        rows in prop::collection::vec(prop::collection::vec("[a-zé0-9 \",;\n]{1,8}", 3), 1..20),
        delimiter in prop::sample::select(vec![",", ";", "\t", "|"]),
    ) {
        let bench = Bench::new();
        let quote = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
        let lines: Vec<_> = rows
            .iter()
            .map(|row| row.iter().map(quote).collect::<Vec<_>>().join(delimiter))
            .collect();
        let text = format!("x{delimiter}y{delimiter}z\n{}\n", lines.join("\n"));
        let path = bench.file("exact.csv", text.as_bytes());
        let options = ReadOptions { delimiter: Some(delimiter.into()), header: Some(true), ..ReadOptions::default() };
        let (source, counts) = bench.load_as(&path, FileFormat::Delimited, options);
        prop_assert_eq!(counts.2, 0);
        prop_assert_eq!(bench.rows(&source), rows);
    }

    #[test]
    fn no_json_line_is_lost(lines in prop::collection::vec("(\\{\"a\":(1|\"x\"|\\[1,null\\]|\\{\"b\":2\\}|1e3|-7)\\}|[a-z{}\\[\\]\":, 0-9]{1,9})", 1..20)) {
        prop_assume!(lines.iter().any(|line| !line.trim().is_empty()));
        let bench = Bench::new();
        let path = bench.file("any.ndjson", lines.join("\n").as_bytes());
        bench.load_as(&path, FileFormat::Ndjson, ReadOptions::default());
    }
}
