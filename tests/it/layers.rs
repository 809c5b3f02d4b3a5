//! The shape of the source, read as text: imports follow the way of the data, each room lacks what it must lack, and the style
//! that no lint knows is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::store::files;
use crate::support::repository;

/// The rooms of the host, in the direction in which data goes: each imports only from those before it.
const ROOMS: [&[&str]; 13] = [
    &["record"],
    &["columns", "conversation", "number", "trackers"],
    &["policy"],
    &["authoring"],
    &["storage"],
    &["blobs"],
    &["store", "plan", "ledger"],
    &["execute"],
    &["trial"],
    &["audit"],
    &["error"],
    &["host"],
    &["cli"],
];

/// What each room must not have, though it comes before: the absences that the architecture promises.
const ABSENT: [(&str, &[&str]); 11] = [
    ("policy", &["conversation", "number", "trackers"]),
    ("authoring", &["record", "columns", "conversation", "number", "trackers"]),
    ("storage", &["authoring"]),
    ("trackers", &["record", "storage"]),
    ("trial", &["conversation", "number", "trackers", "storage", "blobs", "plan", "ledger", "execute"]),
    ("audit", &["conversation", "number", "trackers", "storage", "blobs", "store", "plan", "ledger", "execute"]),
    ("plan", &["conversation", "number", "trackers", "blobs"]),
    ("ledger", &["conversation", "number", "policy", "blobs"]),
    ("execute", &["policy", "store"]),
    ("cli", &["blobs", "execute", "conversation", "number", "columns"]),
    ("store", &["conversation", "number", "columns"]),
];

/// A file of source: its room, its path, its lines without comments and without tests.
struct Source {
    room: String,
    path: String,
    code: Vec<(usize, String)>,
}

fn sources(folder: &str) -> Vec<Source> {
    let folder = repository().join(folder);
    let is_rust = |path: &Path| path.extension().is_some_and(|extension| extension == "rs");
    files(&folder).into_iter().filter(|path| is_rust(path)).map(|path| source(&folder, &path)).collect()
}

fn source(folder: &Path, path: &Path) -> Source {
    let inside = path.strip_prefix(folder).expect("inside").to_string_lossy().into_owned();
    let room = inside.split('/').next().expect("a name").trim_end_matches(".rs").to_owned();
    let text = std::fs::read_to_string(path).expect("text");
    let code = text.lines().zip(1..).take_while(|(line, _)| *line != "#[cfg(test)]");
    let code = code.filter(|(line, _)| !line.trim_start().starts_with("//"));
    Source { room, path: inside, code: code.map(|(line, number)| (number, line.to_owned())).collect() }
}

impl Source {
    /// The rooms that this file names after `crate::`.
    fn imports(&self) -> BTreeMap<String, usize> {
        let mut imports = BTreeMap::new();
        for (number, line) in &self.code {
            for (at, _) in line.match_indices("crate::") {
                let rest = &line[at + "crate::".len()..];
                let names = match rest.strip_prefix('{') {
                    Some(list) => {
                        list.split(['}', ',']).map(|name| name.trim().split("::").next().unwrap_or_default()).collect()
                    }
                    None => vec![rest],
                };
                for name in names {
                    let end =
                        name.find(|letter: char| !letter.is_ascii_lowercase() && letter != '_').unwrap_or(name.len());
                    if end > 0 {
                        imports.entry(name[..end].to_owned()).or_insert(*number);
                    }
                }
            }
        }
        imports
    }

    /// Lines that hold one of these words, as `path:line`.
    fn with<'a>(&'a self, words: &'a [&'a str]) -> impl Iterator<Item = String> + 'a {
        let has = |line: &str| words.iter().any(|word| line.contains(word));
        self.code
            .iter()
            .filter(move |(_, line)| has(line))
            .map(|(number, line)| format!("{}:{number}: {}", self.path, line.trim()))
    }
}

fn rank(room: &str) -> Option<usize> {
    ROOMS.iter().position(|rooms| rooms.contains(&room))
}

/// The host, but for the two files that only begin it.
fn host() -> Vec<Source> {
    sources("host/src").into_iter().filter(|source| source.room != "lib" && source.room != "main").collect()
}

#[test]
fn imports_follow_the_way_of_the_data() {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for source in host() {
        let here = rank(&source.room).unwrap_or_else(|| panic!("{} is in no room: give it one", source.path));
        seen.insert(source.room.clone());
        let absent = ABSENT.iter().find(|(room, _)| *room == source.room).map_or(&[][..], |(_, absent)| absent);
        for (import, line) in source.imports() {
            let there =
                rank(&import).unwrap_or_else(|| panic!("{}:{line} imports {import}, which is no room", source.path));
            if import != source.room && (there >= here || absent.contains(&import.as_str())) {
                wrong.push(format!("{}:{line} imports {import}", source.path));
            }
        }
    }
    assert_eq!(wrong, [""; 0], "imports against the way of the data");
    assert_eq!(seen.len(), ROOMS.iter().map(|rooms| rooms.len()).sum::<usize>(), "a room has no file: {seen:?}");
}

#[test]
fn storage_knows_no_engine() {
    // Of policies it stores only what they are called and what they say of themselves.
    let known =
        ["crate::policy::ModuleDigest;", "crate::policy::{Manifest, ModuleDigest};", "crate::policy::Manifest;"];
    for source in host().iter().filter(|source| source.room == "storage") {
        let lines = source.with(&["crate::policy"]);
        let wrong: Vec<_> = lines.filter(|line| !known.iter().any(|known| line.ends_with(known))).collect();
        assert_eq!(wrong, [""; 0]);
    }
}

#[test]
fn one_place_changes_records_and_one_place_deletes_audio() {
    let callers = |word| {
        let lines = host().into_iter().flat_map(move |source| source.with(&[word]).collect::<Vec<_>>());
        lines.map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(callers(".change("), ["execute.rs"]);
    assert_eq!(callers("blobs.delete("), ["execute.rs"]);
}

#[test]
fn only_the_command_line_prints() {
    let words = ["println!", "print!", "eprintln!", "eprint!", "stdout()", "stderr()", "dbg!"];
    // A child process hands compiled code to its parent that way.
    let prints = |source: &Source| source.room != "cli" && source.path != "policy/compile.rs";
    let wrong: Vec<_> = host()
        .iter()
        .filter(|source| prints(source))
        .flat_map(|source| source.with(&words).collect::<Vec<_>>())
        .collect();
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn time_and_randomness_come_in_as_arguments() {
    // Where the process begins, where a new store draws its key, and where a file in the making gets a name of its own.
    let rim = ["host.rs", "store.rs", "policy/cache.rs"];
    let words = ["Utc::now", "SystemTime", "getrandom::", "Local::now"];
    let rooms = host();
    let wrong =
        rooms.iter().filter(|source| !rim.contains(&source.path.as_str())).flat_map(|source| source.with(&words));
    assert_eq!(wrong.collect::<Vec<_>>(), [""; 0]);
}

/// Every folder of source that people write.
const SOURCE: [&str; 6] =
    ["host/src", "anonymise/src", "policy-guest/sdk/src", "policy-guest/standard/src", "xtask/src", "tests/it"];

#[test]
fn every_module_says_what_it_is() {
    for folder in SOURCE {
        for path in
            files(&repository().join(folder)).iter().filter(|path| path.extension().is_some_and(|end| end == "rs"))
        {
            let text = std::fs::read_to_string(path).expect("text");
            // Generated, and compared with its generator by a test.
            let is_generated = path.ends_with("sdk/src/bindings.rs");
            assert!(is_generated || text.starts_with("//! "), "{} does not say what it is", path.display());
        }
    }
}

#[test]
fn nothing_is_left_for_later_and_nothing_is_waved_through() {
    // Written in pieces, so that this file does not find itself.
    let words = [
        concat!("to", "do!("),
        concat!("unimpl", "emented!("),
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("#[al", "low("),
    ];
    let unwrap = concat!(".unw", "rap()");
    for folder in SOURCE {
        for source in sources(folder).iter().filter(|source| source.path != "bindings.rs") {
            let wrong: Vec<_> = source.with(&words).collect();
            assert_eq!(wrong, [""; 0], "{folder}");
            let wrong: Vec<_> = source.with(&[unwrap]).collect();
            assert_eq!(wrong, [""; 0], "{folder}");
        }
    }
}
