"""What Prometheus is told of a bot at work: on its own port, true, and without a secret or a name."""

from __future__ import annotations

import re
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.settings import load_settings
from sandbox.piapi import DEFAULT_KEY
from tests.e2e.community import WHEN_TOLD, Community, answer_to, ask, community, until

SECRET = "a-webhook-secret-of-the-test"


class Figures(dict[str, float]):
    """Samples by `name{label="value",…}` with labels in alphabetical order."""

    def total(self, name: str) -> float:
        return sum(value for key, value in self.items() if key.partition("{")[0] == name)


async def scraped(place: Community) -> tuple[str, Figures]:
    assert place.app is not None
    url = f"http://127.0.0.1:{place.app.monitoring.port}/metrics"
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        text = await answer.text()
    figures = Figures()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
            figures[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return text, figures


async def test_a_bot_at_work_tells_what_it_does(tmp_path: Path):
    async with community(tmp_path, options=WHEN_TOLD, metrics="on", metrics_port="0", webhook_secret=SECRET) as place:
        await place.start()
        mira = place.mira.in_channel(place.room())
        card = await ask(mira)
        task = await place.task_of(card)

        _, during = await scraped(place)
        assert during['egret_jobs{kind="video",state="running"}'] == 1
        assert during["egret_jobs_in_flight"] == 1
        assert during["egret_jobs_in_flight_limit"] == 5
        assert during["egret_queue_oldest_age_seconds"] == 0
        assert during['egret_provider_request_seconds_count{operation="create",outcome="created"}'] == 1

        await place.provider.finish(task.task_id)
        await answer_to(mira, card)
        await place.idle()
        await mira.run("clips")
        await mira.run("extend", {"video": "zzzzzz"})
        async with aiohttp.ClientSession() as http:
            hook = f"http://127.0.0.1:{place.port}/webhooks/piapi/"
            for headers, token in (
                ({}, "a"),
                ({"x-webhook-secret": "wrong"}, "b"),
                ({"x-webhook-secret": SECRET}, "c"),
            ):
                async with http.post(hook + token, json={}, headers=headers):
                    pass
            async with http.get(f"http://127.0.0.1:{place.port}/metrics") as answer:
                assert answer.status == 404
        await place.advance(11)
        balance = "egret_provider_balance_dollars"

        async def known() -> bool:
            return (await scraped(place))[1][balance] > 0

        await until(known, "the balance")
        text, after = await scraped(place)

        assert after.total("egret_jobs") == 0
        assert after["egret_jobs_in_flight"] == 0
        assert after["egret_database_up"] == 1
        assert after['egret_jobs_stored_total{kind="video"}'] == 1
        assert after['egret_jobs_ended_total{kind="video",state="succeeded"}'] == 1
        (charge,) = place.books.charges()
        assert after['egret_charged_dollars_total{kind="video"}'] == pytest.approx(charge.consumed_microusd / 1e6)
        assert after['egret_messages_total{state="delivered"}'] == 1
        assert after['egret_delivery_attempts_total{outcome="posted"}'] == 1
        assert after["egret_delivery_delay_seconds_count"] == 1
        assert after["egret_poll_delay_seconds_count"] >= 1
        assert after["egret_detection_delay_seconds_count"] == 1
        assert after['egret_card_edits_total{outcome="shown"}'] >= 1
        assert after['egret_commands_total{command="video",outcome="answered"}'] == 1
        assert after['egret_commands_total{command="extend",outcome="refused"}'] == 1
        assert after['egret_commands_total{command="clips",outcome="answered"}'] == 1
        assert after['egret_first_response_seconds_count{kind="application_command"}'] == 3
        assert after['egret_discord_request_seconds_count{outcome="ok",route="interaction_callback"}'] == 3
        assert after['egret_discord_request_seconds_count{outcome="ok",route="message_create"}'] == 1
        assert after['egret_gateway_sessions_total{how="identified"}'] == 1
        assert after['egret_webhooks_total{outcome="no_secret"}'] == 1
        assert after['egret_webhooks_total{outcome="wrong_secret"}'] == 1
        assert after['egret_webhooks_total{outcome="unknown_token"}'] == 1
        assert after['egret_webhooks_total{outcome="accepted"}'] >= 1
        assert after['egret_submissions_paused{reason="no_credit"}'] == 0
        assert after["process_resident_memory_bytes"] > 1e6

        job = (await place.job_of(card)).id
        forbidden = [
            *(SECRET, DEFAULT_KEY, place.discord.token, job, task.task_id, "mira", "127.0.0.1", "http:"),
            *(str(number) for number in (place.server.id, card.id, card.channel_id, place.person_id(place.mira))),
        ]
        assert [word for word in forbidden if word in text] == []
        assert not re.search(r'="[^"]*\d{6,}', text)


async def test_nobody_listens_unless_that_is_asked_for(tmp_path: Path):
    assert load_settings(_env_file=None, discord_token="t" * 9, piapi_key="k" * 9).metrics_host == "127.0.0.1"
    async with community(tmp_path, metrics_port="0") as place:
        app = await place.start()
        assert app.monitoring.port == 0
        async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{place.port}/metrics") as answer:
            assert answer.status == 404
