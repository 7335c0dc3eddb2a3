"""What the provider's texts mean."""

from __future__ import annotations

import pytest

from bot.jobs.failures import FailureReason as R
from bot.piapi.failures import reason_of_refusal, reason_of_text, says_cancelled, says_unknown_task


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("freeze credit: credit not enough", R.NO_CREDIT),
        ("Quota not enough", R.NO_CREDIT),
        ("failed to freeze credit", R.NO_CREDIT),
        ("rate limit exceeded", R.BUSY),
        ("Too Many Requests", R.BUSY),
        ("service busy", R.BUSY),
        ("server overloaded, retry", R.BUSY),
        ("submit task failed: 500 Internal Server Error", R.BUSY),
        ("preprocess image failed", R.IMAGE_REJECTED),
        ("preprocess audio failed: cannot fetch it", R.AUDIO_REJECTED),
        ("preprocess: https://f.example/a.png: 404 not found", R.IMAGE_REJECTED),
        ("the image side must exceed 300 px", R.IMAGE_REJECTED),
        ("content violation", R.MODERATED),
        ("NSFW detected", R.MODERATED),
        ("fetch task failed: 404 not found", R.MODERATED),
        ("kling deleted the task", R.MODERATED),
        ("fetch task failed: status 404: kling deleted the task because of content violation", R.MODERATED),
        ("request rejected by content policy", R.MODERATED),
        ("identify failed: status 609", R.NO_FACE),
        ("no face found", R.NO_FACE),
        ("there is no human in the video", R.NO_FACE),
        ("file is too large, maximum is 10MB", R.INPUT_REJECTED),
        ("audio file size too large", R.AUDIO_REJECTED),
        ("tts_text is too long", R.INPUT_REJECTED),
        ("Voice id not found", R.VOICE_UNKNOWN),
        ("Invalid request parameters", R.INPUT_REJECTED),
        ("invalid api key", R.BAD_KEY),
        ("Unauthorized", R.BAD_KEY),
        ("Insufficient plan level", R.PLAN),
        ("origin_task_id is not completed", R.SOURCE_UNAVAILABLE),
        ("proxyconnect tcp: dial tcp: connection refused", R.PROVIDER_ERROR),
        ("fetch task failed: timed out", R.PROVIDER_ERROR),
        ("unknown error, please contact support", R.PROVIDER_ERROR),
        ("internal error", R.PROVIDER_ERROR),
        ("task failed", R.OTHER),
        ("", R.OTHER),
    ],
)
def test_fragments_seen_in_the_wild_are_recognised(text: str, reason: R):
    assert reason_of_text(text) is reason
    assert reason_of_text("task failed", text.upper()) is reason


@pytest.mark.parametrize(
    ("status", "code", "text", "reason"),
    [
        (400, 400, "credit not enough", R.NO_CREDIT),
        (500, 500, "failed to create task: content violation", R.MODERATED),
        (400, 400, "nope", R.INPUT_REJECTED),
        (200, 422, "nope", R.INPUT_REJECTED),
        (401, 401, "nope", R.BAD_KEY),
        (402, 402, "nope", R.NO_CREDIT),
        (403, 403, "nope", R.PLAN),
        (429, 429, "nope", R.BUSY),
        (500, 500, "nope", R.PROVIDER_ERROR),
        (401, 10000, "nope", R.BAD_KEY),
        (200, 10000, "nope", R.OTHER),
    ],
)
def test_numbers_decide_only_where_the_text_says_nothing(status: int, code: int, text: str, reason: R):
    assert reason_of_refusal(status, code, text) is reason


def test_cancellations_and_unknown_tasks_are_recognised_by_their_words():
    assert says_cancelled("task Cancelled by user")
    assert not says_cancelled("uncancelable")
    for text in ("task not found", "Task abc does not exist", "failed to find the task", "invalid task id"):
        assert says_unknown_task(text)
    assert not says_unknown_task("service busy", "")
