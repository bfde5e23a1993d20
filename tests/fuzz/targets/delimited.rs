//! Delimited text: dialect, one of several tables, columns of numbers and dates.

#![no_main]

use kith_fuzz as laws;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    laws::target(data, |place, bytes, choices| laws::delimited(place, bytes, choices, None));
});
