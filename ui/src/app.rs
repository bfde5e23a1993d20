//! The application: takes in what the wire brings, draws, runs what the views asked for.

use crate::context::{Action, Context};
use crate::frame::{self, Shell};
use crate::route::{Route, Selection};
use crate::session::Session;
use crate::theme::{self, ThemeChoice};
use crate::views::Views;
use crate::wire::{Start, Wire};

/// The user interface, whole. Hosts hand it to eframe.
pub struct App {
    session: Session,
    views: Views,
    shell: Shell,
    selection: Selection,
}

impl App {
    /// The interface over `wire`; installs fonts and theme in `ctx`.
    pub fn new(ctx: &egui::Context, wire: Box<dyn Wire>, start: Start) -> Self {
        let system = match ctx.system_theme() {
            Some(egui::Theme::Light) => ThemeChoice::Light,
            _ => ThemeChoice::Dark,
        };
        let choice = start.theme.unwrap_or(system);
        theme::install_fonts(ctx);
        theme::install(ctx, choice);
        let mut session = Session::new(wire);
        if start.demo {
            session.run(Action::OpenSample);
        } else if let Some(folder) = start.project {
            session.run(Action::OpenProject(folder));
        }
        Self {
            session,
            views: Views::default(),
            shell: Shell::new(choice),
            selection: Selection::default(),
        }
    }

    /// Takes in what came over the wire. Called before each [`Self::show`], and alone while the
    /// window is hidden.
    pub fn update(&mut self, ctx: &egui::Context) {
        let news = self.session.update(ctx.input(|i| i.time));
        if let Some(route) = news.route {
            self.shell.route = route;
        }
        if news.project {
            self.selection = Selection::default();
            self.views = Views::default();
        }
        if news.any {
            ctx.request_repaint();
        }
    }

    /// Draws everything into `ui`, which has no margin.
    pub fn show(&mut self, ui: &mut egui::Ui) {
        let mut actions = frame::shortcuts(ui, &mut self.shell, &self.session);
        let dropped = frame::dropped_files(ui);
        if !dropped.is_empty() {
            self.session.take_dropped(dropped, &mut actions);
        }
        let keys = !self.shell.is_covered() && !ui.ctx().egui_wants_keyboard_input();
        let mut cx = Context::new(
            &self.session.data,
            &self.session.live,
            &self.selection,
            keys,
            &mut actions,
        );
        frame::show(ui, &mut self.shell, &mut cx, &mut self.views, &self.session.notes);
        for action in actions {
            self.carry_out(ui.ctx(), action);
        }
        self.session.send_due();
        if self.session.is_busy() {
            ui.ctx().request_repaint_after_secs(0.1);
        }
    }

    fn carry_out(&mut self, ctx: &egui::Context, action: Action) {
        match action {
            Action::Go(route) => self.shell.go(route),
            Action::Person(person) => {
                self.selection.person = person;
                self.shell.inspector |= person.is_some();
            }
            Action::Segment(segment) => self.selection.segment = segment,
            Action::Feature(feature) => self.selection.feature = feature,
            Action::Theme(choice) => {
                self.shell.theme = choice;
                theme::install(ctx, choice);
            }
            Action::Palette => self.shell.toggle_palette(),
            Action::Keys => self.shell.sheet = !self.shell.sheet,
            Action::History => self.shell.history = !self.shell.history,
            Action::Inspector => self.shell.inspector = !self.shell.inspector,
            Action::Fold => self.shell.folded = !self.shell.folded,
            Action::Copy(text) => ctx.copy_text(text),
            Action::Dismiss(note) => self.session.dismiss(note),
            Action::CloseProject => {
                self.shell.route = Route::Welcome;
                self.session.run(Action::CloseProject);
            }
            other => self.session.run(other),
        }
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
