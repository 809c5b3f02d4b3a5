//! What people, disks and other programs get wrong: each is refused with the documented exit code and a sentence that says what
//! to do, and whatever is refused changes nothing.

mod lines;
mod machine;
mod plans;

use serde_json::json;

use crate::store::Scene;
use crate::store::look::Look;
use crate::store::people::{conversation, snippet};

/// Exit codes, as `docs/operations.md` has them.
mod exit {
    pub(super) const DONE: i32 = 0;
    pub(super) const FAILED: i32 = 1;
    pub(super) const USAGE: i32 = 2;
    pub(super) const INPUT: i32 = 3;
    pub(super) const GUARDED: i32 = 4;
    pub(super) const PARTIAL: i32 = 6;
    pub(super) const FORBIDDEN: i32 = 7;
    pub(super) const IN_USE: i32 = 8;
    pub(super) const NOT_FOUND: i32 = 10;
}

/// Three conversations and a snippet, of which a run in the spring of 2026 would change all.
fn scene() -> Scene {
    let scene = Scene::new("Europe/Copenhagen");
    scene.settings(json!({"audio-days": 30, "statistics-days": 180, "snippet-days": 30}));
    let mut records: Vec<_> = (0..3).map(|index| conversation(index, "2026-01-10T09:00:00Z")).collect();
    records.push(snippet(0, "2026-01-11T09:00:00Z"));
    scene.import(&records);
    scene
}

/// A day on which everything in the scene is due in part, and a run for it.
const RUN: [&str; 5] = ["run", "--date", "2026-03-01", "--approve", "all"];

/// The command does what it was asked for.
#[track_caller]
fn done(scene: &Scene, words: &[&str]) -> String {
    let (exit, said) = scene.told(words);
    assert_eq!(exit, exit::DONE, "{words:?}: {said}");
    said
}

/// The command is refused with this code and these words, and nothing is changed.
#[track_caller]
fn refused(scene: &Scene, words: &[&str], exit: i32, part: &str) {
    let before = Look::at(&scene.store()).state();
    let (given, said) = if exit == exit::IN_USE { scene.told_once(words) } else { scene.told(words) };
    assert_eq!(given, exit, "{words:?}: {said}");
    assert!(said.contains(part), "{words:?}: {said}");
    assert_eq!(Look::at(&scene.store()).state(), before, "{words:?} was refused, and yet changed something");
}

#[test]
fn settings_outside_the_schema_change_nothing() {
    let scene = scene();
    for setting in [
        "audio-days=-1",
        "audio-days=36501",
        "audio-days=1.5",
        "audio-days=ninety",
        "statistics-days=[30]",
        "anonymise-transcript=perhaps",
        "weeks=3",
    ] {
        refused(&scene, &["settings", "set", setting], exit::INPUT, "the settings were refused; nothing was changed");
    }
    // One bad setting among good ones: none is set.
    refused(&scene, &["settings", "set", "audio-days=60", "weeks=3"], exit::INPUT, "weeks");
    refused(&scene, &["settings", "set", "audio-days"], exit::INPUT, "write KEY=VALUE");
    refused(&scene, &["settings", "set", "=3"], exit::INPUT, "write KEY=VALUE");
    done(&scene, &["settings", "set", "audio-days=60", "anonymise-transcript=false"]);
}

#[test]
fn a_time_zone_that_does_not_exist_adds_no_tenant() {
    let scene = scene();
    for zone in ["Europe/Kopenhagen", "CET+1", "", "europe/copenhagen "] {
        refused(&scene, &["tenant", "add", "other", "--time-zone", zone], exit::INPUT, "there is no time zone");
    }
    for id in ["", "Acme", "a b", "../x", &"a".repeat(64)] {
        refused(&scene, &["tenant", "add", id, "--time-zone", "UTC"], exit::INPUT, "cannot be a tenant's id");
    }
    refused(&scene, &["tenant", "add", "acme", "--time-zone", "UTC"], exit::INPUT, "tenant acme exists already");
}

#[test]
fn what_is_not_there_is_said_to_be_not_there() {
    let scene = scene();
    done(&scene, &["user", "add", "kim", "--role", "owner"]);
    let delete = |id| ["delete", id, "--as", "kim", "--reason", "asked for it"];
    for (words, part) in [
        (&["--tenant", "nobody", "run"][..], "there is no tenant \"nobody\"; this store has acme"),
        (&["--tenant", "nobody", "plan"], "there is no tenant \"nobody\""),
        (&["show", "conversation-9999"], "no conversation \"conversation-9999\""),
        (&delete("conversation-9999"), "no conversation \"conversation-9999\""),
        (&["hold", "place", "conversation-9999", "--reason", "dispute"], "no conversation \"conversation-9999\""),
        (
            &["hold", "place", "conversation-0000", "--snippet", "--reason", "dispute"],
            "no snippet \"conversation-0000\"",
        ),
        (&["hold", "release", "7"], "there is no hold 7 in force"),
        (&["policy", "activate", "weekly"], "no module \"weekly\" is installed"),
        (&["policy", "activate", ""], "no module \"\" is installed"),
    ] {
        refused(&scene, words, exit::NOT_FOUND, part);
    }
    let (given, said) = scene.told(&["--store", "/nowhere/at/all", "status"]);
    assert_eq!(given, exit::NOT_FOUND, "{said}");
    assert!(said.contains("is not a store; create one with `lapse init`"), "{said}");
}

#[test]
fn a_tenant_without_a_policy_deletes_nothing() {
    let scene = Scene::bare();
    // An executable beside which no policy lies, as where somebody copied it alone.
    let mut add = scene.lapse(&["tenant", "add", "new", "--time-zone", "UTC"]);
    let added = add.env("LAPSE_POLICIES", scene.store()).output().expect("the binary starts");
    assert!(added.status.success());
    refused(&scene, &RUN, exit::NOT_FOUND, "tenant new has no policy");
}

#[test]
fn who_may_not_delete_does_not() {
    let scene = scene();
    done(&scene, &["user", "add", "kim", "--role", "owner"]);
    done(&scene, &["user", "add", "mo", "--role", "member"]);
    let delete = |user| ["delete", "conversation-0001", "--as", user, "--reason", "asked for it"];
    refused(&scene, &delete("mo"), exit::FORBIDDEN, "user mo is a member");
    refused(&scene, &delete("nobody"), exit::FORBIDDEN, "has no user \"nobody\"");
    refused(&scene, &["user", "add", "kim@example.org", "--role", "owner"], exit::INPUT, "no e-mail address");

    done(&scene, &["hold", "place", "conversation-0001", "--reason", "dispute"]);
    refused(&scene, &delete("kim"), exit::FORBIDDEN, "is under legal hold and is kept");
    done(&scene, &["hold", "release", "1"]);
    // The words of a snippet change with its conversation, so a hold on one holds the other.
    done(&scene, &["hold", "place", "snippet-0000", "--snippet", "--reason", "dispute"]);
    let delete_first = ["delete", "conversation-0000", "--as", "kim", "--reason", "asked for it"];
    refused(&scene, &delete_first, exit::FORBIDDEN, "is under legal hold and is kept");
    done(&scene, &delete("kim"));
    refused(&scene, &delete("kim"), exit::NOT_FOUND, "it may have been deleted");
}

#[test]
fn a_guard_stops_a_run_before_its_first_action() {
    let scene = scene();
    refused(&scene, &RUN[..3], exit::GUARDED, "nothing was deleted for tenant acme: first-run");
    refused(&scene, &["run", "--date", "2999-01-01", "--approve", "first-run"], exit::GUARDED, "future-date");
    refused(&scene, &["run", "--approve", "yes"], exit::USAGE, "there is no such guard");
    refused(&scene, &["run", "--date", "01/03/2026"], exit::USAGE, "write YYYY-MM-DD");
    done(&scene, &RUN);
}

#[test]
fn a_number_that_is_none_is_not_repeated() {
    let scene = scene();
    let (given, said) = scene.told(&["find", "--customer", "Quilbabado"]);
    assert_eq!(given, exit::INPUT, "{said}");
    assert!(said.contains("this is no phone number") && !said.contains("Quil"), "{said}");
}
