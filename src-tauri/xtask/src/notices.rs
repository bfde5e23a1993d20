//! `cargo xtask notices`: who wrote what we link, under which terms.

use crate::{licences, paths, shell};
use anyhow::{Context as _, Result, bail};
use clap::Args;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Arguments.
#[derive(Args)]
pub struct Options {
    /// Fail when the file is stale, a licence is not accepted or a direct dependency is linked twice
    #[arg(long)]
    pub check: bool,
}

const FILE: &str = "THIRD-PARTY-NOTICES.md";
/// What is handed to users; tools and tests are not.
const SHIPPED: &[&str] = &["kith-cli", "kith-desktop", "kith-native", "kith-web"];
/// The systems the notices are complete for.
const TARGETS: &[&str] = &["wasm32-unknown-unknown", "x86_64-unknown-linux-gnu"];
/// Direct dependencies that are linked in two versions, and why that cannot be helped yet.
const TWICE: &[(&str, &str)] = &[
    ("miniz_oxide", "flate2 brings 0.8; the checked-in sample has the bytes of 0.9"),
    ("pollster", "older transitive dependencies are at 0.4"),
    ("rand", "linfa is at 0.8, tauri's build-time tables at 0.9"),
    ("rand_xoshiro", "linfa is at 0.6, a transitive dependency at 0.7"),
    ("sha2", "tauri is at 0.10"),
    ("thiserror", "older transitive dependencies are at 1"),
    ("zstd", "zip brings 0.14; moving our reader to it is to be done with its tests"),
];
/// Linked or embedded without cargo knowing it: name, version, licence, licence file.
const OTHERS: &[(&str, &str, &str, &str)] = &[
    ("Inter", "4.001", "OFL-1.1", "assets/fonts/Inter-LICENSE.txt"),
    ("JetBrains Mono", "2.242", "OFL-1.1", "assets/fonts/JetBrainsMono-LICENSE.txt"),
    ("Noto Sans CJK JP", "2.004", "OFL-1.1", "assets/fonts/NotoSansJP-LICENSE.txt"),
    ("Phosphor Icons", "2.1.2", "MIT", "assets/fonts/Phosphor-LICENSE.txt"),
    ("DuckDB (libduckdb)", "1.5.6", "MIT", "assets/licences/DuckDB-LICENSE.txt"),
];

struct Package {
    name: String,
    version: String,
    expression: String,
    chosen: Vec<&'static str>,
    /// As its manifest names them: who to credit when the licence file names nobody.
    authors: Vec<String>,
    folder: PathBuf,
}

/// Runs the task.
pub fn run(options: &Options) -> Result<()> {
    let metadata = metadata()?;
    let packages = shipped(&metadata)?;
    let text = render(&packages)?;
    let file = paths::root().join(FILE);
    if !options.check {
        fs::write(&file, &text).with_context(|| format!("cannot write {FILE}"))?;
        eprintln!("  {FILE}: {} packages, {} KB", packages.len(), text.len() / 1000);
        return Ok(());
    }
    linked_twice(&metadata, &packages)?;
    if fs::read_to_string(&file).unwrap_or_default() != text {
        bail!("{FILE} does not say what is linked now; run `cargo xtask notices` and commit it");
    }
    eprintln!("  {} packages, all under accepted licences; {FILE} is current", packages.len());
    Ok(())
}

fn metadata() -> Result<Value> {
    let mut command = shell::cargo();
    command.args(["metadata", "--format-version", "1"]);
    for target in TARGETS {
        command.args(["--filter-platform", target]);
    }
    serde_json::from_str(&shell::capture(&mut command)?).context("cannot read `cargo metadata`")
}

/// Everything reached from the shipped binaries by normal dependencies, sorted.
fn shipped(metadata: &Value) -> Result<Vec<Package>> {
    let by_id: BTreeMap<&str, &Value> =
        list(metadata, "packages").filter_map(|p| Some((p["id"].as_str()?, p))).collect();
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"], "nodes").filter_map(|n| Some((n["id"].as_str()?, n))).collect();
    let named = |p: &Value| p["name"].as_str().is_some_and(|n| SHIPPED.contains(&n));
    let mut ahead: Vec<&str> = by_id.iter().filter(|(_, p)| named(p)).map(|(id, _)| *id).collect();
    if ahead.len() != SHIPPED.len() {
        bail!("the workspace lacks one of {}", SHIPPED.join(", "));
    }
    let mut reached = BTreeSet::new();
    while let Some(id) = ahead.pop() {
        if !reached.insert(id) {
            continue;
        }
        let Some(node) = nodes.get(id) else { continue };
        let normal = |d: &&Value| list(d, "dep_kinds").any(|k| k["kind"].is_null());
        ahead.extend(list(node, "deps").filter(normal).filter_map(|d| d["pkg"].as_str()));
    }
    let mut packages = Vec::new();
    let mut refused = Vec::new();
    for package in reached.iter().filter_map(|id| by_id.get(id)) {
        if package["source"].is_null() {
            continue;
        }
        match read(package) {
            Ok(package) => packages.push(package),
            Err(error) => refused.push(format!("{}: {error:#}", text(package, "name"))),
        }
    }
    if !refused.is_empty() {
        bail!("licences to look at (accepted ones are in licences.rs):\n{}", refused.join("\n"));
    }
    packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Ok(packages)
}

fn read(package: &Value) -> Result<Package> {
    let expression = text(package, "license");
    let manifest = PathBuf::from(text(package, "manifest_path"));
    Ok(Package {
        chosen: licences::choose(&expression)?,
        name: text(package, "name"),
        version: text(package, "version"),
        authors: list(package, "authors").filter_map(Value::as_str).map(without_address).collect(),
        folder: manifest.parent().context("a manifest without a folder")?.to_path_buf(),
        expression,
    })
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

/// Texts, each with those it covers: the licence, a number per family, the family's first text.
#[derive(Default)]
struct Texts {
    families: BTreeMap<(String, String), (String, BTreeSet<String>)>,
}

impl Texts {
    fn add(&mut self, licence: &str, content: &str, of: &str) {
        let entry = self
            .families
            .entry((licence.to_owned(), licences::body(content)))
            .or_insert_with(|| (content.trim().to_owned(), BTreeSet::new()));
        entry.1.insert(of.to_owned());
    }
}

fn render(packages: &[Package]) -> Result<String> {
    let mut texts = Texts::default();
    let mut page = String::from(HEAD);
    for package in packages {
        let label = format!("{} {}", package.name, package.version);
        let mut owners = BTreeSet::new();
        for (licence, content) in found(package) {
            owners.extend(copyrights(&content));
            texts.add(licence, &content, &label);
        }
        let mut owners: Vec<String> = owners.into_iter().collect();
        if owners.is_empty() {
            owners.clone_from(&package.authors);
        }
        let Package { name, version, expression, .. } = package;
        writeln!(page, "| {name} | {version} | {expression} | {} |", owners.join("; "))?;
    }
    page.push_str("\n## Fonts, icons, database\n\n| Work | Version | Licence | Copyright |\n|---|---|---|---|\n");
    for (name, version, licence, file) in OTHERS {
        let content = fs::read_to_string(paths::root().join(file))
            .with_context(|| format!("cannot read {file}"))?;
        let owners: Vec<String> = copyrights(&content).into_iter().collect();
        writeln!(page, "| {name} | {version} | {licence} | {} |", owners.join("; "))?;
        texts.add(licence, &content, name);
    }
    page.push_str("\n## Texts\n");
    for ((licence, _), (content, of)) in &texts.families {
        let of: Vec<&str> = of.iter().map(String::as_str).collect();
        let covers = if of.len() > 12 {
            format!("{} packages above, first {}", of.len(), of[0])
        } else {
            of.join(", ")
        };
        let content = content.replace('\r', "").replace("```", "'''");
        write!(page, "\n### {licence}\n\nOf {covers}.\n\n```text\n{content}\n```\n")?;
    }
    Ok(page)
}

/// The licence files in a package that belong to the terms we chose; and its NOTICE (Apache 2.0).
fn found(package: &Package) -> Vec<(&'static str, String)> {
    let Ok(entries) = fs::read_dir(&package.folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let name = upper(&file);
        if !["LICEN", "COPYING", "COPYRIGHT", "UNLICENSE"].iter().any(|s| name.starts_with(s)) {
            continue;
        }
        let Ok(content) = fs::read_to_string(&file) else { continue };
        if let Some(licence) = licences::recognise(&content)
            && package.chosen.contains(&licence)
        {
            found.push((licence, content));
        }
    }
    if package.chosen.contains(&"Apache-2.0")
        && let Ok(content) = fs::read_to_string(package.folder.join("NOTICE"))
    {
        found.push(("NOTICE", content));
    }
    found
}

fn upper(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().to_uppercase()
}

/// A person's or group's name without the e-mail address behind it.
fn without_address(author: &str) -> String {
    author.split('<').next().unwrap_or_default().trim().replace('|', "/")
}

fn copyrights(content: &str) -> BTreeSet<String> {
    let lines = content.lines().filter(|line| licences::is_copyright(line)).take(4);
    lines
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "/"))
        .collect()
}

/// A direct dependency in two versions means two types of one name: only with a reason.
fn linked_twice(metadata: &Value, packages: &[Package]) -> Result<()> {
    let ours = list(metadata, "packages").filter(|p| p["source"].is_null());
    let direct: BTreeSet<&str> =
        ours.flat_map(|p| list(p, "dependencies")).filter_map(|d| d["name"].as_str()).collect();
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages {
        versions.entry(&package.name).or_default().push(&package.version);
    }
    versions.retain(|_, found| found.len() > 1);
    let unexpected: Vec<String> = versions
        .iter()
        .filter(|(name, _)| direct.contains(*name) && TWICE.iter().all(|(known, _)| known != *name))
        .map(|(name, found)| format!("{name} ({})", found.join(", ")))
        .collect();
    eprintln!("  {} packages are linked in more than one version", versions.len());
    if unexpected.is_empty() {
        return Ok(());
    }
    bail!(
        "direct dependencies linked twice: {}. Use one version, or record why not in notices.rs",
        unexpected.join("; ")
    )
}

const HEAD: &str = "# Third-party notices

Generated by `cargo xtask notices`; do not edit. Kith itself is MIT OR Apache-2.0. It links and
embeds the works below, each under the terms named; where a package offers a choice, the text given
is that of the licence we take it under. Complete for Linux on x86-64 and for the page (WASM).

## Packages

| Package | Version | Licence | Copyright |
|---|---|---|---|
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_read_from_a_text() {
        let text = "MIT License\n\nCopyright (c) 2020  A | B\n\nThe above copyright notice";
        let owners: Vec<String> = copyrights(text).into_iter().collect();
        assert_eq!(owners, ["Copyright (c) 2020 A / B"]);
    }

    #[test]
    fn an_author_is_credited_without_an_address() {
        assert_eq!(without_address("A Person <a@b.example>"), "A Person");
    }

    #[test]
    fn one_family_covers_many() {
        let mut texts = Texts::default();
        texts.add("MIT", "Copyright 2020 A\nPermission", "a 1");
        texts.add("MIT", "Copyright 2021 B\n\nPermission", "b 1");
        let families: Vec<usize> = texts.families.values().map(|(_, of)| of.len()).collect();
        assert_eq!(families, [2]);
    }
}
