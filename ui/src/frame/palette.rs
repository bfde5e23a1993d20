//! The command palette: every command and the people of the project, found by a few letters.

use crate::context::{Action, Context};
use crate::icons;
use crate::route::{Route, digit};
use crate::theme::{self, ThemeChoice};
use crate::widgets::stage::run_label;
use crate::wire::Pick;
use egui::accesskit::Role;
use egui::{
    Align2, Area, Frame, Id, Key, Margin, Modal, Modifiers, ScrollArea, Sense, TextEdit, Ui,
    WidgetInfo, pos2, vec2,
};
use kith_model::Stage;

/// An entry.
struct Entry {
    icon: &'static str,
    title: String,
    note: String,
    action: Action,
}

/// An open palette.
#[derive(Debug, Default)]
pub struct Palette {
    text: String,
    chosen: usize,
}

impl Palette {
    /// Draws it; true when it is to be closed.
    pub fn show(&mut self, ctx: &egui::Context, cx: &mut Context<'_>) -> bool {
        let t = theme::of(ctx);
        let id = Id::unique("palette");
        let area = Area::new(id.with("area"))
            .order(egui::Order::Foreground)
            .anchor(Align2::CENTER_TOP, vec2(0.0, 64.0));
        let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(8));
        let modal = Modal::new(id).area(area).frame(frame).backdrop_color(t.backdrop);
        let modal = modal.show(ctx, |ui| {
            ui.set_width(560.0);
            self.body(ui, cx)
        });
        modal.inner || modal.should_close()
    }

    fn body(&mut self, ui: &mut Ui, cx: &mut Context<'_>) -> bool {
        let t = theme::of(ui);
        let step = ui.input_mut(|i| {
            let down = i.count_and_consume_key(Modifiers::NONE, Key::ArrowDown) as isize;
            down - i.count_and_consume_key(Modifiers::NONE, Key::ArrowUp) as isize
        });
        let enter = ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Enter));
        let field = TextEdit::singleline(&mut self.text)
            .id_salt("palette text")
            .hint_text("Type a command, a stage or a person…")
            .prefix(egui::RichText::new(icons::SEARCH).color(t.text_faint))
            .font(theme::body(15.0))
            .desired_width(f32::INFINITY)
            .margin(Margin::symmetric(12, 8))
            .frame(Frame::new());
        let response = ui.add(field);
        response.request_focus();
        if response.changed() {
            self.chosen = 0;
        }
        crate::widgets::stage::rule(ui);
        let mut found = matches(&self.text, commands(cx));
        found.extend(people(cx, &self.text));
        let last = found.len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(step).min(last);
        let mut run = enter.then_some(self.chosen);
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().max_height(440.0).auto_shrink([false, true]).show(ui, |ui| {
            for (i, entry) in found.iter().enumerate() {
                let (over, clicked) = line(ui, entry, i == self.chosen, step != 0);
                if over && ui.input(|i| i.pointer.is_moving()) {
                    self.chosen = i;
                }
                if clicked {
                    run = Some(i);
                }
            }
            if found.is_empty() {
                crate::widgets::text::Say::dim(ui, "No command or person has these letters");
            }
        });
        let Some(entry) = run.and_then(|i| found.into_iter().nth(i)) else { return false };
        cx.push(entry.action);
        true
    }
}

fn line(ui: &mut Ui, entry: &Entry, chosen: bool, follow: bool) -> (bool, bool) {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::click());
    let said = &entry.title;
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, said));
    if chosen {
        ui.painter().rect_filled(rect, 6.0, t.accent_soft);
        if follow {
            response.scroll_to_me(None);
        }
    }
    let at = pos2(rect.left() + 18.0, rect.center().y);
    let ink = if chosen { t.accent } else { t.text_dim };
    ui.painter().text(at, Align2::CENTER_CENTER, entry.icon, theme::icon(16.0), ink);
    let at = pos2(rect.left() + 36.0, rect.center().y);
    ui.painter().text(at, Align2::LEFT_CENTER, said, theme::body(13.0), t.text);
    let at = pos2(rect.right() - 10.0, rect.center().y);
    ui.painter().text(at, Align2::RIGHT_CENTER, &entry.note, theme::mono(12.0), t.text_faint);
    (response.hovered(), response.clicked())
}

fn commands(cx: &Context<'_>) -> Vec<Entry> {
    let mut all = Vec::new();
    let mut add = |icon, title: &str, note: &str, action| {
        all.push(Entry { icon, title: title.to_owned(), note: note.to_owned(), action });
    };
    if cx.data.is_open() {
        for stage in Stage::ALL {
            let note = format!("Ctrl+{}", digit(stage));
            let go = Action::Go(Route::Stage(stage));
            add(crate::views::icon(stage), &format!("Go to {}", stage.title()), &note, go);
        }
        for stage in Stage::ALL {
            add(icons::PLAY, run_label(stage), stage.title(), Action::Run(stage));
        }
        add(icons::LIGHTNING, "Run everything", "all stages", Action::Run(Stage::Export));
        add(icons::UNDO, "Undo", "Ctrl+Z", Action::Undo);
        add(icons::REDO, "Redo", "Ctrl+Y", Action::Redo);
        add(icons::ADD, "Add files…", "", Action::Pick(Pick::Files));
        add(icons::HISTORY, "Show the history", "Ctrl+H", Action::History);
        add(icons::PANEL, "Show or hide the inspector", "Ctrl+I", Action::Inspector);
        add(icons::CLOSE, "Close project", "", Action::CloseProject);
        for job in cx.data.overview.peek().map_or(&[][..], |o| &o.jobs) {
            let title = format!("Stop {}", job.stage.title().to_lowercase());
            add(icons::STOP, &title, "job", Action::Cancel(job.id));
        }
    }
    add(icons::MOUNTAINS, "Open the sample shop", "", Action::OpenSample);
    add(icons::FOLDER, "Open project…", "", Action::Pick(Pick::ProjectToOpen));
    add(icons::PLUS, "New project…", "", Action::Pick(Pick::ProjectToCreate));
    for choice in ThemeChoice::ALL {
        let title = format!("{} theme", choice.title());
        add(icons::CONTRAST, &title, "appearance", Action::Theme(choice));
    }
    add(icons::KEYBOARD, "Keys", "?", Action::Keys);
    all
}

fn people(cx: &Context<'_>, text: &str) -> Vec<Entry> {
    let text = text.trim();
    if text.chars().count() < 2 || !cx.data.is_open() {
        return Vec::new();
    }
    let found = cx.data.people.read(&text.to_owned());
    found
        .into_iter()
        .flatten()
        .take(8)
        .map(|(profile, name)| Entry {
            icon: icons::USER,
            title: name.clone(),
            note: profile.to_string(),
            action: Action::Person(Some(*profile)),
        })
        .collect()
}

fn matches(text: &str, all: Vec<Entry>) -> Vec<Entry> {
    let mut scored: Vec<(i32, usize, Entry)> = all
        .into_iter()
        .enumerate()
        .filter_map(|(i, e)| score(text, &e.title).map(|s| (s, i, e)))
        .collect();
    scored.sort_by_key(|(score, i, _)| (-score, *i));
    scored.into_iter().map(|(_, _, e)| e).collect()
}

/// How well the letters of `text` are found in `title`, in order; `None` when they are not.
/// Letters in a row and at the beginning of words count more.
fn score(text: &str, title: &str) -> Option<i32> {
    if text.trim().is_empty() {
        return Some(0);
    }
    let title: Vec<char> = title.to_lowercase().chars().collect();
    let (mut at, mut total, mut run) = (0, 0, 0);
    for c in text.to_lowercase().chars().filter(|c| !c.is_whitespace()) {
        let found = (at..title.len()).find(|i| title[*i] == c)?;
        run = if found == at && at > 0 { run + 1 } else { 0 };
        let begins = found == 0 || title[found - 1] == ' ';
        total += 1 + run * 3 + i32::from(begins) * 4 - i32::from(found > at && !begins);
        at = found + 1;
    }
    Some(total * 4 - title.len() as i32 / 8)
}

#[cfg(test)]
mod tests {
    use super::score;

    #[test]
    fn letters_find_commands_in_the_order_people_expect() {
        assert_eq!(score("xyz", "Go to Segments"), None);
        let best = |text: &str, titles: &[&str]| -> String {
            let top = titles.iter().filter_map(|t| score(text, t).map(|s| (s, *t))).max();
            top.unwrap().1.to_owned()
        };
        let titles = ["Go to Segments", "Find segments", "Light theme", "Add files…"];
        assert_eq!(best("seg", &titles[..1]), "Go to Segments");
        assert_eq!(best("find", &titles), "Find segments");
        assert_eq!(best("gts", &titles), "Go to Segments");
        assert_eq!(best("light", &titles), "Light theme");
    }
}
