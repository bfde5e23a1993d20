//! JSON documents and lines: where records are, nested values, lists as rows.

#![no_main]

use kith_fuzz as laws;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    laws::target(data, |place, bytes, choices| laws::json(place, bytes, choices));
});
