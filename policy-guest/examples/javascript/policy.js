// Consent withdrawn: a call whose customer took the consent back goes as a whole, at once, whatever the periods say. Whoever
// hears of it tags the call `consent-withdrawn`; the next run deletes it (GDPR articles 7(3) and 17(1)(b)). Snippets cut from
// a call go with it.

import { act, completeDeletion, definePolicy, dueAfter, earliest, isDue, keep, partialDeletion } from "./lapse-policy.js";

const period = (description) => ({ type: "integer", minimum: 0, maximum: 36500, description });

export const policy = definePolicy({
  name: "respect-consent",
  version: "1.0.0",

  rules: {
    "keep": "Nothing is due.",
    "held": "A legal hold keeps it, whatever is due.",
    "undated": "Its day is not known, so that no period can end.",
    "consent-withdrawn": "The customer withdrew the consent: the conversation is purged as a whole.",
    "audio-days": "The audio days are over: audio and customer are purged, the transcript is anonymised.",
    "statistics-days": "The statistics days are over: the conversation is purged as a whole.",
    "conversation-gone": "The conversation that the snippet was cut from is gone, and the snippet goes with it.",
  },

  settingsSchema: {
    type: "object",
    additionalProperties: false,
    properties: {
      "audio-days": period("Whole days for which audio and customer are kept; left out: for ever."),
      "statistics-days": period("Whole days for which anything is kept; left out: for ever."),
    },
  },

  conversation: {
    reads: {
      recordedOn: "recorded-on",
      state: "state",
      held: "held",
      consentWithdrawn: "tag:consent-withdrawn",
    },
    decide(call, { today, settings }) {
      if (call.held) return keep("held");
      if (call.consentWithdrawn) return act(completeDeletion(call.state), "consent-withdrawn");
      if (call.recordedOn === null) return keep("undated");

      const completeOn = dueAfter(call.recordedOn, settings["statistics-days"]);
      if (isDue(completeOn, today)) return act(completeDeletion(call.state), "statistics-days");

      const partial = partialDeletion(call.state);
      if (partial.length === 0) return keep("keep", completeOn);
      const partialOn = dueAfter(call.recordedOn, settings["audio-days"]);
      if (isDue(partialOn, today)) return act(partial, "audio-days", completeOn);
      return keep("keep", earliest(partialOn, completeOn));
    },
  },

  snippet: {
    reads: { held: "held", conversationExists: "conversation-exists" },
    decide(snippet) {
      if (snippet.held) return keep("held");
      // Lapse asks again when the conversation goes: there is no day to wait for.
      return snippet.conversationExists ? keep("keep") : act(["purge-snippet"], "conversation-gone");
    },
  },
});
