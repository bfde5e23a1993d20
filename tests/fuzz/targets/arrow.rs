//! Arrow's files and streams: messages, packed batches, values.

#![no_main]

use kith_fuzz as laws;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    laws::target(data, |place, bytes, _| laws::arrow(place, bytes));
});
