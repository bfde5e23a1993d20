//! The contact exports and the newsletter's audience: what does not need anybody's history.
//!
//! Each file lists people in an order of its own, and a person's records in rounds of one each, so
//! that the place of a row says nothing about whose it is.

use crate::archetype::ARCHETYPES;
use crate::clock::DAY;
use crate::draw::{Draw, Stream, reorder};
use crate::error::DatasetError;
use crate::export::{hubspot, mailchimp, salesforce};
use crate::fault::{FaultKind, FaultLog};
use crate::folder::Folder;
use crate::generate::World;
use crate::manifest::SampleFile;
use crate::out::OutFile;
use crate::person::Person;
use crate::record::{CLERK, Crm, HASTY, SELF, Typed, contact_plan, type_record};
use crate::spec::{Progress, SampleSpec};
use crate::truth::Truth;

/// Rows of the HubSpot export (from 0) with an invalid e-mail address.
const INVALID_EMAILS: [u64; 6] = [211, 618, 1_033, 1_490, 1_999, 2_750];
/// Rows of either contact export (from 0) created in the future.
const FUTURE_DATES: [u64; 3] = [307, 1_204, 2_411];

struct Contacts<'a> {
    world: &'a World,
    salesforce: OutFile,
    hubspot: OutFile,
    truth: &'a mut Truth,
    faults: &'a mut FaultLog,
}

/// Writes the Salesforce and HubSpot exports.
pub(crate) fn write_contacts(
    world: &World,
    folder: &Folder,
    truth: &mut Truth,
    faults: &mut FaultLog,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<SampleFile>, DatasetError> {
    let level = world.spec.level();
    let mut contacts = Contacts {
        world,
        salesforce: OutFile::create(folder, salesforce::FILE, Some("salesforce_contact"), level)?,
        hubspot: OutFile::create(folder, hubspot::FILE, Some("hubspot_contacts"), level)?,
        truth,
        faults,
    };
    salesforce::header(&mut contacts.salesforce.text);
    contacts.hubspot.text.push_str(hubspot::HEADER);
    let spec = world.spec;
    each_contact(&spec, progress, |crm, index, round| contacts.write(crm, index, round))?;
    Ok(vec![contacts.salesforce.finish()?, contacts.hubspot.finish()?])
}

/// Hands over every contact record, the system that holds it, whose it is and which of theirs: in
/// rounds of one record a person, each round in an order of its own.
pub(crate) fn each_contact(
    spec: &SampleSpec,
    progress: &mut dyn FnMut(Progress),
    mut take: impl FnMut(Crm, u64, u64) -> Result<(), DatasetError>,
) -> Result<(), DatasetError> {
    let SampleSpec { people, seed } = *spec;
    for round in 0..4 {
        for position in 0..people {
            if position % 4096 == 0 {
                let done = round * people + position;
                progress(Progress { step: "Contacts", done, total: people * 4 });
            }
            let index = reorder(people, round, position);
            if let Some(&crm) = contact_plan(seed, index).get(round as usize) {
                take(crm, index, round)?;
            }
        }
    }
    Ok(())
}

impl Contacts<'_> {
    fn write(&mut self, crm: Crm, index: u64, round: u64) -> Result<(), DatasetError> {
        let SampleSpec { people, seed } = self.world.spec;
        let person = Person::derive(&self.world.cultures, seed, people, index);
        let mut typed = type_record(seed, &person, round, if round == 0 { CLERK } else { HASTY });
        let number = reorder(people * 4, 2, index * 4 + round);
        let (out, file) = match crm {
            Crm::Salesforce => (&mut self.salesforce, salesforce::FILE),
            Crm::HubSpot => (&mut self.hubspot, hubspot::FILE),
        };
        if FUTURE_DATES.contains(&out.rows) {
            typed.created += 37 * 366 * DAY;
            self.faults.add(file, out.line(), FaultKind::FutureDate);
        }
        if crm == Crm::HubSpot && INVALID_EMAILS.contains(&out.rows) {
            typed.email = format!("{} at example", typed.given.trim());
            self.faults.add(file, out.line(), FaultKind::InvalidEmail);
        }
        let language = person.culture.language;
        let id = match crm {
            Crm::Salesforce => {
                let id = salesforce::id("003", number);
                salesforce::contact(&mut out.text, &id, language, !person.subscribed, &typed);
                id
            }
            Crm::HubSpot => {
                let id = 51_000 + number as i64;
                write_hubspot(&mut out.text, seed, id, &person, &typed);
                id.to_string()
            }
        };
        self.truth.record(file, &id, index)?;
        out.end_row()
    }
}

fn write_hubspot(out: &mut String, seed: u64, id: i64, person: &Person<'_>, typed: &Typed) {
    // What a form asked for: often left out, three times out of four the truth.
    const STATED: [&str; 6] =
        ["Hiking", "Climbing;Indoor", "Gift ideas", "Sale", "Running;Trail running", "Camping"];
    let mut draw = Draw::new(seed, Stream::Interest, id as u64);
    let stated = if draw.chance(0.55) {
        ""
    } else if draw.chance(0.75) {
        STATED[person.archetype % ARCHETYPES.len()]
    } else {
        *draw.pick(&STATED)
    };
    hubspot::contact(out, id, person.account, person.culture.language, stated, typed);
}

/// Writes the Mailchimp audience.
pub(crate) fn write_audience(
    world: &World,
    folder: &Folder,
    truth: &mut Truth,
) -> Result<SampleFile, DatasetError> {
    let SampleSpec { people, seed } = world.spec;
    let level = world.spec.level();
    let mut out = OutFile::create(folder, mailchimp::FILE, Some("mailchimp_audience"), level)?;
    out.text.push_str(mailchimp::HEADER);
    for position in 0..people {
        let index = reorder(people, 6, position);
        let person = Person::derive(&world.cultures, seed, people, index);
        if !person.subscribed {
            continue;
        }
        let mut draw = Draw::new(seed, Stream::Audience, index);
        let email = match (&person.second_email, &person.family_email) {
            (Some(second), _) if draw.chance(0.25) => second,
            // One mailbox, one member: the first of the two.
            (_, Some(shared)) if index.is_multiple_of(2) && draw.chance(0.3) => shared,
            _ => &person.email,
        };
        let typed = type_record(seed, &person, 6, SELF);
        let id = 310_000_000 + 97 * reorder(people, 3, index) as i64;
        mailchimp::member(&mut out.text, &mut draw, &person, id, email, &typed);
        truth.record(mailchimp::FILE, &id.to_string(), index)?;
        out.end_row()?;
    }
    out.finish()
}
