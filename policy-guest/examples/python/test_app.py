import unittest

from app import Policy, check_settings
from lapse_policy import ask

SETTINGS = {"audio-days": 30, "coaching-days": 120, "coaching-below": 40, "statistics-days": 365}
CALL = {"recorded-on": "2026-01-01", "state": ["audio", "customer", "transcript", "statistics"]}


def answer(today, settings=SETTINGS, **columns):
    return ask(Policy, "conversation", {**CALL, **columns}, today=today, settings=settings)


class Coaching(unittest.TestCase):
    def test_a_low_score_keeps_the_audio_until_the_coaching_is_over(self):
        kept = answer("2026-02-01", score=39)
        self.assertEqual(kept, {"actions": [], "rule": "coaching", "review-on": "2026-05-02"})
        then = answer(kept["review-on"], score=39)
        self.assertEqual(then["actions"], ["purge-audio", "purge-customer", "anonymise-transcript"])
        self.assertEqual(then["rule"], "coaching-days")

    def test_any_other_score_and_none_do_not(self):
        for score in (40, 100, None):
            self.assertEqual(answer("2026-02-01", score=score)["rule"], "audio-days", score)

    def test_complete_deletion_does_not_wait_for_coaching(self):
        settings = {**SETTINGS, "statistics-days": 60}
        kept = answer("2026-02-01", settings, score=1)
        self.assertEqual(kept["review-on"], "2026-03-03")
        self.assertEqual(answer("2026-03-03", settings, score=1)["rule"], "statistics-days")

    def test_a_legal_hold_keeps(self):
        self.assertEqual(answer("2030-01-01", held=True), {"actions": [], "rule": "held", "review-on": "never"})

    def test_settings_that_contradict_each_other(self):
        self.assertIsNone(check_settings(SETTINGS))
        self.assertIn("shorter", check_settings({**SETTINGS, "coaching-days": 29}))


if __name__ == "__main__":
    unittest.main()
