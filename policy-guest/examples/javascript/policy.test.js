import assert from "node:assert/strict";
import test from "node:test";

import { ask } from "./lapse-policy.js";
import { policy } from "./policy.js";

const call = { "recorded-on": "2026-01-01", state: ["audio", "customer", "transcript", "statistics"] };
const settings = { "audio-days": 30, "statistics-days": 90 };
const all = ["purge-audio", "purge-customer", "purge-transcript", "purge-statistics"];

test("a withdrawn consent takes everything, even on the first day", () => {
  const record = { ...call, "tag:consent-withdrawn": true };
  const expected = { actions: all, rule: "consent-withdrawn", reviewOn: "never" };
  assert.deepEqual(ask(policy, "conversation", record, { today: "2026-01-01", settings }), expected);
});

test("a legal hold is stronger than a withdrawn consent", () => {
  const record = { ...call, held: true, "tag:consent-withdrawn": true };
  const expected = { actions: [], rule: "held", reviewOn: "never" };
  assert.deepEqual(ask(policy, "conversation", record, { today: "2027-01-01", settings }), expected);
});

test("until the day of review the answer stays, and on it, it changes", () => {
  const before = ask(policy, "conversation", call, { today: "2026-01-31", settings });
  assert.deepEqual(before, { actions: [], rule: "keep", reviewOn: "2026-02-01" });
  const then = ask(policy, "conversation", call, { today: before.reviewOn, settings });
  assert.equal(then.rule, "audio-days");
  assert.equal(then.reviewOn, "2026-04-02");
});

test("a snippet goes with its conversation", () => {
  const verdict = (exists) => ask(policy, "snippet", { "conversation-exists": exists }, { today: "2026-01-01" });
  assert.equal(verdict(true).rule, "keep");
  assert.deepEqual(verdict(false).actions, ["purge-snippet"]);
});
