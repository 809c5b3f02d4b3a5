// The other half of lapse-policy.h: the contract's functions (wit/1.0.0/policy.wit) over the canonical ABI, written by hand.
// `lapse policy component` checks their signatures when it wraps the module. Every batch has a fresh instance, so memory is
// only ever handed out.

#include "lapse-policy.h"

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(name)))
#else
#define EXPORT(name)  // natively, for tests of a policy's own functions
#endif

// A list and a string, as the ABI lays them out.
typedef struct {
  const void *items;
  size_t length;
} list;

enum { DAYS, NUMBERS, STATES, TEXT };

typedef struct {
  uint8_t kind;
  list items;   // of text: the codes
  list values;  // of text
} column;

struct lapse_batch {
  list columns;
};

static const char *refusal;

void lapse_refuse(const char *reason) {
  if (!refusal) refusal = reason;
}

// ── Records ──

static const void *item(lapse_record record, size_t place, uint8_t kind, size_t bytes) {
  static const int64_t nothing;
  const list *columns = &record.batch->columns;
  const column *found = place < columns->length ? (const column *)columns->items + place : NULL;
  if (found && found->kind == kind && record.row < found->items.length)
    return (const char *)found->items.items + record.row * bytes;
  lapse_refuse("a column is read that is not declared, or not as what it is");
  return &nothing;
}

lapse_day lapse_get_day(lapse_record record, size_t column) {
  return *(const lapse_day *)item(record, column, DAYS, sizeof(lapse_day));
}

int64_t lapse_get_number(lapse_record record, size_t column) {
  return *(const int64_t *)item(record, column, NUMBERS, sizeof(int64_t));
}

lapse_state lapse_get_state(lapse_record record, size_t column) {
  lapse_state state = *(const uint8_t *)item(record, column, STATES, 1);
  // An unknown artefact: who does not know it cannot tell what to do with such a record.
  if (state >= LAPSE_STATISTICS << 1) lapse_refuse("the column state has a bit that the contract does not know");
  return state;
}

bool lapse_get_flag(lapse_record record, size_t column) {
  return *(const uint8_t *)item(record, column, STATES, 1) != 0;
}

lapse_text lapse_get_text(lapse_record record, size_t place) {
  uint32_t code = *(const uint32_t *)item(record, place, TEXT, sizeof(uint32_t));
  if (refusal) return (lapse_text){0};
  const list *values = &((const column *)record.batch->columns.items + place)->values;
  return code < values->length ? ((const lapse_text *)values->items)[code] : (lapse_text){0};
}

// ── Rules ──

static lapse_actions when(bool present, lapse_actions actions) { return present ? actions : 0; }

lapse_actions lapse_partial_deletion(lapse_state state, bool anonymise) {
  return when(state & LAPSE_AUDIO, LAPSE_PURGE_AUDIO) | when(state & LAPSE_CUSTOMER, LAPSE_PURGE_CUSTOMER) |
         when((state & LAPSE_TRANSCRIPT) && anonymise, LAPSE_ANONYMISE_TRANSCRIPT);
}

lapse_actions lapse_complete_deletion(lapse_state state) {
  return when(state & LAPSE_AUDIO, LAPSE_PURGE_AUDIO) | when(state & LAPSE_CUSTOMER, LAPSE_PURGE_CUSTOMER) |
         when(state & (LAPSE_TRANSCRIPT | LAPSE_ANONYMISED_TRANSCRIPT), LAPSE_PURGE_TRANSCRIPT) |
         when(state & LAPSE_STATISTICS, LAPSE_PURGE_STATISTICS);
}

lapse_day lapse_due_after(lapse_day day, int64_t days) {
  if (day == LAPSE_NEVER || days < 0 || days > INT32_MAX) return LAPSE_NEVER;
  int64_t due_on = day + days + 1;
  return due_on <= INT32_MAX ? (lapse_day)due_on : LAPSE_NEVER;
}

bool lapse_is_due(lapse_day due_on, lapse_day today) { return due_on != LAPSE_NEVER && due_on <= today; }

lapse_day lapse_earliest(lapse_day one, lapse_day other) {
  if (one == LAPSE_NEVER || other == LAPSE_NEVER) return one == LAPSE_NEVER ? other : one;
  return one < other ? one : other;
}

static size_t length_of(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}

bool lapse_text_is(lapse_text text, const char *expected) {
  if (!text.bytes || text.length != length_of(expected)) return false;
  for (size_t place = 0; place < text.length; place++)
    if (text.bytes[place] != expected[place]) return false;
  return true;
}

// ── Settings: JSON that the host has parsed and held against the schema, so that its shape is known ──

static bool is_space(char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

static lapse_text skip(lapse_text text, size_t bytes) {
  if (bytes > text.length) bytes = text.length;
  return (lapse_text){text.bytes + bytes, text.length - bytes};
}

static lapse_text skip_space(lapse_text text) {
  while (text.length && is_space(*text.bytes)) text = skip(text, 1);
  return text;
}

static bool begins(lapse_text text, char byte) { return text.length && *text.bytes == byte; }

// How long the value is that the text begins with.
static size_t value_length(lapse_text text) {
  size_t depth = 0, place = 0;
  bool quoted = false;
  for (; place < text.length; place++) {
    char byte = text.bytes[place];
    if (quoted) {
      if (byte == '\\') place++;
      if (byte == '"') quoted = false;
    } else if (byte == '"') {
      quoted = true;
    } else if (byte == '{' || byte == '[') {
      depth++;
    } else if (byte == '}' || byte == ']') {
      if (!depth) return place;
      depth--;
    } else if (!depth && (byte == ',' || byte == ':' || is_space(byte))) {
      return place;
    }
  }
  return place;
}

static lapse_json take(lapse_text *rest) {
  *rest = skip_space(*rest);
  size_t length = value_length(*rest);
  lapse_json value = {rest->bytes, length};
  *rest = skip_space(skip(*rest, length));
  return value;
}

// What is between the quotes. Nothing is decoded: an escaped name would not be found, so escapes are refused.
static lapse_text unquoted(lapse_json string) {
  for (size_t place = 0; place < string.length; place++)
    if (string.bytes[place] == '\\') lapse_refuse("settings: write names and dates without escapes");
  if (string.length < 2 || !begins(string, '"')) return (lapse_text){0};
  return (lapse_text){string.bytes + 1, string.length - 2};
}

// The last one of that name, as JSON readers have it.
lapse_json lapse_json_member(lapse_json object, const char *name) {
  lapse_json found = {0};
  if (!begins(object, '{')) return found;
  lapse_text rest = skip_space(skip(object, 1));
  while (rest.length && !begins(rest, '}')) {
    lapse_text key = unquoted(take(&rest));
    rest = skip(rest, 1);
    lapse_json value = take(&rest);
    if (lapse_text_is(key, name)) found = value;
    if (begins(rest, ',')) rest = skip_space(skip(rest, 1));
  }
  return found;
}

bool lapse_json_next(lapse_json list, lapse_json *element) {
  if (!begins(list, '[')) return false;
  const char *place = element->bytes ? element->bytes + element->length : list.bytes + 1;
  lapse_text rest = skip_space(skip(list, (size_t)(place - list.bytes)));
  if (begins(rest, ',')) rest = skip(rest, 1);
  *element = take(&rest);
  return element->length != 0;
}

int64_t lapse_json_number(lapse_json number) {
  if (!number.bytes) return LAPSE_NO_NUMBER;
  bool is_negative = begins(number, '-');
  lapse_text digits = skip(number, is_negative);
  int64_t value = 0;
  bool is_whole = digits.length > 0 && digits.length <= 18;
  for (size_t place = 0; is_whole && place < digits.length; place++) {
    char digit = digits.bytes[place];
    is_whole = digit >= '0' && digit <= '9';
    value = value * 10 + (digit - '0');
  }
  if (!is_whole) lapse_refuse("settings: a whole number, written in digits, is expected");
  return is_negative ? -value : value;
}

// Howard Hinnant's days_from_civil: years begin in March, so that the leap day is their last.
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2;
  int64_t era = year / 400, of_era = year % 400;
  int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int64_t digits(lapse_text text, size_t from, size_t count) {
  return lapse_json_number((lapse_json){text.bytes + from, count});
}

lapse_day lapse_json_date(lapse_json date) {
  if (!date.bytes) return LAPSE_NEVER;
  lapse_text text = unquoted(date);
  bool is_date = text.length == 10 && text.bytes[4] == '-' && text.bytes[7] == '-';
  if (!is_date) {
    lapse_refuse("settings: a date is written like 2026-03-01");
    return LAPSE_NEVER;
  }
  int64_t year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  int64_t last = month == 2 ? 28 + is_leap : 30 + ((month + month / 8) & 1);
  if (year < 1600 || month < 1 || month > 12 || day < 1 || day > last) lapse_refuse("settings: there is no such date");
  return (lapse_day)days_from_civil(year, month, day);
}

// ── Memory ──

#ifdef __wasm__
extern unsigned char __heap_base;
static uintptr_t top;

static void *allocate(size_t bytes, size_t alignment) {
  if (!top) top = (uintptr_t)&__heap_base;
  uintptr_t place = (top + alignment - 1) & ~(alignment - 1);
  if (place < top || place + bytes < place) __builtin_trap();
  uintptr_t end = place + bytes, available = __builtin_wasm_memory_size(0) * 65536;
  if (end > available && __builtin_wasm_memory_grow(0, (end - available + 65535) / 65536) == SIZE_MAX) __builtin_trap();
  top = end;
  return (void *)place;
}

EXPORT("cabi_realloc")
void *cabi_realloc(void *old, size_t old_bytes, size_t alignment, size_t bytes) {
  char *moved = allocate(bytes, alignment);
  for (size_t place = 0; place < old_bytes && place < bytes; place++) moved[place] = ((const char *)old)[place];
  return moved;
}

// ── The contract ──

static list text(const char *text) { return (list){text, length_of(text)}; }

static list texts(const char *const *names) {
  size_t count = 0;
  while (names[count]) count++;
  list *items = allocate(count * sizeof(list), _Alignof(list));
  for (size_t place = 0; place < count; place++) items[place] = text(names[place]);
  return (list){items, count};
}

typedef struct {
  list name, version, reads_conversations, reads_snippets, rules, settings_schema;
} manifest;

EXPORT("lapse:policy/policy@1.0.0#describe")
const manifest *describe(void) {
  size_t count = 0;
  while (policy.rules[count].name) count++;
  list *rules = allocate(count * 2 * sizeof(list), _Alignof(list));
  for (size_t place = 0; place < count; place++) {
    rules[2 * place] = text(policy.rules[place].name);
    rules[2 * place + 1] = text(policy.rules[place].description);
  }
  static manifest answer;
  answer = (manifest){
      text(policy.name),
      text(policy.version),
      texts(policy.reads_conversations),
      texts(policy.reads_snippets),
      {rules, count},
      text(policy.settings_schema),
  };
  return &answer;
}

// A result: an error's text, or else, of `decide`, the verdicts.
typedef struct {
  uint8_t is_error;
  list actions;  // or the error
  list rules;
  list review_on;
} result;

static result answer;

static const result *refused(void) {
  answer = (result){.is_error = 1, .actions = text(refusal)};
  return &answer;
}

EXPORT("lapse:policy/policy@1.0.0#check-settings")
const result *check_settings(const char *settings, size_t length) {
  policy.read_settings((lapse_json){settings, length});
  if (refusal) return refused();
  answer = (result){0};
  return &answer;
}

EXPORT("lapse:policy/policy@1.0.0#decide")
const result *decide(uint32_t about, lapse_day today, const char *settings, size_t settings_length, uint32_t rows,
                     const column *columns, size_t column_count) {
  policy.read_settings((lapse_json){settings, settings_length});
  struct lapse_batch batch = {{columns, column_count}};
  lapse_actions *actions = allocate(rows * sizeof(lapse_actions), _Alignof(lapse_actions));
  uint16_t *rules = allocate(rows * sizeof(uint16_t), _Alignof(uint16_t));
  lapse_day *review_on = allocate(rows * sizeof(lapse_day), _Alignof(lapse_day));
  for (uint32_t row = 0; row < rows && !refusal; row++) {
    lapse_record record = {&batch, row};
    lapse_verdict verdict = about == 0 ? policy.conversation(record, today) : policy.snippet(record, today);
    actions[row] = verdict.actions;
    rules[row] = verdict.rule;
    review_on[row] = verdict.review_on;
  }
  if (refusal) return refused();
  answer = (result){0, {actions, rows}, {rules, rows}, {review_on, rows}};
  return &answer;
}
#endif
