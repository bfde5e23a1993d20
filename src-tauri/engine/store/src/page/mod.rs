//! Pages of rows for a grid, as fast at the end of ten million rows as at their beginning.
//!
//! A table's own order is read by row number. A sorted or filtered order is found once, kept as
//! row numbers in memory, and read by them. Only what is not a table is counted through from its
//! first row for every page.

mod order;
mod read;
mod select;

use crate::catalog::describe;
use crate::connect::lock;
use crate::error::StoreError;
use crate::store::{Fault, Store};
use duckdb::Connection;
use kith_model::source::ColumnInfo;
use kith_model::{ColumnFilter, Quiet};
use kith_sql::TableName;
use order::{Orders, RowNumbers};
use std::collections::HashMap;
use std::sync::Arc;

/// Where rows come from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PageSource {
    /// A table or view.
    Table {
        /// Which.
        name: TableName,
        /// Columns that are neither shown nor searched.
        hidden: Vec<String>,
    },
    /// A reading query.
    Query(String),
}

impl PageSource {
    /// A table with all its columns.
    pub fn table(name: TableName) -> Self {
        Self::Table { name, hidden: Vec::new() }
    }
}

/// Which rows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageAsk {
    /// Of what.
    pub from: PageSource,
    /// Column to sort by, and whether greatest first; `None`: the source's own order. Missing
    /// values come last; texts that are numbers sort as numbers before other texts.
    pub order: Option<(String, bool)>,
    /// Only rows in which every one of these holds.
    pub filters: Vec<ColumnFilter>,
    /// Only rows in which some column contains this text, whatever the case.
    pub find: Option<String>,
    /// First row, from 0.
    pub offset: u64,
    /// How many.
    pub limit: u32,
}

impl PageAsk {
    /// The first `limit` rows.
    pub fn first(from: PageSource, limit: u32) -> Self {
        Self { from, order: None, filters: Vec::new(), find: None, offset: 0, limit }
    }

    /// Everything that decides which rows there are, in which order: the same for every page.
    fn scope(&self) -> Self {
        Self { offset: 0, limit: 0, ..self.clone() }
    }

    fn is_filtered(&self) -> bool {
        !self.filters.is_empty() || self.find.as_ref().is_some_and(|find| !find.is_empty())
    }
}

/// Some rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Every column with its DuckDB type.
    pub columns: Vec<ColumnInfo>,
    /// Rows in all, after `filters` and `find`.
    pub total: u64,
    /// Arrow IPC stream of one record batch; every column `Utf8`, NULL kept, nested values as
    /// JSON.
    pub arrow: Vec<u8>,
}

/// What is known of a source of rows.
pub(crate) struct Shape {
    /// Every column, hidden ones too.
    columns: Vec<ColumnInfo>,
    /// Which of them are shown.
    shown: Vec<usize>,
    /// Rows in all.
    total: u64,
    /// How its rows are numbered.
    numbers: Numbers,
}

impl Shape {
    fn columns(&self) -> Vec<ColumnInfo> {
        self.shown.iter().map(|at| self.columns[*at].clone()).collect()
    }
}

/// How rows are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numbers {
    /// From 0 without a gap: a page is a range.
    Dense,
    /// Rows were deleted: numbers are unique, no more.
    Sparse,
    /// Not at all: a view or a query.
    None,
}

/// What was found out lately; forgotten when the data changes.
#[derive(Default)]
pub(crate) struct PageCache {
    version: u64,
    shapes: HashMap<PageSource, Arc<Shape>>,
    totals: HashMap<PageAsk, u64>,
    orders: Orders,
}

/// Shapes and totals remembered; scrolling asks the same over and over.
const REMEMBERED: usize = 64;

/// Rows at the top of an order that are looked up without finding the whole order first: the
/// first screen of a sorted table appears at once.
const TOP: u64 = 400;

/// How a page is read.
enum Way {
    Range,
    Top,
    Numbers(Arc<RowNumbers>),
    Count,
}

impl Store {
    /// A page of rows. Runs on connections of its own: it never waits for a job.
    ///
    /// # Errors
    /// [`StoreError::Sql`] when the query fails or has no column to sort or filter by.
    pub fn page(&self, ask: &PageAsk) -> Result<Page, StoreError> {
        let version = self.data_version();
        let shape = self.shape(version, &ask.from)?;
        let way = self.way(version, ask, &shape)?;
        let total = match &way {
            Way::Numbers(numbers) => numbers.len() as u64,
            Way::Count if ask.is_filtered() => self.total(version, ask, &shape)?,
            _ => shape.total,
        };
        let arrow = match way {
            Way::Range => self.rows(&shape, &select::range(ask, &shape)),
            Way::Top | Way::Count => self.rows(&shape, &select::counted(ask, &shape)?),
            Way::Numbers(numbers) => {
                let wanted = numbers.part(ask.offset, ask.limit);
                self.read("read page", &Quiet, |connection| {
                    read::picked(connection, ask, &shape, &wanted)
                })
            }
        }?;
        Ok(Page { columns: shape.columns(), total, arrow })
    }

    fn rows(&self, shape: &Shape, sql: &str) -> Result<Vec<u8>, StoreError> {
        self.read("read page", &Quiet, |connection| read::all(connection, sql, shape))
    }

    fn way(&self, version: u64, ask: &PageAsk, shape: &Shape) -> Result<Way, StoreError> {
        let plain = ask.order.is_none() && !ask.is_filtered();
        let top = !ask.is_filtered() && ask.offset + u64::from(ask.limit) <= TOP;
        Ok(match shape.numbers {
            Numbers::Dense if plain => Way::Range,
            Numbers::None => Way::Count,
            _ if top => Way::Top,
            _ => match self.order(version, ask, shape)? {
                Some(numbers) => Way::Numbers(numbers),
                None => Way::Count,
            },
        })
    }

    /// The rows in the order asked for; none when there are too many to be kept.
    fn order(
        &self,
        version: u64,
        ask: &PageAsk,
        shape: &Shape,
    ) -> Result<Option<Arc<RowNumbers>>, StoreError> {
        if shape.total > order::MOST {
            return Ok(None);
        }
        let slot = {
            let mut cache = lock(&self.pages);
            cache.keep_to(version);
            cache.orders.slot(ask.scope())
        };
        // Whoever comes meanwhile for another page of the same order waits here for it.
        let mut slot = lock(&slot);
        if let Some(numbers) = &*slot {
            return Ok(numbers.clone());
        }
        let may_be_number = select::may_be_number(ask, shape)?;
        let numbers = self.read("sort rows", &Quiet, |connection| {
            let numbers = match &may_be_number {
                Some(sql) => connection.query_row(sql, [], |row| row.get(0))?,
                None => false,
            };
            let sql = select::order(ask, shape, numbers)?;
            read::numbers(connection, &sql)
        })?;
        Ok(slot.insert(numbers.map(Arc::new)).clone())
    }

    fn shape(&self, version: u64, from: &PageSource) -> Result<Arc<Shape>, StoreError> {
        {
            let mut cache = lock(&self.pages);
            cache.keep_to(version);
            if let Some(shape) = cache.shapes.get(from) {
                return Ok(shape.clone());
            }
        }
        let shape = self.read("read page", &Quiet, |connection| look(connection, from))?;
        let shape = Arc::new(shape);
        let mut cache = lock(&self.pages);
        if cache.keep_to(version) {
            cache.shapes.insert(from.clone(), shape.clone());
        }
        Ok(shape)
    }

    fn total(&self, version: u64, ask: &PageAsk, shape: &Shape) -> Result<u64, StoreError> {
        let scope = PageAsk { order: None, ..ask.scope() };
        if let Some(total) = lock(&self.pages).totals.get(&scope) {
            return Ok(*total);
        }
        let sql = select::count(ask, shape)?;
        let total = self.read("read page", &Quiet, |connection| {
            Ok(connection.query_row(&sql, [], |row| row.get(0))?)
        })?;
        let mut cache = lock(&self.pages);
        if cache.keep_to(version) {
            cache.totals.insert(scope, total);
        }
        Ok(total)
    }
}

impl PageCache {
    /// Forgets what is older than `version`, or too much; false when `version` itself is old.
    fn keep_to(&mut self, version: u64) -> bool {
        if self.version > version {
            return false;
        }
        if self.version < version {
            *self = Self { version, ..Self::default() };
        }
        if self.shapes.len().max(self.totals.len()) >= REMEMBERED {
            self.shapes.clear();
            self.totals.clear();
        }
        true
    }
}

fn look(connection: &Connection, from: &PageSource) -> Result<Shape, Fault> {
    let PageSource::Table { name, hidden } = from else {
        let PageSource::Query(query) = from else { unreachable!("a source is one of two") };
        let columns = describe(connection, query)?;
        let sql = format!("SELECT count(*) FROM (\n{query}\n)");
        let total = connection.query_row(&sql, [], |row| row.get(0))?;
        let shown = (0..columns.len()).collect();
        return Ok(Shape { columns, shown, total, numbers: Numbers::None });
    };
    let columns = describe(connection, &format!("SELECT * FROM {name}"))?;
    let shown = (0..columns.len()).filter(|at| !hidden.contains(&columns[*at].name)).collect();
    let table: bool = connection.query_row(
        "SELECT count(*) > 0 FROM duckdb_tables() \
         WHERE lower(schema_name) = lower(?) AND lower(table_name) = lower(?)",
        [name.schema().name(), name.table().name()],
        |row| row.get(0),
    )?;
    let (total, numbers) = if table {
        // Columns get other names here: a column may itself be called `rowid`.
        let names = select::names(columns.len());
        let sql = format!("SELECT count(*), max(rowid) FROM {name} AS t({names})");
        let (total, last): (u64, Option<u64>) =
            connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let dense = last.map_or(0, |last| last + 1) == total;
        (total, if dense { Numbers::Dense } else { Numbers::Sparse })
    } else {
        let sql = format!("SELECT count(*) FROM {name}");
        (connection.query_row(&sql, [], |row| row.get(0))?, Numbers::None)
    };
    Ok(Shape { columns, shown, total, numbers })
}
