// What a Lapse policy in C needs. Define one `const lapse_policy policy`, with a function that decides about one record at a
// time; lapse-policy.c turns it into what the contract wants. No C library: clang's own headers are enough.
//
// A policy is a pure function of settings, day and record. There is no clock, no randomness, no file and no network, and
// nothing to link them from. Whatever goes wrong, by a trap or by `lapse_refuse`, deletes nothing.

#ifndef LAPSE_POLICY_H
#define LAPSE_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Days since 1970-01-01 in the tenant's time zone.
typedef int32_t lapse_day;

// An absent day, and a day of review that never comes.
#define LAPSE_NEVER INT32_MIN
// An absent number.
#define LAPSE_NO_NUMBER INT64_MIN

// Text, not ended by a zero. Absent text has no bytes: NULL.
typedef struct {
  const char *bytes;
  size_t length;
} lapse_text;

// Which artefacts a record has: the bits of the column `state`.
typedef uint8_t lapse_state;
enum {
  LAPSE_AUDIO = 1 << 0,                  // the audio file
  LAPSE_CUSTOMER = 1 << 1,               // the customer's number, name and reference
  LAPSE_TRANSCRIPT = 1 << 2,             // the transcript, as it was spoken
  LAPSE_ANONYMISED_TRANSCRIPT = 1 << 3,  // the transcript, anonymised
  LAPSE_STATISTICS = 1 << 4,             // score, sentiment, duration, tracker hits
};

// What is to be done with a record; 0 to keep everything.
typedef uint8_t lapse_actions;
enum {
  LAPSE_PURGE_AUDIO = 1 << 0,
  LAPSE_PURGE_CUSTOMER = 1 << 1,
  LAPSE_ANONYMISE_TRANSCRIPT = 1 << 2,
  LAPSE_PURGE_TRANSCRIPT = 1 << 3,
  LAPSE_PURGE_STATISTICS = 1 << 4,
  LAPSE_PURGE_SNIPPET = 1 << 5,
};

// The answer about one record: what is to be done, by which rule (its place in `rules`), and the first day on which this
// answer can change if the record does not.
typedef struct {
  lapse_actions actions;
  uint16_t rule;
  lapse_day review_on;
} lapse_verdict;

// One record of a batch.
typedef struct {
  const struct lapse_batch *batch;
  uint32_t row;
} lapse_record;

// What the record has in a column: `column` is its place in the policy's `reads_conversations` or `reads_snippets`.
lapse_day lapse_get_day(lapse_record record, size_t column);
int64_t lapse_get_number(lapse_record record, size_t column);
lapse_state lapse_get_state(lapse_record record, size_t column);
bool lapse_get_flag(lapse_record record, size_t column);  // `held`, `tag:…`, `conversation-exists`
lapse_text lapse_get_text(lapse_record record, size_t column);

// What is personal, of what there is: audio, customer, and the transcript unless it may stay as it was spoken.
lapse_actions lapse_partial_deletion(lapse_state state, bool anonymise);
// Everything there is: the conversation no longer exists and no longer counts.
lapse_actions lapse_complete_deletion(lapse_state state);

// The first day on which a record of that day has been kept for so many whole days; never, without either.
lapse_day lapse_due_after(lapse_day day, int64_t days);
// Whether something due on that day is due today; false where there is no such day.
bool lapse_is_due(lapse_day due_on, lapse_day today);
// The earlier of two days.
lapse_day lapse_earliest(lapse_day one, lapse_day other);

bool lapse_text_is(lapse_text text, const char *expected);

// Settings: JSON that fits the policy's schema. Of what is not there, any member is not there either.
typedef lapse_text lapse_json;
lapse_json lapse_json_member(lapse_json object, const char *name);
// The elements of a list, one after the other: begin with `{0}`; false at the end.
bool lapse_json_next(lapse_json list, lapse_json *element);
int64_t lapse_json_number(lapse_json number);  // LAPSE_NO_NUMBER where it is not there
lapse_day lapse_json_date(lapse_json date);    // "2026-03-01"; LAPSE_NEVER where it is not there

// Refuses the settings, or the batch, with a sentence that does not quote the data. The first reason counts.
void lapse_refuse(const char *reason);

// A rule: its name and, for auditors, one sentence.
typedef struct {
  const char *name;
  const char *description;
} lapse_rule;

// A policy. The lists end with NULL, the rules with {NULL}.
typedef struct {
  const char *name;     // lower-case words joined by hyphens
  const char *version;  // the policy's own, like 1.2.3
  const lapse_rule *rules;
  const char *settings_schema;  // JSON Schema (draft 2020-12)
  const char *const *reads_conversations;
  const char *const *reads_snippets;
  // Called with the settings before anything is decided: keep what you need of them.
  void (*read_settings)(lapse_json settings);
  lapse_verdict (*conversation)(lapse_record record, lapse_day today);
  lapse_verdict (*snippet)(lapse_record record, lapse_day today);
} lapse_policy;

// Yours.
extern const lapse_policy policy;

#endif
