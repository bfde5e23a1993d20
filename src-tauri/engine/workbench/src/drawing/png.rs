//! A chart as PNG: the same SVG, rasterised with the fonts that ship with the program, so that it
//! looks alike on every machine.

use crate::error::internal;
use kith_api::ApiError;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};
use std::sync::{Arc, OnceLock};

/// Pixels for each point of the drawing: sharp on dense screens and on paper.
const SCALE: f32 = 2.0;

/// Faces by weight, then one for the scripts Inter lacks.
const FONTS: [&[u8]; 4] = [
    include_bytes!("../../../../../assets/fonts/Inter-Regular.ttf"),
    include_bytes!("../../../../../assets/fonts/Inter-Medium.ttf"),
    include_bytes!("../../../../../assets/fonts/Inter-SemiBold.ttf"),
    include_bytes!("../../../../../assets/fonts/NotoSansJP-Subset.otf"),
];

fn fonts() -> Arc<fontdb::Database> {
    static LOADED: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = fontdb::Database::new();
        FONTS.iter().for_each(|face| fonts.load_font_data(face.to_vec()));
        fonts.set_sans_serif_family("Inter");
        Arc::new(fonts)
    };
    Arc::clone(LOADED.get_or_init(load))
}

/// The picture of `svg` as PNG.
pub(super) fn paint(svg: &str) -> Result<Vec<u8>, ApiError> {
    let options =
        Options { fontdb: fonts(), font_family: "Inter".to_owned(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(internal)?;
    let size = tree.size();
    let [wide, high] = [size.width(), size.height()].map(|n| (n * SCALE).ceil() as u32);
    let mut picture = Pixmap::new(wide, high).ok_or_else(|| internal("the chart has no size"))?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut picture.as_mut());
    picture.encode_png().map_err(internal)
}

#[cfg(test)]
mod tests {
    use super::super::svg;
    use super::*;
    use kith_model::chart::{Chart, ChartAxis};

    fn chart(title: &str) -> Chart {
        let bars = [("Müller".to_owned(), 3.0), ("東京".to_owned(), 5.0)];
        Chart::bars("bars", title, ChartAxis::new("people"), &bars)
    }

    #[test]
    fn a_picture_has_twice_the_points_the_colours_and_its_words() {
        let drawn = paint(&svg::draw(&chart("People"))).unwrap();
        let picture = Pixmap::decode_png(&drawn).unwrap();
        assert_eq!(picture.width(), 1_440);
        let is = |r: u8, g: u8, b: u8| {
            let same = |p: &&resvg::tiny_skia::PremultipliedColorU8| {
                (p.red(), p.green(), p.blue(), p.alpha()) == (r, g, b, 255)
            };
            picture.pixels().iter().filter(same).count()
        };
        assert!(is(255, 255, 255) > 100_000, "a white ground");
        assert!(is(0, 0x72, 0xb2) > 5_000, "bars in the first colour");
        let words = |title: &str| paint(&svg::draw(&chart(title))).unwrap();
        assert_ne!(words("People"), words("Places"), "the title is written");
        assert_eq!(words("People"), drawn, "the same chart gives the same bytes");
    }
}
