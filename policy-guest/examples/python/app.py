"""Coaching: calls that went badly are what a team learns most from, so their audio is kept longer than that of the others.
Once the coaching is over they are treated like any other call. A call without a score is not kept for coaching."""

from lapse_policy import act, complete_deletion, due_after, earliest, export, is_due, keep, partial_deletion, reads


def period(description):
    return {"type": "integer", "minimum": 0, "maximum": 36500, "description": description}


RULES = {
    "keep": "Nothing is due.",
    "held": "A legal hold keeps it, whatever is due.",
    "undated": "Its day is not known, so that no period can end.",
    "coaching": "The audio days are over, but the score is low: it is kept until the coaching days are over.",
    "coaching-days": "The coaching days are over: audio and customer are purged, the transcript is anonymised.",
    "audio-days": "The audio days are over: audio and customer are purged, the transcript is anonymised.",
    "statistics-days": "The statistics days are over: the conversation is purged as a whole.",
    "snippet-days": "The snippet days are over: the snippet is purged.",
}

SETTINGS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "audio-days": period("Whole days for which audio and customer are kept; left out: for ever."),
        "coaching-days": period("The same for calls to learn from: at least the audio days."),
        "coaching-below": {"type": "integer", "description": "Calls that scored less than this are calls to learn from."},
        "statistics-days": period("Whole days for which anything is kept; left out: for ever."),
        "snippet-days": period("Whole days for which a snippet is kept; left out: for ever."),
    },
    "dependentRequired": {"coaching-days": ["audio-days", "coaching-below"], "coaching-below": ["coaching-days"]},
}


def check_settings(settings):
    """What the schema cannot say."""
    if settings.get("coaching-days", 36500) < settings.get("audio-days", 0):
        return "coaching-days must not be shorter than audio-days"


@reads(recorded_on="recorded-on", state="state", held="held", score="score")
def conversation(call, ctx):
    if call.held:
        return keep("held")
    if call.recorded_on is None:
        return keep("undated")

    complete_on = due_after(call.recorded_on, ctx.settings.get("statistics-days"))
    if is_due(complete_on, ctx.today):
        return act(complete_deletion(call.state), "statistics-days")

    partial = partial_deletion(call.state)
    if not partial:
        return keep("keep", complete_on)

    audio_on = due_after(call.recorded_on, ctx.settings.get("audio-days"))
    if not is_due(audio_on, ctx.today):
        return keep("keep", earliest(audio_on, complete_on))
    if not is_for_coaching(call, ctx.settings):
        return act(partial, "audio-days", complete_on)
    coaching_on = due_after(call.recorded_on, ctx.settings["coaching-days"])
    if not is_due(coaching_on, ctx.today):
        return keep("coaching", earliest(coaching_on, complete_on))
    return act(partial, "coaching-days", complete_on)


def is_for_coaching(call, settings):
    return "coaching-below" in settings and call.score is not None and call.score < settings["coaching-below"]


@reads(created_on="created-on", held="held")
def snippet(snippet, ctx):
    if snippet.held:
        return keep("held")
    if snippet.created_on is None:
        return keep("undated")
    due_on = due_after(snippet.created_on, ctx.settings.get("snippet-days"))
    if is_due(due_on, ctx.today):
        return act({"purge-snippet"}, "snippet-days")
    return keep("keep", due_on)


Policy = export(
    name="keep-for-coaching",
    version="1.0.0",
    rules=RULES,
    settings_schema=SETTINGS,
    check_settings=check_settings,
    conversation=conversation,
    snippet=snippet,
)
