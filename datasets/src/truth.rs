//! The truth files: who is behind each record, order and device, and what was planted.

use crate::archetype::{ARCHETYPES, tastes};
use crate::behaviour::History;
use crate::clock::{TODAY, push_date, push_second};
use crate::csv_row::Row;
use crate::error::DatasetError;
use crate::experiment::Tally;
use crate::fault::FaultLog;
use crate::folder::Folder;
use crate::manifest::SampleFile;
use crate::out::OutFile;
use crate::person::Person;

pub(crate) const RECORDS: &str = "truth/truth_records.csv.gz";
pub(crate) const PEOPLE: &str = "truth/truth_people.csv.gz";
pub(crate) const ORDERS: &str = "truth/truth_orders.csv.gz";
pub(crate) const DEVICES: &str = "truth/truth_devices.csv.gz";
pub(crate) const EXPERIMENT: &str = "truth/truth_experiment.json";
pub(crate) const FAULTS: &str = "truth/faults.csv";

/// The truth files under way. People are numbered from 1.
pub(crate) struct Truth {
    records: OutFile,
    people: OutFile,
    orders: OutFile,
    devices: OutFile,
    tally: Tally,
}

impl Truth {
    pub(crate) fn create(folder: &Folder, level: u8) -> Result<Self, DatasetError> {
        let open = |name, header: &str| -> Result<OutFile, DatasetError> {
            let mut out = OutFile::create(folder, name, None, level)?;
            out.text.push_str(header);
            Ok(out)
        };
        Ok(Truth {
            records: open(RECORDS, "file,record_id,person\n")?,
            people: open(
                PEOPLE,
                "person,archetype,taste,second_taste,country,birth_date,household_bond,tracked,\
                 churned,churned_at,orders,orders_next_90d,experiment_arm\n",
            )?,
            orders: open(ORDERS, "order_name,person\n")?,
            devices: open(DEVICES, "user_pseudo_id,person\n")?,
            tally: Tally::default(),
        })
    }

    /// Notes whose record it is.
    pub(crate) fn record(
        &mut self,
        file: &'static str,
        id: &str,
        person: u64,
    ) -> Result<(), DatasetError> {
        Row::new(&mut self.records.text).text(file).text(id).number(person as i64 + 1).end();
        self.records.end_row()
    }

    /// Notes whose order it is.
    pub(crate) fn order(&mut self, number: u64, person: u64) -> Result<(), DatasetError> {
        let mut row = Row::new(&mut self.orders.text);
        row.plain(|out| {
            out.push('#');
            crate::csv_row::push_number(out, number as i64);
        });
        row.number(person as i64 + 1).end();
        self.orders.end_row()
    }

    /// Notes whose device it is.
    pub(crate) fn device(&mut self, pseudo_id: &str, person: u64) -> Result<(), DatasetError> {
        Row::new(&mut self.devices.text).text(pseudo_id).number(person as i64 + 1).end();
        self.devices.end_row()
    }

    /// Notes what a person is and did.
    pub(crate) fn person(
        &mut self,
        person: &Person<'_>,
        history: &History,
    ) -> Result<(), DatasetError> {
        let name = |taste: usize| tastes().nth(taste).map_or("", |(_, taste)| taste.name);
        let churned = history.churned_at.filter(|&at| at < TODAY);
        let mut row = Row::new(&mut self.people.text);
        row.number(person.index as i64 + 1).text(ARCHETYPES[person.archetype].name);
        row.text(name(person.tastes[0])).text(name(person.tastes[1])).text(person.culture.iso);
        row.plain(|out| push_date(out, person.birth));
        row.text(&format!("{:?}", person.bond).to_lowercase());
        row.text(if person.tracked { "yes" } else { "no" });
        row.text(if churned.is_some() { "yes" } else { "no" });
        match churned {
            Some(at) => row.plain(|out| push_second(out, at)),
            None => row.blanks(1),
        };
        row.number(history.orders.len() as i64).number(history.future_orders as i64);
        row.text(history.exposure.map_or("", |e| crate::experiment::ARMS[e.arm])).end();
        if let Some(exposure) = history.exposure {
            self.tally.add(exposure.arm, exposure.converted, exposure.would_convert);
        }
        self.people.end_row()
    }

    /// Completes the truth files.
    pub(crate) fn finish(
        self,
        folder: &Folder,
        faults: &mut FaultLog,
    ) -> Result<Vec<SampleFile>, DatasetError> {
        let mut experiment = OutFile::create(folder, EXPERIMENT, None, 9)?;
        experiment.text = serde_json::to_string_pretty(&self.tally.to_json())? + "\n";
        experiment.rows = 1;
        let mut list = OutFile::create(folder, FAULTS, None, 9)?;
        list.rows = faults.write(&mut list.text);
        [self.records, self.people, self.orders, self.devices, experiment, list]
            .into_iter()
            .map(OutFile::finish)
            .collect()
    }
}
