//! The rules, day by day around every boundary, against a model that is written the other way round: not what to do
//! today, but what may be left.

use lapse_policy_sdk::testing::{day, review_on_is_true};
use lapse_policy_sdk::{Actions, Artefacts, Context, Day, Period, Verdict};
use proptest::prelude::*;

use crate::{Conversation, Rule, Settings, Snippet};

const RECORDED: i32 = 20_000;
const RAW: Artefacts =
    Artefacts::AUDIO.union(Artefacts::CUSTOMER).union(Artefacts::TRANSCRIPT).union(Artefacts::STATISTICS);
const PARTLY: Artefacts = Artefacts::ANONYMISED_TRANSCRIPT.union(Artefacts::STATISTICS);

const AUDIO_AND_CUSTOMER: Actions = Actions::PURGE_AUDIO.union(Actions::PURGE_CUSTOMER);
const PARTIAL: Actions = AUDIO_AND_CUSTOMER.union(Actions::ANONYMISE_TRANSCRIPT);
const COMPLETE: Actions = AUDIO_AND_CUSTOMER.union(Actions::PURGE_TRANSCRIPT).union(Actions::PURGE_STATISTICS);

fn settings(audio_days: Option<u32>, statistics_days: Option<u32>) -> Settings {
    let period = |days| Period::new(days).expect("a period");
    Settings { audio_days: audio_days.map(period), statistics_days: statistics_days.map(period), ..Settings::default() }
}

fn recorded(state: Artefacts) -> Conversation {
    Conversation { recorded_on: Day::new(RECORDED), state, held: false }
}

/// The verdict so many days after the recording.
fn after(days: i32, row: Conversation, settings: Settings) -> Verdict<Rule> {
    super::conversation(row, &Context { today: day(RECORDED + days), settings })
}

/// The day so many days after the recording.
fn on(days: i32) -> Option<Day> {
    Day::new(RECORDED + days)
}

mod a_conversation {
    use super::*;

    #[test]
    fn is_kept_for_ninety_whole_days_and_then_loses_what_is_personal() {
        let settings = settings(Some(90), Some(180));
        for days in [-1, 0, 1, 89, 90] {
            assert_eq!(after(days, recorded(RAW), settings), Verdict::keep(Rule::Keep, on(91)), "{days}");
        }
        for days in [91, 92, 180] {
            assert_eq!(after(days, recorded(RAW), settings), Verdict::act(PARTIAL, Rule::AudioDays, on(181)), "{days}");
        }
        for days in [181, 182, 10_000] {
            assert_eq!(
                after(days, recorded(RAW), settings),
                Verdict::act(COMPLETE, Rule::StatisticsDays, None),
                "{days}"
            );
        }
    }

    #[test]
    fn that_was_partly_deleted_waits_for_the_rest() {
        let settings = settings(Some(90), Some(180));
        for days in [0, 90, 91, 180] {
            assert_eq!(after(days, recorded(PARTLY), settings), Verdict::keep(Rule::Keep, on(181)), "{days}");
        }
        let rest = Actions::PURGE_TRANSCRIPT | Actions::PURGE_STATISTICS;
        assert_eq!(after(181, recorded(PARTLY), settings), Verdict::act(rest, Rule::StatisticsDays, None));
    }

    #[test]
    fn without_periods_is_kept_for_ever() {
        for state in every_state() {
            let verdict = after(30_000, recorded(state), Settings::default());
            assert_eq!(verdict, Verdict::keep(Rule::Keep, None), "{state:?}");
        }
    }

    #[test]
    fn with_audio_days_only_keeps_its_statistics_for_ever() {
        let settings = settings(Some(90), None);
        assert_eq!(after(90, recorded(RAW), settings), Verdict::keep(Rule::Keep, on(91)));
        assert_eq!(after(91, recorded(RAW), settings), Verdict::act(PARTIAL, Rule::AudioDays, None));
        assert_eq!(after(91, recorded(PARTLY), settings), Verdict::keep(Rule::Keep, None));
    }

    #[test]
    fn with_statistics_days_only_goes_as_a_whole() {
        let settings = settings(None, Some(180));
        assert_eq!(after(180, recorded(RAW), settings), Verdict::keep(Rule::Keep, on(181)));
        assert_eq!(after(181, recorded(RAW), settings), Verdict::act(COMPLETE, Rule::StatisticsDays, None));
    }

    #[test]
    fn goes_as_a_whole_at_the_earlier_date() {
        for audio_days in [180, 181, 36_500] {
            let settings = settings(Some(audio_days), Some(180));
            assert_eq!(after(180, recorded(RAW), settings), Verdict::keep(Rule::Keep, on(181)), "{audio_days}");
            let whole = Verdict::act(COMPLETE, Rule::StatisticsDays, None);
            assert_eq!(after(181, recorded(RAW), settings), whole, "{audio_days}");
        }
    }

    #[test]
    fn with_a_period_of_no_days_is_kept_on_its_own_day() {
        let settings = settings(Some(0), Some(1));
        assert_eq!(after(0, recorded(RAW), settings), Verdict::keep(Rule::Keep, on(1)));
        assert_eq!(after(1, recorded(RAW), settings), Verdict::act(PARTIAL, Rule::AudioDays, on(2)));
        assert_eq!(after(2, recorded(RAW), settings), Verdict::act(COMPLETE, Rule::StatisticsDays, None));
    }

    #[test]
    fn keeps_its_transcript_where_it_is_not_to_be_anonymised() {
        let off = Settings { anonymise_transcript: false, ..settings(Some(90), Some(180)) };
        assert_eq!(after(91, recorded(RAW), off), Verdict::act(AUDIO_AND_CUSTOMER, Rule::AudioDays, on(181)));
        let spoken = Artefacts::TRANSCRIPT | Artefacts::STATISTICS;
        assert_eq!(after(92, recorded(spoken), off), Verdict::keep(Rule::Keep, on(181)));
        // Switched on later, it takes the transcripts that were left.
        let anonymise = Verdict::act(Actions::ANONYMISE_TRANSCRIPT, Rule::AudioDays, on(181));
        assert_eq!(after(92, recorded(spoken), settings(Some(90), Some(180))), anonymise);
    }

    #[test]
    fn loses_only_what_it_has() {
        let settings = settings(Some(90), Some(180));
        let chat = Artefacts::CUSTOMER | Artefacts::TRANSCRIPT | Artefacts::STATISTICS;
        let partial = Actions::PURGE_CUSTOMER | Actions::ANONYMISE_TRANSCRIPT;
        assert_eq!(after(91, recorded(chat), settings).actions, partial);
        let bare = Verdict::act(Actions::PURGE_STATISTICS, Rule::StatisticsDays, None);
        assert_eq!(after(181, recorded(Artefacts::STATISTICS), settings), bare);
        assert_eq!(after(91, recorded(Artefacts::STATISTICS), settings), Verdict::keep(Rule::Keep, on(181)));
    }

    #[test]
    fn under_legal_hold_is_kept_whatever_is_due() {
        for days in [0, 90, 91, 180, 181, 30_000] {
            let held = Conversation { held: true, ..recorded(RAW) };
            let verdict = after(days, held, settings(Some(90), Some(180)));
            assert_eq!(verdict, Verdict::keep(Rule::Held, None), "{days}");
        }
    }

    #[test]
    fn without_a_date_is_kept() {
        let undated = Conversation { recorded_on: None, ..recorded(RAW) };
        for days in [-30_000, 0, 30_000] {
            assert_eq!(after(days, undated, settings(Some(0), Some(0))), Verdict::keep(Rule::Undated, None));
        }
    }
}

mod a_snippet {
    use super::*;

    fn after(days: i32, row: Snippet, snippet_days: Option<u32>) -> Verdict<Rule> {
        let settings = Settings { snippet_days: snippet_days.and_then(Period::new), ..settings(Some(0), Some(0)) };
        super::super::snippet(row, &Context { today: day(RECORDED + days), settings })
    }

    const CREATED: Snippet = Snippet { created_on: Day::new(RECORDED), held: false };

    #[test]
    fn has_its_own_clock() {
        for days in [-1, 0, 364, 365] {
            assert_eq!(after(days, CREATED, Some(365)), Verdict::keep(Rule::Keep, on(366)), "{days}");
        }
        for days in [366, 367, 30_000] {
            let gone = Verdict::act(Actions::PURGE_SNIPPET, Rule::SnippetDays, None);
            assert_eq!(after(days, CREATED, Some(365)), gone, "{days}");
        }
        assert_eq!(after(0, CREATED, Some(0)), Verdict::keep(Rule::Keep, on(1)));
        assert_eq!(after(1, CREATED, Some(0)).actions, Actions::PURGE_SNIPPET);
    }

    #[test]
    fn is_kept_without_a_period_without_a_date_or_under_hold() {
        assert_eq!(after(30_000, CREATED, None), Verdict::keep(Rule::Keep, None));
        let undated = Snippet { created_on: None, ..CREATED };
        assert_eq!(after(30_000, undated, Some(0)), Verdict::keep(Rule::Undated, None));
        let held = Snippet { held: true, ..CREATED };
        assert_eq!(after(30_000, held, Some(0)), Verdict::keep(Rule::Held, None));
    }
}

mod over_time {
    use super::*;

    /// Every combination of short periods, held or not, dated or not, with and without anonymising, in every state.
    fn every_case() -> impl Iterator<Item = (Conversation, Settings)> {
        let periods = [None, Some(0), Some(1), Some(2), Some(5)];
        let pairs = periods.into_iter().flat_map(move |audio| periods.map(|statistics| settings(audio, statistics)));
        let all = pairs.flat_map(|on| [on, Settings { anonymise_transcript: false, ..on }]);
        all.flat_map(|settings| every_row().map(move |row| (row, settings)))
    }

    fn every_row() -> impl Iterator<Item = Conversation> {
        let dates = [None, Day::new(RECORDED)].into_iter();
        let holds = dates.flat_map(|recorded_on| [false, true].map(|held| (recorded_on, held)));
        holds.flat_map(|(recorded_on, held)| every_state().map(move |state| Conversation { recorded_on, state, held }))
    }

    /// What may be left of a conversation on a day; `None` once it no longer exists.
    fn may_be_left(row: Conversation, settings: Settings, today: i32) -> Option<Artefacts> {
        let is_over = |period: Option<Period>| {
            let age = row.recorded_on.map(|recorded_on| i64::from(today) - i64::from(recorded_on.number()));
            !row.held && age.zip(period).is_some_and(|(age, period)| age > i64::from(period.days()))
        };
        if is_over(settings.statistics_days) {
            return None;
        }
        let mut left = row.state;
        if is_over(settings.audio_days) {
            left.remove(Artefacts::AUDIO | Artefacts::CUSTOMER);
            if settings.anonymise_transcript && left.contains(Artefacts::TRANSCRIPT) {
                left.remove(Artefacts::TRANSCRIPT);
                left.insert(Artefacts::ANONYMISED_TRANSCRIPT);
            }
        }
        Some(left)
    }

    /// Carries a verdict out; `None` once the conversation no longer exists.
    fn carry_out(state: Artefacts, actions: Actions) -> Option<Artefacts> {
        let mut left = state;
        let mut take = |action, artefacts| {
            if actions.contains(action) {
                assert!(left.intersects(artefacts), "{action:?} with nothing to do it to");
                left.remove(artefacts);
            }
        };
        take(Actions::PURGE_AUDIO, Artefacts::AUDIO);
        take(Actions::PURGE_CUSTOMER, Artefacts::CUSTOMER);
        take(Actions::PURGE_TRANSCRIPT, Artefacts::TRANSCRIPT | Artefacts::ANONYMISED_TRANSCRIPT);
        take(Actions::ANONYMISE_TRANSCRIPT, Artefacts::TRANSCRIPT);
        take(Actions::PURGE_STATISTICS, Artefacts::STATISTICS);
        if actions.contains(Actions::ANONYMISE_TRANSCRIPT) {
            left.insert(Artefacts::ANONYMISED_TRANSCRIPT);
        }
        if actions.contains(Actions::PURGE_STATISTICS) {
            assert!(left.is_empty(), "the statistics go last");
            return None;
        }
        Some(left)
    }

    #[test]
    fn on_every_day_there_is_left_what_may_be_left() {
        for (row, settings) in every_case().filter(|(row, _)| row.state.contains(Artefacts::STATISTICS)) {
            let mut state = Some(row.state);
            for days in -1..9 {
                let decide = |state| after(days, Conversation { state, ..row }, settings).actions;
                state = state.and_then(|state| carry_out(state, decide(state)));
                assert_eq!(state, may_be_left(row, settings, RECORDED + days), "{days} {row:?} {settings:?}");
            }
        }
    }

    #[test]
    fn asking_on_the_days_of_review_alone_is_enough() {
        for (row, settings) in every_case().filter(|(row, _)| row.state.contains(Artefacts::STATISTICS)) {
            let mut state = Some(row.state);
            let mut review_on = on(0);
            for days in 0..9 {
                if let Some(present) = state
                    && review_on.is_some_and(|review_on| review_on <= day(RECORDED + days))
                {
                    let verdict = after(days, Conversation { state: present, ..row }, settings);
                    state = carry_out(present, verdict.actions);
                    review_on = verdict.review_on;
                }
                assert_eq!(state, may_be_left(row, settings, RECORDED + days), "{days} {row:?} {settings:?}");
            }
        }
    }

    #[test]
    fn the_day_of_review_is_the_first_on_which_the_answer_changes() {
        for (row, settings) in every_case() {
            let verdict = |today| super::super::conversation(row, &Context { today, settings });
            let days = day(RECORDED - 1)..=day(RECORDED + 9);
            assert_eq!(review_on_is_true(days, verdict), Ok(()), "{row:?} {settings:?}");
            for days in -1..9 {
                let now = after(days, row, settings);
                let then = now.review_on.map(verdict);
                let answer = |verdict: Verdict<Rule>| (verdict.actions, verdict.rule);
                assert!(then.is_none_or(|then| answer(then) != answer(now)), "{days} {row:?} {settings:?}");
            }
        }
    }
}

fn every_state() -> impl Iterator<Item = Artefacts> {
    (0..=Artefacts::all().bits()).map(Artefacts::from_bits_retain)
}

/// Any day, the first and the last there are among them.
fn any_day() -> impl Strategy<Value = Day> {
    let days =
        prop_oneof![Just(i32::MIN + 1), Just(i32::MAX), -40_000..40_000, i32::MIN + 1..=i32::MAX, i32::MAX - 40_000..];
    days.prop_map(day)
}

fn any_settings() -> impl Strategy<Value = Settings> {
    let period = || proptest::option::of(prop_oneof![Just(0), Just(Period::DAYS_MAX), 0..400_u32]);
    (period(), period(), period(), any::<bool>()).prop_map(|(audio, statistics, snippet, anonymise_transcript)| {
        Settings { anonymise_transcript, snippet_days: snippet.and_then(Period::new), ..settings(audio, statistics) }
    })
}

proptest! {
    #[test]
    fn nothing_is_deleted_before_its_day(
        recorded_on in any_day(), today in any_day(), settings in any_settings(), state in 0..=Artefacts::all().bits(),
    ) {
        let row = Conversation { recorded_on: Some(recorded_on), state: Artefacts::from_bits_retain(state), held: false };
        let verdict = super::conversation(row, &Context { today, settings });
        let age = i64::from(today.number()) - i64::from(recorded_on.number());
        let is_over = |period: Option<Period>| period.is_some_and(|period| age > i64::from(period.days()));
        prop_assert!(verdict.actions.is_empty() || is_over(settings.audio_days) || is_over(settings.statistics_days));
        prop_assert!(!verdict.actions.contains(Actions::PURGE_STATISTICS) || is_over(settings.statistics_days));
        prop_assert!(verdict.review_on.is_none_or(|review_on| review_on > today));
    }

    #[test]
    fn until_the_day_of_review_the_answer_stays(
        recorded_on in any_day(), today in any_day(), settings in any_settings(), state in 0..=Artefacts::all().bits(),
        between in any::<prop::sample::Index>(),
    ) {
        let row = Conversation { recorded_on: Some(recorded_on), state: Artefacts::from_bits_retain(state), held: false };
        let verdict = |today| super::conversation(row, &Context { today, settings });
        let now = verdict(today);
        let last = now.review_on.map_or(i32::MAX, |review_on| review_on.number() - 1);
        let ahead = usize::try_from(i64::from(last) - i64::from(today.number())).expect("the review lies ahead");
        let later = i64::from(today.number()) + i64::try_from(between.index(ahead + 1)).expect("days are few");
        let later = day(i32::try_from(later).expect("it lies before the last day"));
        prop_assert_eq!(verdict(later), now);
        prop_assert_eq!(verdict(day(last)), now);
    }

    #[test]
    fn a_snippet_goes_after_its_period_and_not_before(
        created_on in any_day(), today in any_day(), settings in any_settings(),
    ) {
        let row = Snippet { created_on: Some(created_on), held: false };
        let verdict = super::snippet(row, &Context { today, settings });
        let age = i64::from(today.number()) - i64::from(created_on.number());
        let is_over = settings.snippet_days.is_some_and(|period| age > i64::from(period.days()));
        prop_assert_eq!(!verdict.actions.is_empty(), is_over);
        prop_assert!(verdict.review_on.is_none_or(|review_on| review_on > today));
    }
}
