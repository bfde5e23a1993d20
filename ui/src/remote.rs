//! What is known of something the engine holds: not asked, pending, ready or failed, each
//! keeping the previous value.
//!
//! A view asks by reading: [`Remote::read`] notes that the value is wanted, and after drawing
//! the app sends what is wanted and not yet known.

use kith_api::ApiError;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::Hash;

/// How far asking has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Never asked, or outdated since.
    NotAsked,
    /// On its way; `again` when it was outdated meanwhile.
    Pending {
        /// The answer on its way is already outdated.
        again: bool,
    },
    /// Here.
    Ready,
    /// The engine refused.
    Failed(ApiError),
}

/// A value of the engine's.
#[derive(Debug)]
pub struct Remote<T> {
    value: Option<T>,
    phase: Phase,
    wanted: Cell<bool>,
}

impl<T> Default for Remote<T> {
    fn default() -> Self {
        Self { value: None, phase: Phase::NotAsked, wanted: Cell::new(false) }
    }
}

impl<T> Remote<T> {
    /// The newest value there is, and a note that it is wanted.
    pub fn read(&self) -> Option<&T> {
        self.wanted.set(true);
        self.value.as_ref()
    }

    /// The newest value there is; asks nothing.
    pub fn peek(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// Puts a value in place that an event brought; what is asked for stays asked for.
    pub fn amend(&mut self, value: T) {
        self.value = Some(value);
    }

    /// Why the last request failed.
    pub fn error(&self) -> Option<&ApiError> {
        if let Phase::Failed(error) = &self.phase { Some(error) } else { None }
    }

    /// The answer came.
    pub fn land(&mut self, value: T) {
        self.value = Some(value);
        self.phase = match self.phase {
            Phase::Pending { again: true } => Phase::NotAsked,
            _ => Phase::Ready,
        };
    }
}

/// What can be asked for, whatever its type.
pub trait Asked {
    /// Wanted since the last call and not known: must be sent now.
    fn due(&self) -> bool;
    /// It was sent.
    fn sent(&mut self);
    /// It was refused.
    fn fail(&mut self, error: ApiError);
    /// What is known is of yesterday.
    fn outdate(&mut self);
    /// What is known is of another project; the answer on its way is too.
    fn forget(&mut self);
}

impl<T> Asked for Remote<T> {
    fn due(&self) -> bool {
        self.wanted.take() && self.phase == Phase::NotAsked
    }

    fn sent(&mut self) {
        self.phase = Phase::Pending { again: false };
    }

    fn fail(&mut self, error: ApiError) {
        self.phase = match self.phase {
            Phase::Pending { again: true } => Phase::NotAsked,
            _ => Phase::Failed(error),
        };
    }

    fn outdate(&mut self) {
        self.phase = match self.phase {
            Phase::Pending { .. } => Phase::Pending { again: true },
            _ => Phase::NotAsked,
        };
    }

    fn forget(&mut self) {
        self.value = None;
        self.phase = Phase::NotAsked;
    }
}

/// Values of the engine's, by key; the longest unread go first when there are too many.
#[derive(Debug)]
pub struct Keyed<K, T> {
    items: HashMap<K, (Remote<T>, Cell<u64>)>,
    wanted: RefCell<Vec<K>>,
    clock: Cell<u64>,
    most: usize,
}

impl<K: Hash + Eq + Clone, T> Keyed<K, T> {
    /// Keeps at most about `most` values.
    pub fn new(most: usize) -> Self {
        Self {
            items: HashMap::new(),
            wanted: RefCell::default(),
            clock: Cell::new(0),
            most: most.max(1),
        }
    }

    /// The newest value there is, and a note that it is wanted.
    pub fn read(&self, key: &K) -> Option<&T> {
        self.clock.set(self.clock.get() + 1);
        let item = self.items.get(key);
        if item.is_none_or(|(remote, _)| remote.phase == Phase::NotAsked) {
            let mut wanted = self.wanted.borrow_mut();
            if !wanted.contains(key) {
                wanted.push(key.clone());
            }
        }
        item.and_then(|(remote, read_at)| {
            read_at.set(self.clock.get());
            remote.read()
        })
    }

    /// The newest value there is; asks nothing.
    pub fn peek(&self, key: &K) -> Option<&T> {
        self.items.get(key).and_then(|(remote, _)| remote.peek())
    }

    /// Why the last request failed.
    pub fn error(&self, key: &K) -> Option<&ApiError> {
        self.items.get(key).and_then(|(remote, _)| remote.error())
    }

    /// What must be sent now, in the order it was read.
    pub fn take_due(&mut self) -> Vec<K> {
        let due = self.wanted.take();
        for key in &due {
            let clock = Cell::new(self.clock.get());
            self.items.entry(key.clone()).or_insert_with(|| (Remote::default(), clock)).0.sent();
        }
        due
    }

    /// The answer came.
    pub fn land(&mut self, key: &K, value: T) {
        if let Some((remote, _)) = self.items.get_mut(key) {
            remote.land(value);
        }
        self.shed();
    }

    /// The engine refused.
    pub fn fail(&mut self, key: &K, error: ApiError) {
        if let Some((remote, _)) = self.items.get_mut(key) {
            remote.fail(error);
        }
    }

    /// What is known is of yesterday.
    pub fn outdate(&mut self) {
        self.items.values_mut().for_each(|(remote, _)| remote.outdate());
    }

    /// What is known is of another project.
    pub fn forget(&mut self) {
        self.items.clear();
    }

    fn shed(&mut self) {
        if self.items.len() <= self.most {
            return;
        }
        let mut ages: Vec<u64> = self.items.values().map(|(_, at)| at.get()).collect();
        ages.sort_unstable();
        let oldest = ages[self.items.len() - self.most];
        self.items.retain(|_, (remote, at)| {
            at.get() >= oldest || matches!(remote.phase, Phase::Pending { .. })
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_api::ErrorCode;

    #[test]
    fn a_value_is_asked_for_once_and_kept_while_the_next_is_on_its_way() {
        let mut remote = Remote::default();
        assert!(!remote.due(), "nobody wants it yet");
        assert_eq!(remote.read(), None);
        assert!(remote.due());
        remote.sent();
        remote.read();
        assert!(!remote.due(), "on its way already");
        remote.land(1);
        remote.outdate();
        assert_eq!(remote.read(), Some(&1), "the old value stays");
        assert!(remote.due());
        remote.sent();
        remote.outdate();
        remote.land(2);
        remote.read();
        assert!(remote.due(), "what landed was outdated before it came");
    }

    #[test]
    fn a_failure_keeps_the_old_value_and_is_not_asked_again() {
        let mut remote = Remote::default();
        remote.sent();
        remote.land(1);
        remote.outdate();
        remote.sent();
        remote.fail(ApiError::new(ErrorCode::Internal, "no"));
        assert_eq!(remote.read(), Some(&1));
        assert!(remote.error().is_some() && !remote.due());
    }

    #[test]
    fn many_keys_shed_the_longest_unread() {
        let mut keyed = Keyed::new(2);
        for key in 0..4 {
            keyed.read(&key);
            assert_eq!(keyed.take_due(), vec![key]);
            keyed.land(&key, key * 10);
            keyed.read(&0);
        }
        assert_eq!(keyed.peek(&0), Some(&0), "read all the time");
        assert_eq!(keyed.peek(&3), Some(&30), "the newest");
        assert_eq!(keyed.peek(&1), None);
    }
}
