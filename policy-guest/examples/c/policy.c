// School holidays: what ends in a school holiday ends on the first day after it, when somebody is there again to answer an
// objection, or to fetch a recording that is needed after all. The tenant's settings list the holidays.

#include "lapse-policy.h"

enum { KEEP, HELD, UNDATED, HOLIDAY, AUDIO_DAYS, STATISTICS_DAYS, SNIPPET_DAYS };

static const lapse_rule rules[] = {
    [KEEP] = {"keep", "Nothing is due."},
    [HELD] = {"held", "A legal hold keeps it, whatever is due."},
    [UNDATED] = {"undated", "Its day is not known, so that no period can end."},
    [HOLIDAY] = {"holiday", "Something is due, but it is a school holiday: it waits until the first day after it."},
    [AUDIO_DAYS] = {"audio-days", "The audio days are over: audio and customer are purged, the transcript is anonymised."},
    [STATISTICS_DAYS] = {"statistics-days", "The statistics days are over: the conversation is purged as a whole."},
    [SNIPPET_DAYS] = {"snippet-days", "The snippet days are over: the snippet is purged."},
    {NULL, NULL},
};

static const char settings_schema[] = "{"
  "\"type\": \"object\", \"additionalProperties\": false,"
  "\"properties\": {"
  "  \"audio-days\": {\"$ref\": \"#/$defs/period\"},"
  "  \"statistics-days\": {\"$ref\": \"#/$defs/period\"},"
  "  \"snippet-days\": {\"$ref\": \"#/$defs/period\"},"
  "  \"holidays\": {"
  "    \"description\": \"School holidays, from the first day to the last.\","
  "    \"type\": \"array\", \"maxItems\": 64, \"default\": [],"
  "    \"items\": {"
  "      \"type\": \"object\", \"additionalProperties\": false, \"required\": [\"from\", \"to\"],"
  "      \"properties\": {\"from\": {\"$ref\": \"#/$defs/date\"}, \"to\": {\"$ref\": \"#/$defs/date\"}}}}},"
  "\"$defs\": {"
  "  \"period\": {\"type\": \"integer\", \"minimum\": 0, \"maximum\": 36500,"
  "    \"description\": \"Whole days after the day of the recording; left out: for ever.\"},"
  "  \"date\": {\"type\": \"string\", \"pattern\": \"^[0-9]{4}-[0-9]{2}-[0-9]{2}$\"}}}";

// The settings, as read for this batch.
enum { HOLIDAYS_MAX = 64 };
static int64_t audio_days, statistics_days, snippet_days;
static struct { lapse_day from, to; } holidays[HOLIDAYS_MAX];
static size_t holiday_count;

static void read_settings(lapse_json settings) {
  audio_days = lapse_json_number(lapse_json_member(settings, "audio-days"));
  statistics_days = lapse_json_number(lapse_json_member(settings, "statistics-days"));
  snippet_days = lapse_json_number(lapse_json_member(settings, "snippet-days"));
  holiday_count = 0;
  lapse_json list = lapse_json_member(settings, "holidays");
  for (lapse_json holiday = {0}; holiday_count < HOLIDAYS_MAX && lapse_json_next(list, &holiday); holiday_count++) {
    lapse_day from = lapse_json_date(lapse_json_member(holiday, "from"));
    lapse_day to = lapse_json_date(lapse_json_member(holiday, "to"));
    if (to < from) lapse_refuse("holidays: one of them ends before it begins");
    holidays[holiday_count].from = from;
    holidays[holiday_count].to = to;
  }
}

// The first day from this one on that is no holiday. One holiday may follow another: at most as often as there are any.
static lapse_day after_holidays(lapse_day day) {
  if (day == LAPSE_NEVER) return day;
  for (size_t round = 0; round < holiday_count; round++)
    for (size_t place = 0; place < holiday_count; place++)
      if (holidays[place].from <= day && day <= holidays[place].to) day = holidays[place].to + 1;
  return day;
}

enum { RECORDED_ON, STATE, CONVERSATION_HELD };
static const char *const reads_conversations[] = {"recorded-on", "state", "held", NULL};

static lapse_verdict conversation(lapse_record record, lapse_day today) {
  if (lapse_get_flag(record, CONVERSATION_HELD)) return (lapse_verdict){0, HELD, LAPSE_NEVER};
  lapse_day recorded_on = lapse_get_day(record, RECORDED_ON);
  if (recorded_on == LAPSE_NEVER) return (lapse_verdict){0, UNDATED, LAPSE_NEVER};

  lapse_state state = lapse_get_state(record, STATE);
  lapse_actions partial = lapse_partial_deletion(state, true);
  lapse_day complete_due = lapse_due_after(recorded_on, statistics_days);
  lapse_day partial_due = partial ? lapse_due_after(recorded_on, audio_days) : LAPSE_NEVER;
  lapse_day complete_on = after_holidays(complete_due);
  lapse_day partial_on = after_holidays(partial_due);

  if (lapse_is_due(complete_on, today)) {
    return (lapse_verdict){lapse_complete_deletion(state), STATISTICS_DAYS, LAPSE_NEVER};
  }
  if (lapse_is_due(partial_on, today)) {
    return (lapse_verdict){partial, AUDIO_DAYS, complete_on};
  }
  if (lapse_is_due(complete_due, today) || lapse_is_due(partial_due, today)) {
    return (lapse_verdict){0, HOLIDAY, lapse_earliest(partial_on, complete_on)};
  }
  return (lapse_verdict){0, KEEP, lapse_earliest(partial_due, complete_due)};
}

enum { CREATED_ON, SNIPPET_HELD };
static const char *const reads_snippets[] = {"created-on", "held", NULL};

static lapse_verdict snippet(lapse_record record, lapse_day today) {
  if (lapse_get_flag(record, SNIPPET_HELD)) return (lapse_verdict){0, HELD, LAPSE_NEVER};
  lapse_day created_on = lapse_get_day(record, CREATED_ON);
  if (created_on == LAPSE_NEVER) return (lapse_verdict){0, UNDATED, LAPSE_NEVER};

  lapse_day due = lapse_due_after(created_on, snippet_days);
  lapse_day due_on = after_holidays(due);
  if (lapse_is_due(due_on, today)) return (lapse_verdict){LAPSE_PURGE_SNIPPET, SNIPPET_DAYS, LAPSE_NEVER};
  if (lapse_is_due(due, today)) return (lapse_verdict){0, HOLIDAY, due_on};
  return (lapse_verdict){0, KEEP, due};
}

const lapse_policy policy = {
    .name = "school-holidays",
    .version = "1.0.0",
    .rules = rules,
    .settings_schema = settings_schema,
    .reads_conversations = reads_conversations,
    .reads_snippets = reads_snippets,
    .read_settings = read_settings,
    .conversation = conversation,
    .snippet = snippet,
};
