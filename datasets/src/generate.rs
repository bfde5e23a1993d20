//! The order of the work: products, contacts, then every person's two years.

use std::path::Path;

use crate::catalog::Catalog;
use crate::culture::Cultures;
use crate::draw::reorder;
use crate::error::DatasetError;
use crate::export::{
    events, hubspot, mailchimp, orders, payments, products, salesforce, shop_customers,
};
use crate::fault::{FaultKind, FaultLog};
use crate::folder::Folder;
use crate::lives::Lives;
use crate::manifest::{Manifest, SampleFile};
use crate::out::OutFile;
use crate::person::Person;
use crate::record::{CLERK, Crm, HASTY, contact_plan, type_record};
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

/// Rows of the HubSpot export (from 0) with an invalid e-mail address.
const INVALID_EMAILS: [u64; 6] = [211, 618, 1_033, 1_490, 1_999, 2_750];
/// Rows of either contact export (from 0) created in the future.
const FUTURE_DATES: [u64; 3] = [307, 1_204, 2_411];

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
    let mut files = write_contacts(&world, &folder, &mut truth, &mut faults, progress)?;
    let product_file = write_products(&world, &folder, progress)?;
    let lives = Lives::create(&world, &folder)?;
    let written = lives.write(&mut truth, &mut faults, progress)?;
    // In the order in which one would import them: people, products, what people did.
    let (people, deeds): (Vec<_>, Vec<_>) = written
        .into_iter()
        .partition(|file| [shop_customers::FILE, mailchimp::FILE].contains(&&*file.name));
    files.extend(people);
    files.push(product_file);
    files.extend(deeds);
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

/// Salesforce and HubSpot. Each person's records are far apart, in rounds of one record each.
fn write_contacts(
    world: &World,
    folder: &Folder,
    truth: &mut Truth,
    faults: &mut FaultLog,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<SampleFile>, DatasetError> {
    let SampleSpec { people, seed } = world.spec;
    let level = world.spec.level();
    let mut salesforce =
        OutFile::create(folder, salesforce::FILE, Some("salesforce_contact"), level)?;
    let mut hubspot = OutFile::create(folder, hubspot::FILE, Some("hubspot_contacts"), level)?;
    salesforce::header(&mut salesforce.text);
    hubspot.text.push_str(hubspot::HEADER);
    for round in 0..4 {
        for position in 0..people {
            if position % 4096 == 0 {
                let done = round * people + position;
                progress(Progress { step: "Contacts", done, total: people * 4 });
            }
            let index = reorder(people, round, position);
            let plan = contact_plan(seed, index);
            let Some(&crm) = plan.get(round as usize) else { continue };
            let person = Person::derive(&world.cultures, seed, people, index);
            let habit = if round == 0 { CLERK } else { HASTY };
            let mut typed = type_record(seed, &person, round, habit);
            let number = reorder(people * 4, 2, index * 4 + round);
            let future = typed.created + 37 * 366 * crate::clock::DAY;
            match crm {
                Crm::Salesforce => {
                    let out = &mut salesforce;
                    if FUTURE_DATES.contains(&out.rows) {
                        typed.created = future;
                        faults.add(salesforce::FILE, out.line(), FaultKind::FutureDate);
                    }
                    let id = salesforce::id("003", number);
                    let language = person.culture.language;
                    salesforce::contact(&mut out.text, &id, language, !person.subscribed, &typed);
                    truth.record(salesforce::FILE, &id, index)?;
                    out.end_row()?;
                }
                Crm::HubSpot => {
                    let out = &mut hubspot;
                    if INVALID_EMAILS.contains(&out.rows) {
                        typed.email = format!("{} at {}", typed.given.trim(), "example");
                        faults.add(hubspot::FILE, out.line(), FaultKind::InvalidEmail);
                    }
                    if FUTURE_DATES.contains(&out.rows) {
                        typed.created = future;
                        faults.add(hubspot::FILE, out.line(), FaultKind::FutureDate);
                    }
                    let id = 51_000 + number as i64;
                    write_hubspot(&mut out.text, id, &person, &typed);
                    truth.record(hubspot::FILE, &id.to_string(), index)?;
                    out.end_row()?;
                }
            }
        }
    }
    Ok(vec![salesforce.finish()?, hubspot.finish()?])
}

fn write_hubspot(out: &mut String, id: i64, person: &Person<'_>, typed: &crate::record::Typed) {
    // What the newsletter form asked for: sometimes given, not a copy of the truth.
    let interests = ["", "Hiking;Camping", "Climbing", "", "Running;Hiking", "Winter sports"];
    let interest = interests[(typed.modified / 13).rem_euclid(6) as usize];
    hubspot::contact(out, id, person.account, person.culture.language, interest, typed);
}
