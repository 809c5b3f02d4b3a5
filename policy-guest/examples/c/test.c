// The policy's own functions, natively: `cc -o build/test test.c lapse-policy.c && build/test`. What it answers about records
// is tested by the fixtures.

#include "policy.c"

#include <stdio.h>
#include <string.h>

static int failures;

static void expect(const char *what, int64_t found, int64_t expected) {
  if (found == expected) return;
  printf("%s: %lld, not %lld\n", what, (long long)found, (long long)expected);
  failures++;
}

static void read(const char *settings) { read_settings((lapse_json){settings, strlen(settings)}); }

int main(void) {
  read("{}");
  expect("no holidays", after_holidays(20000), 20000);
  expect("no period", audio_days, LAPSE_NO_NUMBER);

  // 2024-10-04 is day 20000. The second holiday begins the day after the first one ends, and is listed before it.
  read(
      "{ \"audio-days\" : 30, \"holidays\": [{\"from\": \"2024-10-11\", \"to\": \"2024-10-12\"},\n"
      "  {\"to\": \"2024-10-10\", \"from\": \"2024-10-04\"}] }");
  expect("the audio days", audio_days, 30);
  expect("the day before", after_holidays(19999), 19999);
  expect("the first day", after_holidays(20000), 20009);
  expect("the last day", after_holidays(20008), 20009);
  expect("the day after", after_holidays(20009), 20009);
  expect("never", after_holidays(LAPSE_NEVER), LAPSE_NEVER);

  expect("a leap day", lapse_json_date((lapse_json){"\"2024-02-29\"", 12}), 19782);
  expect("the first of March", lapse_json_date((lapse_json){"\"2024-03-01\"", 12}), 19783);
  expect("before the beginning", lapse_json_date((lapse_json){"\"1969-12-31\"", 12}), -1);
  expect("kept for whole days", lapse_due_after(20000, 30), 20031);
  expect("for ever", lapse_due_after(20000, LAPSE_NO_NUMBER), LAPSE_NEVER);
  expect("beyond the last day", lapse_due_after(INT32_MAX, 0), LAPSE_NEVER);
  return failures != 0;
}
