//! The application: takes in what the wire brings, draws, runs what the views asked for.

use crate::wire::{Start, Wire};

/// The user interface, whole. Hosts hand it to eframe.
pub struct App {
    wire: Box<dyn Wire>,
}

impl App {
    /// The interface over `wire`; installs fonts and theme in `ctx`.
    pub fn new(ctx: &egui::Context, wire: Box<dyn Wire>, start: Start) -> Self {
        let _ = (ctx, start);
        Self { wire }
    }

    /// Takes in what came over the wire. Called before each [`Self::show`], and alone while the
    /// window is hidden.
    pub fn update(&mut self, ctx: &egui::Context) {
        if !self.wire.drain().is_empty() {
            ctx.request_repaint();
        }
    }

    /// Draws everything into `ui`, which has no margin.
    pub fn show(&mut self, ui: &mut egui::Ui) {
        ui.label("Kith");
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.update(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.show(ui);
    }
}
