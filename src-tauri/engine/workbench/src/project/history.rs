//! What the journal tells: the present document, what can be undone, what was computed.

use super::journal::{Entry, Line};
use kith_api::{HistoryEntry, HistoryView};
use kith_identity::Said;
use kith_model::document::Document;
use kith_model::{Command, CommandError, Stage};

/// The commands so far, and how many of them apply at present.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    base: Document,
    commands: Vec<(Line, Command)>,
    applied: usize,
    present: Document,
    runs: Vec<(Line, Stage)>,
}

impl History {
    /// The present document.
    pub(crate) fn present(&self) -> &Document {
        &self.present
    }

    /// Replays one journal line. Lines were accepted before, so a failure means the journal was
    /// edited by hand.
    pub(crate) fn replay(&mut self, line: Line) -> Result<(), CommandError> {
        match line.entry.clone() {
            Entry::Begin { base, .. } => {
                self.present = (*base).clone();
                self.base = *base;
            }
            Entry::Change { command } => {
                command.change(&mut self.present)?;
                self.commands.truncate(self.applied);
                self.commands.push((line, *command));
                self.applied += 1;
            }
            Entry::Undo => self.rewind(self.applied.saturating_sub(1))?,
            Entry::Redo => self.rewind((self.applied + 1).min(self.commands.len()))?,
            Entry::Ran { stage, .. } => self.runs.push((line, stage)),
        }
        Ok(())
    }

    /// The document with the first `count` commands applied.
    fn rewind(&mut self, count: usize) -> Result<(), CommandError> {
        let mut document = self.base.clone();
        for (_, command) in &self.commands[..count] {
            command.change(&mut document)?;
        }
        self.present = document;
        self.applied = count;
        Ok(())
    }

    /// Title of the change that undo would take back.
    pub(crate) fn undo_title(&self) -> Option<String> {
        self.applied.checked_sub(1).map(|at| self.commands[at].1.title())
    }

    /// Title of the change that redo would do again.
    pub(crate) fn redo_title(&self) -> Option<String> {
        self.commands.get(self.applied).map(|(_, command)| command.title())
    }

    /// Every word said of a pair by the commands that apply, oldest first.
    pub(crate) fn said(&self) -> Vec<Said> {
        fn note(command: &Command, said: &mut Vec<Said>) {
            match command {
                Command::Decide { pair, verdict, by, .. } => {
                    said.push(Said { pair: pair.clone(), by: by.clone(), verdict: *verdict });
                }
                Command::Batch { commands, .. } => commands.iter().for_each(|c| note(c, said)),
                _ => {}
            }
        }
        let mut said = Vec::new();
        self.commands[..self.applied].iter().for_each(|(_, command)| note(command, &mut said));
        said
    }

    /// The history panel's lines, oldest first.
    pub(crate) fn view(&self) -> HistoryView {
        let changes = self.commands.iter().enumerate().map(|(at, (line, command))| HistoryEntry {
            seq: line.seq,
            at: line.at.clone(),
            title: command.title(),
            applied: at < self.applied,
            stages: Vec::new(),
            run: false,
        });
        let runs = self.runs.iter().map(|(line, stage)| HistoryEntry {
            seq: line.seq,
            at: line.at.clone(),
            title: format!("Computed {}", stage.title().to_lowercase()),
            applied: true,
            stages: vec![*stage],
            run: true,
        });
        let mut entries: Vec<_> = changes.chain(runs).collect();
        entries.sort_by_key(|entry| entry.seq);
        HistoryView { entries }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::segments::SegmentParams;
    use proptest::prelude::*;

    fn line(seq: u64, entry: Entry) -> Line {
        Line { seq, at: String::new(), entry }
    }

    fn command() -> impl Strategy<Value = Command> {
        prop_oneof![
            "[a-z]{1,8}".prop_map(|name| Command::Rename { name }),
            (2u32..12).prop_map(|k| Command::SetSegments {
                params: SegmentParams { k, ..SegmentParams::default() }
            }),
            (0u32..9, 0u32..3).prop_map(|(id, priority)| {
                let mut rule = kith_rules::starter_rules().swap_remove(0);
                rule.id = kith_model::RuleId(format!("r{id}"));
                rule.priority = priority;
                Command::PutRule { rule }
            }),
        ]
    }

    proptest! {
        #[test]
        fn undo_of_do_is_nothing_and_redo_of_undo_is_do(commands in prop::collection::vec(command(), 1..20)) {
            let mut history = History::default();
            let mut states = vec![history.present().clone()];
            for (seq, command) in commands.iter().enumerate() {
                history.replay(line(seq as u64, Entry::Change { command: Box::new(command.clone()) })).unwrap();
                states.push(history.present().clone());
            }
            for state in states.iter().rev().skip(1) {
                history.replay(line(0, Entry::Undo)).unwrap();
                prop_assert_eq!(history.present(), state);
            }
            for state in states.iter().skip(1) {
                history.replay(line(0, Entry::Redo)).unwrap();
                prop_assert_eq!(history.present(), state);
            }
        }
    }

    #[test]
    fn a_new_change_forgets_what_was_undone() {
        let mut history = History::default();
        let rename = |name: &str| {
            let command = Command::Rename { name: name.into() };
            Entry::Change { command: Box::new(command) }
        };
        history.replay(line(1, rename("a"))).unwrap();
        history.replay(line(2, Entry::Undo)).unwrap();
        assert_eq!(history.redo_title().as_deref(), Some("Rename project to a"));
        history.replay(line(3, rename("b"))).unwrap();
        assert_eq!(history.redo_title(), None);
        assert_eq!(history.present().name, "b");
    }
}
