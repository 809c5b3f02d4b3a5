//! `cargo xtask demo`: the main job from one end to the other, on invented calls, and a look whether it did what it
//! says.
//!
//! Everything goes through the real binary, as a person would use it. Only the search at the end of each step does not:
//! it reads the store's files as bytes, and believes nothing that `lapse` says about them.

mod day;
mod folder;
mod generate;
mod lapse;
mod random;
mod search;
mod statistics;
mod table;
mod views;
mod wave;
mod words;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use self::day::Day;
use self::folder::{Folders, size};
use self::generate::{CONVERSATIONS, Conversation, FIRST_DAY, Generated, LAST_DAY, SNIPPETS, generate};
use self::lapse::{Lapse, count, number};
use self::search::{Found, Needles};
use self::statistics::Statistics;
use self::table::{Align, Table, grouped};
use self::views::View;
use crate::failure::{Failure, Result};
use crate::guests;
use crate::repository::{cargo_command, lapse};
use crate::step;

const AUDIO_DAYS: i64 = 90;
const STATISTICS_DAYS: i64 = 180;
const SNIPPET_DAYS: i64 = 365;

/// The days on which the retention runs, all of them past. On the second, the first quarter is anonymised and nothing
/// is deleted yet.
const DATES: [Day; 5] =
    [Day::new(2025, 4, 5), FIRST_QUARTER_PARTIAL, Day::new(2025, 10, 1), Day::new(2026, 1, 2), Day::new(2026, 7, 25)];
const FIRST_QUARTER_PARTIAL: Day = Day::new(2025, 6, 30);
const FIRST_QUARTER: [&str; 3] = ["2025-01", "2025-02", "2025-03"];

/// The conversation that is shown: recorded on or after this day, so that the second run is its 90 days' and the third
/// its 180.
const SHOWN_FROM: Day = Day::new(2025, 2, 10);

/// What `lapse` ends with where a guard stops a run.
const GUARDED: i32 = 4;

/// `cargo xtask demo [--store DIR]`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let folders = Folders::of(arguments)?;
    guests::run()?;
    step::run("building lapse", &mut cargo_command(&["build", "--workspace", "--bin", "lapse"]))?;
    let started = Instant::now();
    let binary = lapse()?;
    let demo = Demo::prepare(&folders, Lapse::new(binary, folders.store()))?;
    demo.tell()?;
    println!("\nDone in {:.0} s.", started.elapsed().as_secs_f64());
    if folders.keeps_store {
        println!("The store stays: lapse --store {} status", folders.store().display());
    }
    Ok(())
}

/// A filled store, and what was put into it.
struct Demo<'a> {
    lapse: Lapse,
    store: &'a Path,
    generated: Generated,
}

impl Demo<'_> {
    /// Generates, makes a store, imports, and says how long what is kept.
    fn prepare(folders: &Folders, lapse: Lapse) -> Result<Demo<'_>> {
        let bar = bar("generating calls", Some(CONVERSATIONS as u64));
        let generated = generate(&folders.input(), &mut || bar.inc(1));
        bar.finish_and_clear();
        let generated = generated.map_err(|error| Failure::new(format!("generating: {error}")))?;
        lapse.json(&["init"])?;
        lapse.json(&["tenant", "add", "demo", "--time-zone", "Europe/Copenhagen"])?;
        let (lines, audio) = (generated.lines.display().to_string(), generated.audio.display().to_string());
        let imported = lapse.json(&["import", &lines, "--audio", &audio])?;
        let all = (CONVERSATIONS as u64, SNIPPETS as u64);
        if (number(&imported, "/conversations")?, number(&imported, "/snippets")?) != all {
            return Err(Failure::new(format!("not everything was imported: {imported}")));
        }
        for (name, phrases) in words::TRACKERS {
            lapse.json(&[&["tracker", "add", name], *phrases].concat())?;
        }
        let periods = [("audio", AUDIO_DAYS), ("statistics", STATISTICS_DAYS), ("snippet", SNIPPET_DAYS)];
        let settings = periods.map(|(period, days)| format!("{period}-days={days}"));
        lapse.json(&["settings", "set", &settings[0], &settings[1], &settings[2]])?;
        Ok(Demo { lapse, store: folders.store(), generated })
    }

    /// From the first search to the last.
    fn tell(&self) -> Result<()> {
        let conversations = grouped(CONVERSATIONS as u64);
        println!(
            "\n{conversations} conversations and {SNIPPETS} snippets, {FIRST_DAY} to {LAST_DAY}, in Danish and English."
        );
        println!("Kept: audio and customer {AUDIO_DAYS} days, statistics {STATISTICS_DAYS}, snippets {SNIPPET_DAYS}.");
        println!("Transcripts are anonymised with the audio.");
        self.search_before()?;
        self.run_without_approval()?;

        let shown = self.shown();
        let mut told = Told {
            views: vec![View::take("before", &self.lapse, shown)?],
            before: self.statistics()?,
            after: None,
            guards: BTreeSet::new(),
        };
        self.run_on_every_date(shown, &mut told)?;

        println!("\nConversation {}, recorded on {}:", shown.id, shown.day);
        views::print(&told.views);
        let after = told.after.ok_or_else(|| Failure::new("the first quarter was never anonymised"))?;
        println!("\nThe first quarter on {FIRST_QUARTER_PARTIAL}, trackers recomputed on anonymised transcripts:");
        told.before.print_beside(&after);
        if !told.before.agree(&after) {
            return Err(Failure::new("partial deletion changed the statistics"));
        }
        self.check()
    }

    /// The table of the runs, a line after each; and whatever is worth keeping on the way.
    fn run_on_every_date(&self, shown: &Conversation, told: &mut Told) -> Result<()> {
        println!();
        let table = Table::new(Align::Right, &[10, 6, 10, 8, 11, 5, 1, 10, 7, 8, 6, 10]);
        table.row(["", "stored", "", "", "", "", "|", "by the run", "", "", "", "found of"]);
        let stored = ["", "full", "anonymised", "snippets", "audio files", "MiB"];
        table.row(stored.iter().chain(&["|", "anonymised", "deleted", "snippets", "files", "purged"]));
        self.census(&table, "imported", None)?;
        for date in DATES {
            let ran = self.run_on(date)?;
            self.census(&table, &date.to_string(), Some(&ran))?;
            told.guards.extend(ran.guards);
            if date == FIRST_QUARTER_PARTIAL {
                self.lapse.json(&["tracker", "recompute"])?;
                told.after = Some(self.statistics()?);
            }
            let periods = [AUDIO_DAYS, STATISTICS_DAYS];
            if let Some(days) = periods.get(told.views.len() - 1).filter(|days| shown.day.plus(*days + 1) <= date) {
                told.views.push(View::take(&format!("after {days} days"), &self.lapse, shown)?);
            }
        }
        let guards: Vec<String> = told.guards.iter().cloned().collect();
        println!("  Guards that a person lets pass with --approve: {}.", guards.join(", "));
        Ok(())
    }

    /// The search must find everything while it is there; else finding nothing later means nothing.
    fn search_before(&self) -> Result<()> {
        let needles = self.purged_by(None);
        let found = self.search(&needles)?;
        let [values, all, places] = [found.values, needles.len(), found.places].map(grouped);
        println!("A search through every byte of the store, for {all} numbers, names and addresses:");
        println!("{values} found, in {places} places.");
        if found.values == needles.len() { Ok(()) } else { Err(Failure::new("the search misses what is there")) }
    }

    fn run_without_approval(&self) -> Result<()> {
        let date = DATES[0].to_string();
        let answer = self.lapse.try_json(&["run", "--tenant", "demo", "--date", &date])?;
        if answer.exit_code != GUARDED {
            return Err(Failure::new(format!("a first run without approval ended with {}", answer.exit_code)));
        }
        println!("A first run without approval is stopped by the guards: exit code {GUARDED}, and nothing is deleted.");
        Ok(())
    }

    /// Plans, lets the guards pass that would stop it, runs, and searches.
    fn run_on(&self, date: Day) -> Result<Ran> {
        let day = date.to_string();
        let plan = self.lapse.json(&["plan", "--tenant", "demo", "--date", &day])?;
        let guards: Vec<String> = plan["guards"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|guard| guard.as_str().map(str::to_owned))
            .collect();
        let approved = if date == DATES[0] { "all".to_owned() } else { guards.join(",") };
        let mut arguments = vec!["run", "--tenant", "demo", "--date", &day];
        if !approved.is_empty() {
            arguments.extend(["--approve", &approved]);
        }
        let report = self.lapse.json(&arguments)?;
        let needles = self.purged_by(Some(date));
        let found = self.search(&needles)?;
        if let Some(place) = found.first {
            return Err(Failure::new(format!("after the run for {date}, purged values are still there: {place}")));
        }
        Ok(Ran {
            anonymised: count(&report, "/runs/0/rules/audio-days"),
            deleted: count(&report, "/runs/0/rules/statistics-days"),
            snippets: count(&report, "/runs/0/rules/snippet-days"),
            files: number(&report, "/runs/0/audio-deleted")?,
            searched_for: needles.len(),
            found,
            guards,
        })
    }

    fn census(&self, table: &Table, label: &str, ran: Option<&Ran>) -> Result<()> {
        let status = self.lapse.json(&["status"])?;
        let stored = |field: &str| Ok(grouped(number(&status, &format!("/tenants/0/{field}"))?));
        let (files, _) = size(&self.store.join("blobs"))?;
        let (_, bytes) = size(self.store)?;
        let mut cells = vec![
            label.to_owned(),
            stored("conversations-full")?,
            stored("conversations-partial")?,
            stored("snippets")?,
            grouped(files),
            format!("{:.1}", bytes as f64 / f64::from(1 << 20)),
        ];
        match ran {
            None => cells.extend(["|", "–", "–", "–", "–", "–"].map(str::to_owned)),
            Some(ran) => {
                cells.push("|".to_owned());
                cells.extend([ran.anonymised, ran.deleted, ran.snippets, ran.files].map(grouped));
                cells.push(format!("{} of {}", ran.found.values, grouped(ran.searched_for)));
            }
        }
        table.row(cells);
        Ok(())
    }

    /// What is personal in the conversations whose audio days are over on a day; in all of them where there is no day.
    fn purged_by(&self, date: Option<Day>) -> Needles {
        let mut needles = Needles::default();
        let is_purged =
            |conversation: &&Conversation| date.is_none_or(|date| conversation.day.plus(AUDIO_DAYS + 1) <= date);
        self.generated.conversations.iter().filter(is_purged).for_each(|purged| needles.add(&purged.personal));
        needles
    }

    fn search(&self, needles: &Needles) -> Result<Found> {
        let bar = bar("searching every byte", None);
        let found = needles.search(self.store);
        bar.finish_and_clear();
        found.map_err(|error| Failure::new(format!("searching the store: {error}")))
    }

    fn statistics(&self) -> Result<Statistics> {
        Ok(Statistics::of(&self.lapse.json(&["stats", "--by", "month"])?, &FIRST_QUARTER))
    }

    /// A conversation in which a good deal is said.
    fn shown(&self) -> &Conversation {
        let mut later = self.generated.conversations.iter().filter(|conversation| conversation.day >= SHOWN_FROM);
        later.find(|conversation| conversation.personal.email.is_some()).expect("somebody gives an address")
    }

    fn check(&self) -> Result<()> {
        let checked = self.lapse.json(&["check"])?;
        let needles = self.purged_by(None);
        let found = self.search(&needles)?;
        let entries = grouped(number(&checked, "/ledger/entries")?);
        let (orphaned, missing) = (number(&checked, "/files/orphaned")?, number(&checked, "/files/missing")?);
        println!("\nlapse check: {orphaned} files orphaned, {missing} missing; the ledger of {entries} entries holds.");
        let (all, mebibytes) = (grouped(needles.len()), found.bytes as f64 / f64::from(1 << 20));
        println!(
            "The same search, for all {all} purged values, in {} files, {mebibytes:.1} MiB: {} found.",
            found.files, found.values
        );
        if found.values == 0 { Ok(()) } else { Err(Failure::new("purged values are still in the store")) }
    }
}

/// What is kept while the runs go on, to be told afterwards.
struct Told {
    /// One conversation: before, after the audio days, after the statistics days.
    views: Vec<View>,
    /// The statistics of the first quarter before any run, and when all of it is anonymised.
    before: Statistics,
    after: Option<Statistics>,
    guards: BTreeSet<String>,
}

/// What a run did, and what the search said afterwards.
struct Ran {
    anonymised: u64,
    deleted: u64,
    snippets: u64,
    files: u64,
    searched_for: u64,
    found: Found,
    guards: Vec<String>,
}

/// A bar, or where the end is not known a spinner, on standard error, where that is a terminal.
fn bar(what: &'static str, total: Option<u64>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (ProgressBar::new(total), "{msg:22} {wide_bar} {percent:>3} %"),
        None => (ProgressBar::new_spinner(), "{msg:22} {spinner}"),
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    if total.is_none() {
        bar.enable_steady_tick(Duration::from_millis(100));
    }
    bar.with_message(what)
}
