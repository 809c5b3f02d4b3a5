//! Days. *Keep N days* means N whole days after the day of the recording, where the tenant is: through the nights in which clocks
//! are moved, through leap days, whatever the clock of the machine says, in any batch and any order.

use chrono::{DateTime, FixedOffset};
use lapse::columns::{BATCH_RECORDS_MAX, Column};
use lapse::plan::Approval;
use lapse::policy::Context;
use lapse::record::{Artefacts, Day, Subject};
use serde_json::{Value, json};

use crate::store::look::Look;
use crate::store::people::{conversation, conversation_id};
use crate::store::{Clock, Scene, day, mixed, options, run, surroundings, tenant};

/// The last second of a day and the first of the next, on either side of what is special about a day. The offsets are those that
/// the people there had on their clocks.
const COPENHAGEN: [&str; 12] = [
    "2026-03-28T23:59:59+01:00", // the night in which an hour is left out
    "2026-03-29T00:00:00+01:00",
    "2026-03-29T23:59:59+02:00",
    "2026-03-30T00:00:00+02:00",
    "2026-10-24T23:59:59+02:00", // the night in which an hour comes twice
    "2026-10-25T00:00:00+02:00",
    "2026-10-25T23:59:59+01:00",
    "2026-10-26T00:00:00+01:00",
    "2024-02-28T23:59:59+01:00", // the leap day
    "2024-02-29T00:00:00+01:00",
    "2024-02-29T23:59:59+01:00",
    "2024-03-01T00:00:00+01:00",
];
const NEW_YORK: [&str; 12] = [
    "2026-03-07T23:59:59-05:00",
    "2026-03-08T00:00:00-05:00",
    "2026-03-08T23:59:59-04:00",
    "2026-03-09T00:00:00-04:00",
    "2026-10-31T23:59:59-04:00",
    "2026-11-01T00:00:00-04:00",
    "2026-11-01T23:59:59-05:00",
    "2026-11-02T00:00:00-05:00",
    "2024-02-28T23:59:59-05:00",
    "2024-02-29T00:00:00-05:00",
    "2024-02-29T23:59:59-05:00",
    "2024-03-01T00:00:00-05:00",
];
const AUCKLAND: [&str; 12] = [
    "2026-04-04T23:59:59+13:00",
    "2026-04-05T00:00:00+13:00",
    "2026-04-05T23:59:59+12:00",
    "2026-04-06T00:00:00+12:00",
    "2026-09-26T23:59:59+12:00",
    "2026-09-27T00:00:00+12:00",
    "2026-09-27T23:59:59+13:00",
    "2026-09-28T00:00:00+13:00",
    "2024-02-28T23:59:59+13:00",
    "2024-02-29T00:00:00+13:00",
    "2024-02-29T23:59:59+13:00",
    "2024-03-01T00:00:00+13:00",
];
const ZONES: [(&str, [&str; 12]); 3] =
    [("Europe/Copenhagen", COPENHAGEN), ("America/New_York", NEW_YORK), ("Pacific/Auckland", AUCKLAND)];

/// The date that stood on the wall.
fn date_on_the_wall(instant: &str) -> Day {
    let local: DateTime<FixedOffset> = instant.parse().expect("an instant");
    Day::from(local.date_naive())
}

/// A conversation of which nothing matters but when it was.
fn bare(index: usize, recorded_at: &str) -> Value {
    json!({"kind": "conversation", "id": conversation_id(index), "recorded_at": recorded_at, "customer": {"number": "+4520000000"}})
}

fn stored(scene: &Scene) -> Vec<String> {
    Look::at(&scene.store()).rows("SELECT id FROM conversation")
}

#[test]
fn every_day_is_kept_whole() {
    for (zone, instants) in ZONES {
        for days in [0, 1, 30] {
            let scene = Scene::new(zone);
            scene.settings(json!({"statistics-days": days}));
            let records: Vec<Value> =
                instants.iter().enumerate().map(|(index, instant)| bare(index, instant)).collect();
            scene.import(&records);
            // On every day on which something is about to change, and on the day after.
            let mut dates: Vec<i32> = instants.iter().map(|instant| date_on_the_wall(instant).0 + days).collect();
            dates.extend(dates.clone().iter().map(|date| date + 1));
            dates.sort_unstable();
            dates.dedup();
            let host = scene.host();
            for date in dates {
                run(&host, &Day(date).to_string());
                let is_kept = |index: &usize| date <= date_on_the_wall(instants[*index]).0 + days;
                let expected: Vec<String> = (0..instants.len()).filter(is_kept).map(conversation_id).collect();
                assert_eq!(stored(&scene), expected, "{zone}, {days} days, on {}", Day(date));
            }
        }
    }
}

#[test]
fn a_day_begins_at_midnight_where_the_tenant_is() {
    // Recorded and kept for one day: gone with the first second of the second day after, and not a second earlier.
    for (zone, recorded, last_second, first_second) in [
        ("Europe/Copenhagen", "2026-03-28T12:00:00+01:00", "2026-03-29T23:59:59+02:00", "2026-03-30T00:00:00+02:00"),
        ("Europe/Copenhagen", "2026-10-24T12:00:00+02:00", "2026-10-25T23:59:59+01:00", "2026-10-26T00:00:00+01:00"),
        ("America/New_York", "2026-03-07T12:00:00-05:00", "2026-03-08T23:59:59-04:00", "2026-03-09T00:00:00-04:00"),
        ("America/New_York", "2026-10-31T12:00:00-04:00", "2026-11-01T23:59:59-05:00", "2026-11-02T00:00:00-05:00"),
        ("Pacific/Auckland", "2026-04-04T12:00:00+13:00", "2026-04-05T23:59:59+12:00", "2026-04-06T00:00:00+12:00"),
        ("Pacific/Auckland", "2026-09-26T12:00:00+12:00", "2026-09-27T23:59:59+13:00", "2026-09-28T00:00:00+13:00"),
        ("Pacific/Auckland", "2024-02-28T12:00:00+13:00", "2024-02-29T23:59:59+13:00", "2024-03-01T00:00:00+13:00"),
    ] {
        let scene = Scene::new(zone);
        scene.settings(json!({"statistics-days": 1}));
        scene.import(&[bare(0, recorded)]);
        let host = scene.host();
        for (now, left) in [(recorded, 1), (last_second, 1), (first_second, 0)] {
            scene.clock.set(now);
            let today = lapse::host::RunOptions { date: None, full: false, approval: Approval::All };
            host.run(&tenant(&host), &today).expect("a run");
            assert_eq!(stored(&scene).len(), left, "{zone}: recorded {recorded}, now {now}");
        }
    }
}

#[test]
fn a_clock_that_jumps_changes_no_verdict_for_a_given_date() {
    let scene = Scene::new("Europe/Copenhagen");
    scene.settings(json!({"audio-days": 30, "statistics-days": 60}));
    let records: Vec<Value> =
        (0..6).map(|index| conversation(index, &format!("2026-0{}-15T12:00:00Z", 1 + index))).collect();
    scene.import(&records);
    let start = scene.image();
    let outcome = |clocks: [&str; 3]| {
        let scene = Scene::from(&start);
        for (clock, date) in clocks.iter().zip(["2026-03-01", "2026-04-20", "2026-06-30"]) {
            scene.clock.set(clock);
            scene.run(date);
        }
        let look = Look::at(&scene.store());
        (look.state(), look.receipted_intents(), look.rows("SELECT id, review_on FROM conversation"))
    };
    let steady = outcome(["2026-03-01T03:00:00Z", "2026-04-20T03:00:00Z", "2026-06-30T03:00:00Z"]);
    assert_eq!(outcome(["2025-03-01T03:00:00Z", "2031-04-20T03:00:00Z", "2024-06-30T03:00:00Z"]), steady, "it jumps");
    assert_eq!(outcome(["1970-01-01T00:00:00Z"; 3]), steady, "it has stopped");
}

#[test]
fn the_same_items_are_planned_in_whatever_order_records_came() {
    // More than a batch, recorded over a year, and in another order in each store.
    let count = BATCH_RECORDS_MAX + 200;
    let recorded = |index: usize| format!("{}T12:00:00Z", Day(day("2026-01-01").0 + (index % 365) as i32));
    let planned = |salt: u64| {
        let scene = Scene::new("Europe/Copenhagen");
        scene.settings(json!({"audio-days": 90, "statistics-days": 180}));
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|index| mixed(*index as u64 * salt));
        scene.import(&order.into_iter().map(|index| bare(index, &recorded(index))).collect::<Vec<_>>());
        let host = scene.host();
        let mut plan = Vec::new();
        let report = host.plan(&tenant(&host), &options("2026-09-01"), &mut plan).expect("a plan");
        assert_eq!(report.examined, count as u64);
        let plan = String::from_utf8(plan).expect("text");
        // The first line has the time and a number of its own, the last the seal.
        let mut items: Vec<String> = plan.lines().filter(|line| line.contains("\"rule\"")).map(str::to_owned).collect();
        items.sort();
        items
    };
    let items = planned(1);
    assert!(items.len() > count / 3 && items.len() < count, "{} of {count} are planned", items.len());
    assert_eq!(planned(0x9e37_79b9), items);
}

#[test]
fn a_batch_is_decided_row_by_row() {
    let scene = Scene::new("Europe/Copenhagen");
    let host = scene.host();
    let standard = host.module("standard").expect("installed");
    host.activate(&tenant(&host), &standard.digest).expect("activated");
    let policy = host.policy_of(&tenant(&host)).expect("loaded");
    let settings = r#"{"audio-days":30,"statistics-days":60}"#;
    let rows: Vec<(i32, u8, u8)> = (0..1000_u64)
        .map(|index| {
            let bits = mixed(index + 1);
            let on = day("2026-03-29").0 + (bits % 120) as i32 - 60;
            (on, (bits >> 8) as u8 & Artefacts::ALL.0, u8::from(bits >> 20 & 7 == 0))
        })
        .collect();
    let decide = |rows: &[(i32, u8, u8)]| {
        let columns = [
            Column::Days(rows.iter().map(|row| row.0).collect()),
            Column::States(rows.iter().map(|row| row.1).collect()),
            Column::States(rows.iter().map(|row| row.2).collect()),
        ];
        let context = Context { today: day("2026-04-29"), settings };
        let verdicts = policy.decide(Subject::Conversation, &context, rows.len(), &columns).expect("decided");
        let rest = verdicts.rules.into_iter().zip(verdicts.review_on);
        verdicts.actions.into_iter().zip(rest).collect::<Vec<_>>()
    };
    let expected = decide(&rows);
    for batch in [1, 7, 1000] {
        let answers: Vec<_> = rows.chunks(batch).flat_map(decide).collect();
        assert_eq!(answers, expected, "in batches of {batch}");
    }
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|index| mixed(*index as u64 + 7));
    let shuffled: Vec<_> = order.iter().map(|index| rows[*index]).collect();
    for batch in [7, 1000] {
        let answers: Vec<_> = shuffled.chunks(batch).flat_map(decide).collect();
        assert!(order.iter().zip(&answers).all(|(index, answer)| expected[*index] == *answer), "shuffled, by {batch}");
    }
}

#[test]
fn today_is_the_tenants_today() {
    let scene = Scene::new("Pacific/Auckland");
    let clock = Clock::at("2026-09-26T11:59:59Z");
    let host = lapse::host::Host::over(scene.parts(), surroundings(&clock, 1));
    assert_eq!(host.today(&tenant(&host)).to_string(), "2026-09-26");
    clock.set("2026-09-26T12:00:00Z");
    assert_eq!(host.today(&tenant(&host)).to_string(), "2026-09-27");
}
