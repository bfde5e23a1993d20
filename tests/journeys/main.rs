//! Whole paths, from files to a verified bundle, in every host.

mod bad_input;
mod command_line;
mod formats;
mod hand;
mod history;
mod jobs;
mod over_the_wire;
mod places;
mod presets;
mod profiles;
mod quality;
mod rejects;
mod sample;
mod script;
mod tables;
mod training;
mod windows;
