"""Where clips come from and what came of them, in words."""

from __future__ import annotations

from dataclasses import replace

from bot.catalog import Catalogue
from bot.jobs.model import Destination, Job, JobKind, MessageRef
from bot.jobs.ports import CardFacts
from bot.jobs.requests import Details, Lineage, PastClip
from bot.jobs.states import JobState
from bot.ui.details import render_details
from bot.ui.lineage import child_lines, lineage_line, parent_lines
from tests.unit.ui.job_samples import CHANNEL, GUILD, NOW, PERSON, finished, job

OTHER = 700_000_000_000_000_099
LINK = f"https://discord.com/channels/{GUILD}/{CHANNEL}"


def past(made: Job, message: int = 9) -> PastClip:
    return PastClip(job=made, message=MessageRef(CHANNEL, message) if message else None)


def private(made: Job) -> Job:
    return replace(made, place=replace(made.place, destination=Destination.DIRECT))


def test_each_relation_has_its_words_and_leads_to_its_message() -> None:
    root = finished(id="root22")
    lineage = Lineage(
        parents=(past(root, 1), past(finished(id="take22"), 2)),
        children=(
            past(finished(id="long22", kind=JobKind.EXTEND, source_id="k3f9x2"), 3),
            past(finished(id="talk22", kind=JobKind.LIPSYNC, source_id="k3f9x2"), 4),
            past(finished(id="more22", made_from="k3f9x2"), 5),
        ),
    )
    clip = finished(kind=JobKind.EXTEND, source_id="root22", made_from="take22")

    assert parent_lines(clip, lineage, PERSON) == [
        f"Extends [#root22]({LINK}/1)",
        f"Made again from [#take22]({LINK}/2)",
    ]
    assert child_lines(clip, lineage, PERSON) == [
        f"Extended: [#long22]({LINK}/3)",
        f"Made to speak: [#talk22]({LINK}/4)",
        f"Made again: [#more22]({LINK}/5)",
    ]


def test_a_clip_that_speaks_names_the_one_it_was_made_from() -> None:
    clip = finished(kind=JobKind.LIPSYNC, source_id="root22")

    lines = parent_lines(clip, Lineage(parents=(past(finished(id="root22"), 1),)), PERSON)

    assert lines == [f"Makes [#root22]({LINK}/1) speak"]


def test_what_is_under_way_failed_or_deleted_says_so_and_has_no_link() -> None:
    lineage = Lineage(
        children=(
            past(job(id="runs22", state=JobState.RUNNING, made_from="k3f9x2"), 0),
            past(job(id="fail22", state=JobState.FAILED, made_from="k3f9x2"), 0),
            past(finished(id="gone22", removed_at=NOW, made_from="k3f9x2"), 7),
        )
    )

    assert child_lines(finished(), lineage, PERSON) == [
        "Made again: `#runs22` (Generating)",
        "Made again: `#fail22` (Failed)",
        "Made again: `#gone22` (deleted)",
    ]


def test_others_learn_nothing_of_a_private_clip() -> None:
    secret = private(finished(id="hush22", made_from="k3f9x2", source_id="k3f9x2"))
    lineage = Lineage(parents=(past(secret),), children=(past(secret),))

    assert parent_lines(finished(source_id="hush22"), lineage, OTHER) == ["Made again from a private clip"]
    assert child_lines(finished(), lineage, OTHER) == []
    assert lineage_line(lineage, OTHER) == "↩️ from a private clip"
    assert "hush22" in lineage_line(lineage, PERSON)


def test_a_list_shows_two_of_each_at_most() -> None:
    many = tuple(past(finished(id=f"kid{number}22", made_from="k3f9x2"), number) for number in range(1, 6))

    line = lineage_line(Lineage(children=many), PERSON)

    assert line == f"led to [#kid122]({LINK}/1), [#kid222]({LINK}/2) …"


def test_details_hold_a_long_prompt_and_a_long_line_within_discords_limits() -> None:
    kin = tuple(past(finished(id=f"kid{number}22", made_from="k3f9x2"), 10**18 + number) for number in range(5))
    clip = finished(input=replace(finished().input, prompt="🦊" * 2500), source_id="kid022")
    whole = Details(
        job=clip,
        facts=CardFacts(),
        assets=(),
        deliveries=(),
        events=(),
        lineage=Lineage(parents=kin[:2], children=kin),
    )

    shown = render_details(whole, Catalogue(), PERSON)

    (embed,) = shown.embeds
    assert len(embed) <= 6000
    assert all(len(field.value or "") <= 1024 for field in embed.fields)
    assert "kid422" in next(field.value or "" for field in embed.fields if field.name == "What came of it")
    assert [file.text for file in shown.files] == [f"{clip.prompt}\n"]
