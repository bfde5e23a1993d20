//! The order of the work: products, contacts, then every person's two years.

use std::path::Path;

use crate::catalog::Catalog;
use crate::contacts::{write_audience, write_contacts};
use crate::culture::Cultures;
use crate::error::DatasetError;
use crate::export::{
    events, hubspot, mailchimp, orders, payments, products, salesforce, shop_customers,
};
use crate::fault::FaultLog;
use crate::folder::Folder;
use crate::lives::Lives;
use crate::manifest::{Manifest, SampleFile};
use crate::out::OutFile;
use crate::spec::{Progress, SampleSpec};
use crate::truth::{self, Truth};

/// Every file of a sample, exports first.
pub(crate) const FILES: [&str; 15] = [
    salesforce::FILE,
    hubspot::FILE,
    shop_customers::FILE,
    mailchimp::FILE,
    products::FILE,
    orders::FILE,
    payments::FILE,
    events::FILES[0],
    events::FILES[1],
    truth::RECORDS,
    truth::PEOPLE,
    truth::ORDERS,
    truth::DEVICES,
    truth::EXPERIMENT,
    truth::FAULTS,
];

/// What all parts of the work share.
pub(crate) struct World {
    pub spec: SampleSpec,
    pub cultures: Cultures,
    pub catalog: Catalog,
}

/// Writes a sample into `dir`, which must be missing, empty, or hold an earlier sample.
///
/// Memory does not grow with the size of the sample, but for one bit per possible order number
/// and the list of planted faults. Files appear when all of them are complete; an interrupted run
/// leaves none of them.
///
/// # Errors
/// `PeopleOutOfRange`, `FolderNotEmpty`, or `Io` with the action and the path that failed.
pub fn generate(
    spec: &SampleSpec,
    dir: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<Manifest, DatasetError> {
    let spec = spec.check()?;
    let folder = Folder::open(dir, &known_files())?;
    let world =
        World { spec, cultures: Cultures::load(), catalog: Catalog::new(spec.seed, spec.people) };
    let mut faults = FaultLog::default();
    let mut truth = Truth::create(&folder, spec.level())?;
    // In the order in which one would import them: people, products, what people did.
    let mut files = write_contacts(&world, &folder, &mut truth, &mut faults, progress)?;
    let audience = write_audience(&world, &folder, &mut truth)?;
    let catalogue = write_products(&world, &folder, progress)?;
    let mut written =
        Lives::create(&world, &folder)?.write(&mut truth, &mut faults, progress)?.into_iter();
    files.extend(written.next());
    files.extend([audience, catalogue]);
    files.extend(written);
    let mut manifest = Manifest::new(spec.people, spec.seed);
    for file in &mut files {
        (file.rejects, file.faults) = faults.count(&file.name);
    }
    manifest.files = files;
    manifest.truth = truth.finish(&folder, &mut faults)?;
    folder.commit(&manifest)?;
    Ok(manifest)
}

/// Names a sample's folder may hold.
pub(crate) fn known_files() -> Vec<&'static str> {
    FILES.into_iter().chain([crate::manifest::MANIFEST]).collect()
}

fn write_products(
    world: &World,
    folder: &Folder,
    progress: &mut dyn FnMut(Progress),
) -> Result<SampleFile, DatasetError> {
    let mut out =
        OutFile::create(folder, products::FILE, Some("shopify_products"), world.spec.level())?;
    out.text.push_str(products::HEADER);
    for product in &world.catalog.products {
        products::product(&mut out.text, product);
        out.end_row()?;
    }
    let total = world.catalog.products.len() as u64;
    progress(Progress { step: "Products", done: total, total });
    out.finish()
}
