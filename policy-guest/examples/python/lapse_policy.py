"""What a Lapse policy in Python needs: it turns the columns that the contract hands over into records, asks your function
about each, and turns the answers into the lists that the contract wants. Nothing but the standard library; the same file
runs in the component and, for tests, in any Python from 3.10.

A policy is a pure function of settings, day and record. There is no clock: `time.time()` and `datetime.date.today()` trap,
and what traps deletes nothing. `random` gives the same numbers each time. There are no files, no network and no
environment. Today is `ctx.today`.

Days are counted: days since 1970-01-01 in the tenant's time zone. An absent day, and never, is `None`.
"""

import datetime
import json
from collections import namedtuple

try:
    # What componentize-py makes of the contract; only in the component.
    from componentize_py_types import Err
    from wit_world.exports import policy as contract
except ModuleNotFoundError:
    contract = None

DAY_ABSENT = -(2**31)
DAY_MAX = 2**31 - 1
NUMBER_ABSENT = -(2**63)
CODE_ABSENT = 2**32 - 1
EPOCH = datetime.date(1970, 1, 1).toordinal()

ARTEFACTS = ("audio", "customer", "transcript", "anonymised_transcript", "statistics")
ACTIONS = (
    "purge-audio",
    "purge-customer",
    "anonymise-transcript",
    "purge-transcript",
    "purge-statistics",
    "purge-snippet",
)

#: Which artefacts a record has, as `state.audio`, `state.customer` …: the audio file; the customer's number, name and
#: reference; the transcript as it was spoken, or anonymised; score, sentiment, duration and tracker hits.
State = namedtuple("State", ARTEFACTS)

#: What a verdict depends on besides the record: the day, and the settings as a dictionary.
Context = namedtuple("Context", ["today", "settings"])

#: Actions, the name of the rule, and the day on which to ask again.
Verdict = namedtuple("Verdict", ["actions", "rule", "review_on"])

STATES = [State(*(bool(bits & 1 << bit) for bit in range(len(ARTEFACTS)))) for bits in range(1 << len(ARTEFACTS))]


class Refused(Exception):
    """Refuses the whole batch: nothing is deleted. The reason must not quote the data."""


def keep(rule, review_on=None):
    """Keeps everything, at least until the day of review: the first day on which the answer can change. None: never."""
    return Verdict(frozenset(), rule, review_on)


def act(actions, rule, review_on=None):
    """Purges or anonymises. The day of review as for `keep`."""
    return Verdict(frozenset(actions), rule, review_on)


def partial_deletion(state, anonymise=True):
    """What is personal, of what there is: audio, customer, and the transcript unless it may stay as it was spoken."""
    present = {
        "purge-audio": state.audio,
        "purge-customer": state.customer,
        "anonymise-transcript": state.transcript and anonymise,
    }
    return frozenset(action for action, is_present in present.items() if is_present)


def complete_deletion(state):
    """Everything there is: the conversation no longer exists and no longer counts."""
    present = {
        "purge-audio": state.audio,
        "purge-customer": state.customer,
        "purge-transcript": state.transcript or state.anonymised_transcript,
        "purge-statistics": state.statistics,
    }
    return frozenset(action for action, is_present in present.items() if is_present)


def due_after(day, days):
    """The first day on which a record of that day has been kept for so many whole days; None, never, without either."""
    if day is None or days is None:
        return None
    due = day + days + 1
    return due if due <= DAY_MAX else None


def is_due(due_on, today):
    """Whether something due on that day is due today; never where there is no such day."""
    return due_on is not None and due_on <= today


def earliest(*days):
    """The earliest of some days, where None means never."""
    return min((day for day in days if day is not None), default=None)


def day(date):
    """The day of a date in settings, as in `day("2026-03-01")`."""
    return datetime.date.fromisoformat(date).toordinal() - EPOCH


def reads(**columns):
    """Says what a function reads of a record: your name for each column, and the column's name. The record that the
    function gets has these attributes and no others."""

    def declare(decide):
        decide.columns = columns
        decide.record = namedtuple("Record", columns)
        return decide

    return declare


def export(*, name, version, rules, settings_schema, conversation, snippet, check_settings=lambda settings: None):
    """The policy that the component exports: `Policy = export(…)`.

    `rules` names each rule and says, for auditors, one sentence about it. `settings_schema` is a JSON Schema (draft 2020-12)
    as a dictionary. `conversation` and `snippet` are functions from record and context to a verdict, declared with `reads`.
    `check_settings` gives a sentence where settings cannot work although they fit the schema, and None otherwise.
    """
    indexes = {rule: index for index, rule in enumerate(rules)}

    class Policy:
        def describe(self):
            return contract.Manifest(
                name=name,
                version=version,
                reads_conversations=list(conversation.columns.values()),
                reads_snippets=list(snippet.columns.values()),
                rules=[contract.Rule(name=rule, description=description) for rule, description in rules.items()],
                settings_schema=json.dumps(settings_schema),
            )

        def check_settings(self, settings):
            refusal = check_settings(read_settings(settings))
            if refusal is not None:
                raise Err(refusal)

        def decide(self, about, ctx, rows, columns):
            decide = conversation if about is contract.Subject.CONVERSATION else snippet
            ctx = Context(ctx.today, read_settings(ctx.settings))
            try:
                verdicts = [decide_one(decide, record, ctx, row) for row, record in enumerate(records(decide, rows, columns))]
                return contract.Verdicts(
                    actions=[flags(verdict.actions) for verdict in verdicts],
                    rules=[index_of(indexes, verdict.rule) for verdict in verdicts],
                    review_on=[DAY_ABSENT if verdict.review_on is None else verdict.review_on for verdict in verdicts],
                )
            except Refused as refused:
                raise Err(str(refused)) from None

    Policy.conversation = staticmethod(conversation)
    Policy.snippet = staticmethod(snippet)
    return Policy


def read_settings(text):
    """JSON knows one kind of number: 30.0 is a whole one, as in the schema."""
    return json.loads(text, parse_float=lambda number: int(float(number)) if float(number).is_integer() else float(number))


def records(decide, rows, columns):
    """The records of a batch, one after the other."""
    if not columns:
        return (decide.record() for _ in range(rows))
    values = (read(name, column) for name, column in zip(decide.columns.values(), columns, strict=True))
    return map(decide.record._make, zip(*values, strict=True))


def read(name, column):
    """The values of one column. An unknown bit of `state` is an artefact that this policy does not know: it cannot tell what
    to do with such a record."""
    if isinstance(column, contract.Column_Days):
        return [None if value == DAY_ABSENT else value for value in column.value]
    if isinstance(column, contract.Column_Numbers):
        return [None if value == NUMBER_ABSENT else value for value in column.value]
    if isinstance(column, contract.Column_Text):
        values = column.value.values
        return [None if code == CODE_ABSENT else values[code] for code in column.value.codes]
    if name != "state":
        return [value != 0 for value in column.value]
    if any(bits >= len(STATES) for bits in column.value):
        raise Refused("the column state has a bit that the contract does not know")
    return [STATES[bits] for bits in column.value]


def decide_one(decide, record, ctx, row):
    """What went wrong is said by name and place: a message could quote the data."""
    try:
        return decide(record, ctx)
    except Refused:
        raise
    except Exception as error:
        place = error.__traceback__
        while place.tb_next:
            place = place.tb_next
        file, line = place.tb_frame.f_code.co_filename, place.tb_lineno
        raise Refused(f"row {row}: {type(error).__name__} raised in line {line} of {file.rpartition('/')[2]}") from None


FLAGS = {}


def flags(actions):
    """The contract's form of some actions, made once for each set of them."""
    if actions not in FLAGS:
        if not actions.issubset(ACTIONS):
            raise Refused(f"there is no action {', '.join(sorted(actions.difference(ACTIONS)))}")
        FLAGS[actions] = contract.Actions(sum(1 << ACTIONS.index(action) for action in actions))
    return FLAGS[actions]


def index_of(indexes, rule):
    if rule not in indexes:
        raise Refused(f"the policy has no rule {rule}")
    return indexes[rule]


def ask(policy, about, record, *, today, settings={}):
    """Asks a policy about one record: for tests. The record is written as in a fixture, by column, with dates as text:
    `ask(Policy, "conversation", {"recorded-on": "2025-12-01", "state": ["audio", "statistics"]}, today="2026-03-01")`.
    Columns that are left out are absent, or false."""
    decide = policy.conversation if about == "conversation" else policy.snippet
    values = (from_fixture(column, record.get(column)) for column in decide.columns.values())
    verdict = decide(decide.record(*values), Context(day(today), settings))
    review_on = verdict.review_on
    return {
        "actions": [action for action in ACTIONS if action in verdict.actions],
        "rule": verdict.rule,
        "review-on": "never" if review_on is None else datetime.date.fromordinal(review_on + EPOCH).isoformat(),
    }


def from_fixture(column, value):
    if column == "state":
        return State(*(name.replace("_", "-") in (value or ()) for name in ARTEFACTS))
    if column.endswith("-on"):
        return None if value is None else day(value)
    if value is None and (column in ("held", "conversation-exists") or column.startswith("tag:")):
        return False
    return value
