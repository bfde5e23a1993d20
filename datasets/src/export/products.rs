//! Shopify product export.

use crate::archetype::CATEGORIES;
use crate::catalog::Product;
use crate::csv_row::Row;
use crate::vocabulary::{BRANDS, VOCABULARIES};

/// File name in the sample.
pub(crate) const FILE: &str = "products_export.csv";

/// The header line.
pub(crate) const HEADER: &str = "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,\
Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,\
Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,\
Variant Inventory Policy,Variant Fulfillment Service,Variant Price,Variant Compare At Price,\
Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src,Image Position,\
Image Alt Text,Gift Card,SEO Title,SEO Description,Variant Weight Unit,Variant Tax Code,\
Cost per item,Status\n";

/// Appends a product.
pub(crate) fn product(out: &mut String, product: &Product) {
    let kind = &VOCABULARIES[product.category].kinds[product.kind];
    let category =
        format!("Sporting Goods > Outdoor Recreation > {}", CATEGORIES[product.category]);
    let mut row = Row::new(out);
    row.text(&product.sku).text(&product.title).text(&product.body).text(BRANDS[product.brand]);
    row.text(&category).text(kind.name).text(&product.tags.join(", ")).text("true");
    row.text("Title").text("Default Title").blanks(4).text(&product.sku);
    row.number(product.grams).text("shopify").number(product.stock).text("deny").text("manual");
    row.money(product.cents);
    match product.compare_at_cents {
        Some(cents) => row.money(cents),
        None => row.blanks(1),
    };
    row.text("true").text("true").blanks(4).text("false").blanks(2).text("g").blanks(1);
    row.money(product.cents * 55 / 100).text("active").end();
}
