//! Stores for tests: a folder with a real database, the real standard policy and real WAV files, and the library or the binary
//! at work on it. What is inside afterwards is read by other means: see [`look`].

pub(crate) mod image;
pub(crate) mod look;
pub(crate) mod people;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::rc::Rc;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use lapse::error::Exit;
use lapse::host::{Host, RunOptions, RunReport, Silent, Surroundings};
use lapse::plan::Approval;
use lapse::policy::Compiler;
use lapse::record::Day;
use lapse::storage::Tenant;
use lapse::store::{Access, Store, StoreError};
use serde_json::Value;
use tempfile::TempDir;

use self::image::Image;
use crate::support::{guest, lapse_binary};

/// The tenant of every store here, unless a test adds others.
pub(crate) const TENANT: &str = "acme";

/// A clock that only a test moves.
#[derive(Clone)]
pub(crate) struct Clock(Rc<Cell<DateTime<Utc>>>);

impl Clock {
    pub(crate) fn at(instant: &str) -> Clock {
        Clock(Rc::new(Cell::new(instant.parse().expect("an instant"))))
    }

    pub(crate) fn set(&self, instant: &str) {
        self.0.set(instant.parse().expect("an instant"));
    }
}

/// What a host takes from its surroundings, repeatable: the given clock, and bits drawn from a seed.
pub(crate) fn surroundings(clock: &Clock, seed: u64) -> Surroundings {
    let (clock, draws) = (clock.clone(), Cell::new(seed << 32));
    Surroundings {
        now: Box::new(move || clock.0.get()),
        random: Box::new(move || {
            draws.set(draws.get() + 1);
            let mut bits = [0; 16];
            bits[..8].copy_from_slice(&mixed(draws.get()).to_be_bytes());
            bits[8..].copy_from_slice(&draws.get().to_be_bytes());
            bits
        }),
        compiler: Compiler::new(lapse_binary()),
        progress: Box::new(Silent),
    }
}

/// SplitMix64's finaliser: neighbouring numbers give bits that have nothing to do with each other.
pub(crate) fn mixed(number: u64) -> u64 {
    let step = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let step = (step ^ (step >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    step ^ (step >> 31)
}

/// A store with the standard policy installed and no tenant. Admitting a policy takes a second, so it is done once.
static EMPTY: LazyLock<Image> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let host = Host::create(folder.path(), surroundings(&Clock::at("2024-01-01T00:00:00Z"), 0)).expect("a store");
    host.install_module(&guest("standard")).expect("the standard policy is admitted");
    host.settle().expect("settled");
    drop(host);
    Image::of(folder.path())
});

/// A folder with a store, and beside it what is imported.
pub(crate) struct Scene {
    folder: TempDir,
    seeds: Cell<u64>,
    /// The clock of every host in this scene.
    pub(crate) clock: Clock,
}

impl Scene {
    /// A store without a tenant.
    pub(crate) fn bare() -> Scene {
        Scene::from(&EMPTY)
    }

    /// A store with one tenant that keeps everything for ever.
    pub(crate) fn new(zone: &str) -> Scene {
        let scene = Scene::bare();
        scene.add_tenant(TENANT, zone);
        scene
    }

    /// A store as it was when the image was taken.
    pub(crate) fn from(image: &Image) -> Scene {
        let folder = tempfile::tempdir().expect("a folder");
        image.write(&folder.path().join("store"));
        Scene { folder, seeds: Cell::new(0), clock: Clock::at("2027-06-01T12:00:00Z") }
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// A path beside the store.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The store as it is; nothing may have it open.
    pub(crate) fn image(&self) -> Image {
        Image::of(&self.store())
    }

    /// Opens the store, as a process of its own would.
    pub(crate) fn host(&self) -> Host {
        Host::over(self.parts(), self.surroundings())
    }

    /// The parts of the store, for a test that puts something between them and the host.
    pub(crate) fn parts(&self) -> Store {
        unless_in_use(|| match Store::open(&self.store(), Access::Write) {
            Err(StoreError::InUse) => None,
            opened => Some(opened.expect("the store opens")),
        })
    }

    pub(crate) fn surroundings(&self) -> Surroundings {
        self.seeds.set(self.seeds.get() + 1);
        surroundings(&self.clock, self.seeds.get())
    }

    pub(crate) fn add_tenant(&self, id: &str, zone: &str) {
        let host = self.host();
        let tenant = host.add_tenant(id, zone).expect("a tenant");
        let standard = host.module("standard").expect("the standard policy is installed");
        host.activate(&tenant, &standard.digest).expect("activated");
        host.settle().expect("settled");
    }

    /// Sets settings of the one tenant, written as a JSON object.
    pub(crate) fn settings(&self, settings: Value) {
        let host = self.host();
        set(&host, &tenant(&host), settings);
        host.settle().expect("settled");
    }

    /// Writes records, and a WAV file for each that names one, to be imported: the file of lines, and the folder of audio.
    pub(crate) fn write_records(&self, name: &str, records: &[Value]) -> (PathBuf, PathBuf) {
        let (lines, audio) = (self.beside(&format!("{name}.ndjson")), self.beside("wav"));
        people::write(records, &lines, &audio);
        (lines, audio)
    }

    /// Imports records into the one tenant.
    pub(crate) fn import(&self, records: &[Value]) {
        let (lines, audio) = self.write_records("records", records);
        let host = self.host();
        let imported = host.import(&tenant(&host), &lines, Some(&audio)).expect("imported");
        assert_eq!((imported.bad, imported.bad_lines.as_slice()), (0, &[][..]), "every line is good");
    }

    /// Runs the one tenant for a day, with every guard let pass.
    pub(crate) fn run(&self, date: &str) -> RunReport {
        run(&self.host(), date)
    }

    /// The binary, about to do something to this store.
    pub(crate) fn lapse(&self, words: &[&str]) -> Command {
        let mut command = Command::new(lapse_binary());
        command.args(words).env("LAPSE_STORE", self.store()).env_remove("LAPSE_POLICIES");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// What the binary answered: its exit code, and everything that it said.
    pub(crate) fn told(&self, words: &[&str]) -> (i32, String) {
        told_by(|| self.lapse(words))
    }

    /// The same for a store that the test keeps locked.
    pub(crate) fn told_once(&self, words: &[&str]) -> (i32, String) {
        answer(self.lapse(words).output().expect("the binary starts"))
    }
}

/// What a command answered that nobody else keeps from the store.
pub(crate) fn told_by(mut make: impl FnMut() -> Command) -> (i32, String) {
    unless_in_use(|| {
        let told = answer(make().output().expect("the command starts"));
        Some(told).filter(|(exit, _)| *exit != Exit::InUse as i32)
    })
}

/// Tries until the store is free. It is, but for an instant: a child that another test starts has every lock of this process from
/// its beginning until it becomes its own program.
fn unless_in_use<T>(mut attempt: impl FnMut() -> Option<T>) -> T {
    const ATTEMPTS_MAX: usize = 100_000;
    let tried = (0..ATTEMPTS_MAX).find_map(|_| {
        let done = attempt();
        if done.is_none() {
            std::thread::yield_now();
        }
        done
    });
    tried.expect("nobody keeps the store locked")
}

/// Exit code, and everything that was said.
fn answer(output: Output) -> (i32, String) {
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8(said).expect("words are UTF-8"))
}

/// The tenant of most tests.
pub(crate) fn tenant(host: &Host) -> Tenant {
    host.tenant(Some(TENANT)).expect("the tenant is there")
}

/// Replaces settings, written as a JSON object; `null` takes one out.
pub(crate) fn set(host: &Host, tenant: &Tenant, settings: Value) {
    let settings = settings.as_object().expect("an object").clone();
    let changes: Vec<_> = settings.into_iter().map(|(key, value)| (key, (!value.is_null()).then_some(value))).collect();
    host.set_settings(tenant, &changes).expect("the settings suit");
}

/// Runs the one tenant for a day, with every guard let pass.
pub(crate) fn run(host: &Host, date: &str) -> RunReport {
    host.run(&tenant(host), &options(date)).expect("a run")
}

/// A run for a day, with every guard let pass.
pub(crate) fn options(date: &str) -> RunOptions {
    RunOptions { date: Some(day(date)), full: false, approval: Approval::All }
}

pub(crate) fn day(date: &str) -> Day {
    Day::from(date.parse::<chrono::NaiveDate>().expect("a date"))
}

/// Every file below a folder, in order.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}
