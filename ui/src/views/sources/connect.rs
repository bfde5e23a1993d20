//! A server's tables as sources: its address, and a password that is used and never written down.

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::{Rank, Say, button};
use egui::{TextEdit, Ui};
use kith_model::FileRef;
use kith_model::source::FileFormat;

/// What is typed. The password is forgotten as soon as it is used.
#[derive(Default)]
pub struct Connect {
    open: bool,
    address: String,
    password: String,
}

impl Connect {
    /// The button that opens and closes the form.
    pub fn button(&mut self, ui: &mut Ui) {
        let about = "Read the tables of a Postgres server; nothing is written there";
        let response = button(ui, Rank::Plain, Some(icons::LIGHTNING), "Connect…");
        if response.on_hover_text(about).clicked() {
            self.open = !self.open;
        }
    }

    /// The form, while it is open.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        if !self.open {
            return;
        }
        if self.address.is_empty()
            && let Some(document) = cx.data.document.read()
            && let Some(server) = document.sources.iter().find(|s| s.format == FileFormat::Postgres)
        {
            self.address.clone_from(&server.file.0);
        }
        ui.add_space(4.0);
        let mut entered = false;
        ui.horizontal(|ui| {
            let hint = "postgres://user@host:5432/database";
            entered |= field(ui, "Server address", hint, (&mut self.address, 320.0), false);
            entered |= field(ui, "Password", "password", (&mut self.password, 140.0), true);
            let ready = address(&self.address, &self.password);
            // A project opened again knows its servers, but no password.
            let known = cx.data.document.read().is_some_and(|document| {
                document.sources.iter().any(|source| source.file.0 == self.address.trim())
            });
            let label = if known { "Read them again" } else { "Add its tables" };
            ui.add_enabled_ui(ready.is_some(), |ui| {
                entered |= button(ui, Rank::Primary, None, label).clicked();
            });
            if let Some(address) = ready.filter(|_| entered) {
                let address = FileRef(address);
                cx.push(match known {
                    true => Action::Unlock(address),
                    false => Action::AddFiles(vec![address]),
                });
                self.password.clear();
                self.open = false;
            }
        });
        ui.faint("Used for this session and never written down; without one, PGPASSWORD counts");
        if ui.input(|input| input.key_pressed(egui::Key::Escape)) {
            self.password.clear();
            self.open = false;
        }
    }
}

/// A text field with a name; true when Enter was pressed in it.
fn field(
    ui: &mut Ui,
    name: &str,
    hint: &str,
    (text, width): (&mut String, f32),
    hidden: bool,
) -> bool {
    let field = TextEdit::singleline(text)
        .id_salt(name)
        .hint_text(hint)
        .password(hidden)
        .desired_width(width)
        .font(theme::mono(12.0))
        .margin(egui::Margin::symmetric(8, 4));
    let response = ui.add(field);
    // What is typed covers the hint, which is the only name it would have.
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
    response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter))
}

/// The address with its password in it; `None` while it is no address. A password may hold any
/// letter: what means something in an address is written as `%XX`.
fn address(address: &str, password: &str) -> Option<String> {
    let address = address.trim();
    let begins = ["postgres://", "postgresql://"];
    let scheme = begins.into_iter().find(|scheme| address.starts_with(scheme))?;
    let rest = &address[scheme.len()..];
    if rest.is_empty() {
        return None;
    }
    if password.is_empty() {
        return Some(address.to_owned());
    }
    let (user, host) = rest.rsplit_once('@')?;
    let user = user.split(':').next().unwrap_or(user);
    let mut escaped = String::new();
    for byte in password.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    Some(format!("{scheme}{user}:{escaped}@{host}"))
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_takes_its_password() {
        let plain = "postgres://ada@db.example:5432/crm";
        assert_eq!(address(plain, "").as_deref(), Some(plain));
        let with = address(plain, "p@ss/wörd").unwrap();
        assert_eq!(with, "postgres://ada:p%40ss%2Fw%C3%B6rd@db.example:5432/crm");
        assert_eq!(address("db.example", "x"), None);
        assert_eq!(address("postgres://db.example/crm", "x"), None, "no user to go with it");
    }
}
