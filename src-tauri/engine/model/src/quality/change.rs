//! How commands change what is expected.

use super::{CopyRule, Expectation};
use crate::{CommandError, Document, SourceId};

/// These expectations and no others.
pub(crate) fn replace(doc: &mut Document, all: &[Expectation]) -> Result<(), CommandError> {
    doc.expectations.clear();
    all.iter().try_for_each(|one| put(doc, one))
}

/// Puts an expectation in its place by id; one without an id gets its natural name.
pub(crate) fn put(doc: &mut Document, expectation: &Expectation) -> Result<(), CommandError> {
    let broken = expectation.broken(None);
    if !broken.is_empty() {
        return Err(CommandError::Settings(broken));
    }
    let mut expectation = expectation.clone();
    if expectation.id.trim().is_empty() {
        expectation = expectation.named_beside(&doc.expectations);
    }
    match doc.expectations.binary_search_by(|one| one.id.cmp(&expectation.id)) {
        Ok(at) => doc.expectations[at] = expectation,
        Err(at) => doc.expectations.insert(at, expectation),
    }
    Ok(())
}

/// Removes the expectation called `id`.
pub(crate) fn remove(doc: &mut Document, id: &str) -> Result<(), CommandError> {
    let before = doc.expectations.len();
    doc.expectations.retain(|one| one.id != id);
    if doc.expectations.len() == before {
        return Err(CommandError::NoExpectation(id.to_owned()));
    }
    Ok(())
}

/// What becomes of a source's exact copies; reporting them goes without saying.
pub(crate) fn set_copy_rule(doc: &mut Document, source: &SourceId, rule: CopyRule) {
    match rule {
        CopyRule::Report => doc.copies.remove(source),
        CopyRule::KeepFirst => doc.copies.insert(source.clone(), rule),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::{Check, Severity, TableId};
    use crate::{Command, Entity};

    fn expectation(severity: Severity) -> Expectation {
        let check = Check::NotNull { field: "total".into() };
        Expectation::new(TableId::Canon(Entity::Order), severity, check)
    }

    #[test]
    fn expectations_are_added_replaced_and_removed_by_id() {
        let put = |severity| Command::PutExpectation { expectation: expectation(severity) };
        let doc = put(Severity::Warning).apply(&Document::default()).unwrap();
        let doc = put(Severity::Error).apply(&doc).unwrap();
        assert_eq!(doc.expectations, [expectation(Severity::Error)]);
        let remove = Command::RemoveExpectation { id: "order.total.not_null".into() };
        let doc = remove.apply(&doc).unwrap();
        assert!(doc.expectations.is_empty());
        assert!(matches!(remove.apply(&doc), Err(CommandError::NoExpectation(_))));
    }

    #[test]
    fn without_a_name_each_gets_its_own() {
        let nameless = Expectation { id: String::new(), ..expectation(Severity::Error) };
        let all = Command::SetExpectations { expectations: vec![nameless.clone(), nameless] };
        let doc = all.apply(&Document::default()).unwrap();
        let ids: Vec<_> = doc.expectations.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["order.total.not_null", "order.total.not_null.2"]);
        let beyond = Expectation { tolerance: 1.5, ..expectation(Severity::Error) };
        let put = Command::PutExpectation { expectation: beyond };
        assert!(matches!(put.apply(&doc), Err(CommandError::Settings(_))));
    }
}
