/**
 * What a Lapse policy in JavaScript needs: it turns the columns that the contract hands over into records, asks your
 * function about each, and turns the answers into the lists that the contract wants. No dependencies; the same file runs
 * in the component and, for tests, in Node.js.
 *
 * A policy is a pure function of settings, day and record. There is no clock: `Date.now()` traps, and what traps deletes
 * nothing. `Math.random()` gives the same numbers each time. There are no files and no network. Today is `ctx.today`.
 */

/** @typedef {number} Day Days since 1970-01-01 in the tenant's time zone. Absent, and never: `null`. */
/** @typedef {"purge-audio"|"purge-customer"|"anonymise-transcript"|"purge-transcript"|"purge-statistics"|"purge-snippet"} Action */
/**
 * @typedef {object} State Which artefacts a record has.
 * @property {boolean} audio The audio file.
 * @property {boolean} customer The customer's number, name and reference.
 * @property {boolean} transcript The transcript, as it was spoken.
 * @property {boolean} anonymisedTranscript The transcript, anonymised.
 * @property {boolean} statistics Score, sentiment, duration, tracker hits.
 */
/** @typedef {{actions: readonly Action[], rule: string, reviewOn: Day|null}} Verdict */
/** @typedef {{today: Day, settings: object}} Context */
/**
 * @typedef {object} Subject How a policy decides about one kind of record.
 * @property {Object<string, string>} reads What it reads: your name for each column, and the column's name. A record has
 *   these properties and no others.
 * @property {(record: object, ctx: Context) => Verdict} decide
 */
/**
 * @typedef {object} Definition
 * @property {string} name Lower-case words joined by hyphens.
 * @property {string} version The policy's own version, like 1.2.3.
 * @property {Object<string, string>} rules Each rule's name and, for auditors, one sentence.
 * @property {object} settingsSchema JSON Schema (draft 2020-12) of the settings.
 * @property {(settings: object) => string|undefined} [checkSettings] A sentence where the settings cannot work although
 *   they fit the schema.
 * @property {Subject} conversation
 * @property {Subject} snippet
 */

const DAY_MAX = 2 ** 31 - 1;
const DAY_ABSENT = -(2 ** 31);
const NUMBER_ABSENT = -(2 ** 63);

const ARTEFACTS = ["audio", "customer", "transcript", "anonymisedTranscript", "statistics"];
const FLAGS = {
  "purge-audio": "purgeAudio",
  "purge-customer": "purgeCustomer",
  "anonymise-transcript": "anonymiseTranscript",
  "purge-transcript": "purgeTranscript",
  "purge-statistics": "purgeStatistics",
  "purge-snippet": "purgeSnippet",
};

/** Every state there is, by its bits. @type {readonly State[]} */
const STATES = Array.from({ length: 1 << ARTEFACTS.length }, (_, bits) =>
  Object.freeze(Object.fromEntries(ARTEFACTS.map((name, bit) => [name, (bits & (1 << bit)) !== 0]))),
);

/** Keeps everything, at least until the day of review: the first day on which the answer can change. `null`: never. */
export function keep(rule, reviewOn = null) {
  return { actions: [], rule, reviewOn };
}

/** Purges or anonymises. The day of review as for `keep`. */
export function act(actions, rule, reviewOn = null) {
  return { actions, rule, reviewOn };
}

/** What is personal, of what there is: audio, customer, and the transcript unless it may stay as it was spoken. */
export function partialDeletion(state, anonymise = true) {
  const actions = [];
  if (state.audio) actions.push("purge-audio");
  if (state.customer) actions.push("purge-customer");
  if (state.transcript && anonymise) actions.push("anonymise-transcript");
  return actions;
}

/** Everything there is: the conversation no longer exists and no longer counts. */
export function completeDeletion(state) {
  const actions = [];
  if (state.audio) actions.push("purge-audio");
  if (state.customer) actions.push("purge-customer");
  if (state.transcript || state.anonymisedTranscript) actions.push("purge-transcript");
  if (state.statistics) actions.push("purge-statistics");
  return actions;
}

/** The first day on which a record of that day has been kept for so many whole days; `null`, never, without either. */
export function dueAfter(day, days) {
  if (day == null || days == null) return null;
  const due = day + days + 1;
  return due <= DAY_MAX ? due : null;
}

/** Whether something due on that day is due today; never where there is no such day. */
export function isDue(dueOn, today) {
  return dueOn != null && dueOn <= today;
}

/** The earliest of some days, where `null` means never. */
export function earliest(...days) {
  return days.reduce((one, other) => (one == null || (other != null && other < one) ? other : one), null);
}

/** The day of a date in settings, as in `day("2026-03-01")`. */
export function day(date) {
  const [, year, month, dayOfMonth] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date) ?? [];
  const milliseconds = Date.UTC(year, month - 1, dayOfMonth);
  const written = Number.isNaN(milliseconds) ? "" : new Date(milliseconds).toISOString().slice(0, 10);
  if (written !== date) throw new RangeError("a date is written like 2026-03-01");
  return milliseconds / 86_400_000;
}

/** The policy that the component exports: `export const policy = definePolicy({ … })`. @param {Definition} definition */
export function definePolicy(definition) {
  const { name, version, rules, settingsSchema, checkSettings = () => undefined } = definition;
  const names = Object.keys(rules);
  return {
    definition,
    describe: () => ({
      name,
      version,
      readsConversations: Object.values(definition.conversation.reads),
      readsSnippets: Object.values(definition.snippet.reads),
      rules: names.map((name) => ({ name, description: rules[name] })),
      settingsSchema: JSON.stringify(settingsSchema),
    }),
    checkSettings(settings) {
      const refusal = checkSettings(JSON.parse(settings));
      if (refusal !== undefined) throw refusal;
    },
    decide(about, { today, settings }, rows, columns) {
      const ctx = Object.freeze({ today, settings: JSON.parse(settings) });
      return decideRows(definition[about], names, ctx, rows, columns);
    },
  };
}

function decideRows(subject, rules, ctx, rows, columns) {
  const indexes = new Map(rules.map((name, index) => [name, index]));
  const readers = Object.keys(subject.reads).map((field, index) => {
    return [field, reader(subject.reads[field], columns[index])];
  });
  const verdicts = { actions: new Array(rows), rules: new Array(rows), reviewOn: new Array(rows) };
  for (let row = 0; row < rows; row++) {
    const record = {};
    for (const [field, read] of readers) record[field] = read(row);
    const verdict = decideOne(subject, record, ctx, row);
    verdicts.actions[row] = flags(verdict.actions);
    verdicts.rules[row] = indexes.get(verdict.rule) ?? refuse(`row ${row}: the policy has no rule ${verdict.rule}`);
    verdicts.reviewOn[row] = verdict.reviewOn ?? DAY_ABSENT;
  }
  return verdicts;
}

/** What went wrong is said by name and place: a message could quote the data. */
function decideOne(subject, record, ctx, row) {
  try {
    return subject.decide(record, ctx);
  } catch (error) {
    const place = String(error?.stack ?? "").trim().split("\n")[0].trim();
    return refuse(`row ${row}: ${error?.name ?? "something"} thrown ${place.startsWith("at ") ? place : ""}`);
  }
}

/** The contract's error: a string, thrown. The whole batch is refused, and nothing is deleted. */
function refuse(reason) {
  throw reason;
}

/** A function from row to value. */
function reader(name, { tag, val }) {
  switch (tag) {
    case "days":
      return (row) => (val[row] === DAY_ABSENT ? null : val[row]);
    case "numbers":
      return (row) => (val[row] === NUMBER_ABSENT ? null : val[row]);
    case "text":
      return (row) => val.values[val.codes[row]] ?? null;
    default:
      return name === "state" ? (row) => state(val[row]) : (row) => val[row] !== 0;
  }
}

/** An unknown bit is an artefact that this policy does not know: it cannot tell what to do with such a record. */
function state(bits) {
  return STATES[bits] ?? refuse("the column state has a bit that the contract does not know");
}

function flags(actions) {
  const flags = {};
  for (const action of actions) flags[FLAGS[action] ?? refuse(`there is no action ${action}`)] = true;
  return flags;
}

/**
 * Asks a policy about one record: for tests. The record is written as in a fixture, by column, with dates as text:
 * `ask(policy, "conversation", { "recorded-on": "2025-12-01", state: ["audio", "statistics"] }, { today: "2026-03-01" })`.
 * Columns that are left out are absent, or false.
 */
export function ask(policy, about, record, { today, settings = {} }) {
  const { reads, decide } = policy.definition[about];
  const read = Object.entries(reads).map(([field, column]) => [field, fromFixture(column, record[column])]);
  const verdict = decide(Object.fromEntries(read), Object.freeze({ today: day(today), settings }));
  const reviewOn = verdict.reviewOn == null ? "never" : new Date(verdict.reviewOn * 86_400_000).toISOString().slice(0, 10);
  return { actions: [...verdict.actions], rule: verdict.rule, reviewOn };
}

function fromFixture(column, value) {
  if (column === "state") {
    const present = (value ?? []).map((name) => (name === "anonymised-transcript" ? "anonymisedTranscript" : name));
    return STATES[present.reduce((bits, name) => bits | (1 << ARTEFACTS.indexOf(name)), 0)];
  }
  if (column.endsWith("-on")) return value === undefined ? null : day(value);
  const isFlag = column === "held" || column === "conversation-exists" || column.startsWith("tag:");
  return value ?? (isFlag ? false : null);
}
