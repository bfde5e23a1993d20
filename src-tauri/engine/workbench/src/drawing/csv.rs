//! A chart's numbers as RFC 4180 CSV: one row a point.

use super::number;
use kith_model::chart::Chart;

/// Columns: what x measures, then one for each series.
/// Series that stand at different places share no rows: an empty cell says so.
pub(super) fn table(chart: &Chart) -> String {
    let x = if chart.categories.is_empty() { chart.x.label.as_str() } else { "category" };
    let mut text = row(std::iter::once(x).chain(chart.all_series().map(|s| s.name.as_str())));
    let mut places: Vec<f64> =
        chart.all_series().flat_map(|s| s.points.iter().map(|p| p[0])).collect();
    places.sort_unstable_by(f64::total_cmp);
    places.dedup();
    if chart.all_series().count() == 1 {
        // A curve may turn back on itself: its points are kept as they are.
        for [x, y] in &chart.series[0].points {
            let cells = [place(chart, *x), number(*y)];
            text.push_str(&row(cells.iter().map(String::as_str)));
        }
    } else {
        for at in places {
            let value = |s: &kith_model::chart::ChartSeries| {
                let point = s.points.iter().find(|p| p[0].total_cmp(&at).is_eq());
                point.map_or_else(String::new, |p| number(p[1]))
            };
            let mut cells = vec![place(chart, at)];
            cells.extend(chart.all_series().map(value));
            text.push_str(&row(cells.iter().map(String::as_str)));
        }
    }
    text
}

fn place(chart: &Chart, x: f64) -> String {
    let category = chart.categories.get(x as usize).filter(|_| x >= 0.0);
    category.cloned().unwrap_or_else(|| number(x))
}

fn row<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let quoted = |cell: &str| {
        if cell.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    };
    let mut line = cells.map(quoted).collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::chart::{ChartAxis, ChartPanel, ChartSeries};

    #[test]
    fn every_point_is_a_row_and_names_are_quoted() {
        let axes = (ChartAxis::new("bits"), ChartAxis::new("pairs"));
        let lines = [("a", vec![[0.0, 1.0], [1.0, 2.5]]), ("b, c", vec![[1.0, 4.0]])];
        let chart = Chart::lines("x", "X", axes, lines);
        assert_eq!(table(&chart), "bits,a,\"b, c\"\r\n0,1,\r\n1,2.5,4\r\n");
        let bars = [("one, record".to_owned(), 3.0)];
        let chart = Chart::bars("y", "People", ChartAxis::new("people"), &bars);
        assert_eq!(table(&chart), "category,People\r\n\"one, record\",3\r\n");
    }

    #[test]
    fn a_panel_has_its_columns_behind_those_of_the_chart() {
        let bars = [("exact".to_owned(), 7.5), ("different".to_owned(), -3.0)];
        let mut chart = Chart::bars("y", "weight", ChartAxis::new("bits"), &bars);
        let m = ChartSeries {
            name: "m".to_owned(),
            points: vec![[0.0, 0.9], [1.0, 0.1]],
            ..ChartSeries::default()
        };
        chart.beside = Some(ChartPanel { axis: ChartAxis::share("share"), series: vec![m] });
        assert_eq!(table(&chart), "category,weight,m\r\nexact,7.5,0.9\r\ndifferent,-3,0.1\r\n");
    }
}
