//! Any bytes under any name: what they are found to be, and reading them as that.

#![no_main]

use kith_fuzz as laws;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    laws::target(data, |place, bytes, choices| laws::anything(place, bytes, choices));
});
