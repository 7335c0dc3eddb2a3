"""What each typed line means."""

from __future__ import annotations

import pytest

from sandbox.console import entries as e
from sandbox.console.entries import NotUnderstood, read_entry
from sandbox.console.scenario_names import listed, scenario_named, seconds_for
from sandbox.piapi import Scenario

UNDERSTOOD = [
    ("", None),
    ("   ", None),
    ('/video prompt:"a red kite" length:10', e.Slash('video prompt:"a red kite" length:10')),
    ("  /clips ", e.Slash("clips")),
    ("say hello everyone", e.Say("hello everyone")),
    ('say "quoted words"', e.Say("quoted words")),
    ('say "two" and "two"', e.Say('"two" and "two"')),
    ("reply 3 what a clip", e.Reply(3, "what a clip")),
    ("reply [3] what a clip", e.Reply(3, "what a clip")),
    ("reply 3", e.Reply(3, "")),
    ("quietly 3 no ping", e.Reply(3, "no ping", pings=False)),
    ("voice hello.ogg", e.Voice("hello.ogg")),
    ("voice 4 hello.ogg", e.Voice("hello.ogg", 4)),
    ('voice 4 "my voice.ogg"', e.Voice("my voice.ogg", 4)),
    ("attach picture.png", e.Attach("picture.png")),
    ('attach file="my picture.png"', e.Attach("my picture.png")),
    ("click 3 Cancel", e.Click(3, "Cancel")),
    ("CLICK 3 Edit & rerun", e.Click(3, "Edit & rerun")),
    ("choose 3 Rock", e.Choose(3, "Rock")),
    ('submit prompt:"x"', e.Submit('prompt:"x"')),
    ("menu 3 Extend this video", e.Menu(3, "Extend this video")),
    ("apps 3 Use as source", e.Menu(3, "Use as source")),
    ("submit", e.Submit("")),
    ("dms off", e.DirectMessages(takes=False)),
    ("dms on", e.DirectMessages(takes=True)),
    ("as moderator", e.Become("moderator")),
    ("in dm", e.Enter("dm")),
    ("as @Mira", e.Become("Mira")),
    ("in #general", e.Enter("general")),
    ("read", e.Read(10)),
    ("read 3", e.Read(3)),
    ("open 3", e.Open(3)),
    ("wait", e.Wait()),
    ("provider", e.Provider()),
    ("next slow", e.Next("slow")),
    ("next slow 20", e.Next("slow", 20)),
    ("next slow 2.5s", e.Next("slow", 2.5)),
    ("kill", e.Kill()),
    ("restart", e.Restart()),
    ("help", e.Help()),
    ("quit", e.Quit()),
    ("exit", e.Quit()),
]

NOT_UNDERSTOOD = [
    ("/", "a command's name is missing"),
    ("clik 3 Cancel", "did you mean 'click'?"),
    ("xyzzy", "type help for what there is"),
    ("click Cancel", "the number stands before the message"),
    ("click 3", "the button's words are missing"),
    ("choose 3", "the value is missing"),
    ("menu 3", "the command's name is missing"),
    ("dms", "dms on, or dms off"),
    ("reply what a clip", "the number stands before the message"),
    ("reply 1234567 x", "the number stands before the message"),
    ("open", "open NUMBER"),
    ("attach", "attach PATH"),
    ("attach a b", "attach PATH"),
    ('attach "a', "a quotation mark has no other half"),
    ("voice", "voice PATH"),
    ("as", "as WHO"),
    ("in", "in CHANNEL"),
    ("next", "next SCENARIO"),
    ("next slow soon", "next SCENARIO SECONDS"),
    ("quit now", "nothing goes behind that"),
]


@pytest.mark.parametrize(("line", "meaning"), UNDERSTOOD)
def test_a_line_means(line, meaning) -> None:
    assert read_entry(line) == meaning


@pytest.mark.parametrize(("line", "why"), NOT_UNDERSTOOD)
def test_a_line_that_means_nothing_is_told_what_would(line, why) -> None:
    with pytest.raises(NotUnderstood, match=why.replace("?", r"\?")):
        read_entry(line)


def test_a_command_is_understood_without_its_slash() -> None:
    commands = ["video", "clips"]

    assert read_entry('video prompt:"a kite"', commands) == e.Slash('video prompt:"a kite"')
    assert read_entry("Clips", commands) == e.Slash("clips")
    with pytest.raises(NotUnderstood, match="did you mean 'video'"):
        read_entry("vidoe a kite", commands)


def test_everything_that_can_be_typed_is_in_the_help() -> None:
    verbs = {line.split()[0].lstrip("/").lower() for line, meaning in UNDERSTOOD if meaning is not None}

    assert {verb for verb in verbs if verb not in e.HELP} - {"exit"} == set()


@pytest.mark.parametrize(
    ("name", "scenario"),
    [
        ("lost", Scenario.CREATED_DROPPED),
        ("slow", Scenario.SLOW),
        ("moderated", Scenario.MODERATED),
        ("out-of-credit", Scenario.OUT_OF_CREDIT),
        ("fails", Scenario.FAILS),
        ("large", Scenario.OUTPUT_LARGE),
        ("created-dropped", Scenario.CREATED_DROPPED),
    ],
)
def test_scenarios_go_by_their_names_and_short_names(name, scenario) -> None:
    assert scenario_named(name) is scenario
    assert name in listed()


def test_a_misspelt_scenario_is_corrected() -> None:
    with pytest.raises(NotUnderstood, match="did you mean 'moderated'"):
        scenario_named("moderatd")


def test_slow_is_slow_enough_to_watch_unless_told_otherwise() -> None:
    assert seconds_for(Scenario.SLOW, None) == 20
    assert seconds_for(Scenario.SLOW, 3) == 3
    assert seconds_for(Scenario.FAILS, None) is None
