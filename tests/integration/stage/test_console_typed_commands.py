"""How a typed command is read against the commands that Discord lists."""

from __future__ import annotations

import pytest

from sandbox.console.entries import NotUnderstood
from sandbox.console.typed_commands import (
    ATTACHMENT,
    BOOLEAN,
    INTEGER,
    NUMBER,
    STRING,
    SUBCOMMAND,
    CommandShape,
    OptionShape,
    Question,
    TypedCommand,
    read_command,
    read_fields,
)


def option(name, kind, **more) -> OptionShape:
    return OptionShape(name=name, kind=kind, **more)


COMMANDS = [
    CommandShape(
        name="video",
        options=(
            option("prompt", STRING, required=True),
            option("image", ATTACHMENT),
            option("length", INTEGER, autocompleted=True),
            option("model", STRING, autocompleted=True),
            option("sound", BOOLEAN),
        ),
    ),
    CommandShape(name="lipsync", options=(option("video", STRING, autocompleted=True), option("speed", NUMBER))),
    CommandShape(name="settings", options=(option("show", SUBCOMMAND), option("set", SUBCOMMAND))),
    CommandShape(name="clips"),
]

READ = [
    ("clips", TypedCommand(name="clips")),
    ('video prompt:"a red kite"', TypedCommand(name="video", values={"prompt": "a red kite"})),
    ("video a red kite", TypedCommand(name="video", values={"prompt": "a red kite"})),
    ('video "a red kite" length:10', TypedCommand(name="video", values={"prompt": "a red kite", "length": 10})),
    ("video prompt:a red kite length:10", TypedCommand(name="video", values={"prompt": "a red kite", "length": 10})),
    ("video prompt: a kite length: 5", TypedCommand(name="video", values={"prompt": "a kite", "length": 5})),
    (
        'video prompt:"the sign says length:10" length:5',
        TypedCommand(name="video", values={"prompt": "the sign says length:10", "length": 5}),
    ),
    ("video a scene: two men", TypedCommand(name="video", values={"prompt": "a scene: two men"})),
    ("video note: a kite", TypedCommand(name="video", values={"prompt": "note: a kite"})),
    ('video prompt:"it said \\"hi\\""', TypedCommand(name="video", values={"prompt": 'it said "hi"'})),
    ("video prompt:really?", TypedCommand(name="video", values={"prompt": "really?"})),
    (
        'video prompt:x image:"my pictures/a.png"',
        TypedCommand(name="video", values={"prompt": "x"}, files={"image": "my pictures/a.png"}),
    ),
    ("video prompt:x sound:yes", TypedCommand(name="video", values={"prompt": "x", "sound": True})),
    ("video prompt:x sound:False", TypedCommand(name="video", values={"prompt": "x", "sound": False})),
    ("video model:1.6?", TypedCommand(name="video", question=Question("model", "1.6"))),
    ("video length:?", TypedCommand(name="video", question=Question("length", ""))),
    ("lipsync video:3", TypedCommand(name="lipsync", values={"video": "3"}, clips={"video": 3})),
    ("lipsync video:[3]", TypedCommand(name="lipsync", values={"video": "[3]"}, clips={"video": 3})),
    ("lipsync video:k3f9x2", TypedCommand(name="lipsync", values={"video": "k3f9x2"})),
    ("lipsync 3 speed:1.2", TypedCommand(name="lipsync", values={"video": "3", "speed": 1.2}, clips={"video": 3})),
    ("settings show", TypedCommand(name="settings show")),
]

NOT_READ = [
    ("vidoe", "did you mean /video"),
    ("settings", "/settings goes on with one of: show, set"),
    ("settings shw", "goes on with one of"),
    ("video promt:x", "did you mean prompt"),
    ("video promt: x", "did you mean prompt"),
    ("video length:ten", "length is a whole number"),
    ("video sound:maybe", "sound is true or false"),
    ("lipsync video:a speed:fast", "speed is a number"),
    ("video length:5 length:10", "length is given twice"),
    ('video prompt:"a', "no other half"),
    ('video prompt:"a" b', "something stands behind it"),
    ("clips of mine", "belongs to no option"),
]


@pytest.mark.parametrize(("text", "meaning"), READ)
def test_a_command_is_read(text, meaning) -> None:
    assert read_command(text, COMMANDS) == meaning


@pytest.mark.parametrize(("text", "why"), NOT_READ)
def test_a_command_that_does_not_exist_is_explained(text, why) -> None:
    with pytest.raises(NotUnderstood, match=why):
        read_command(text, COMMANDS)


def test_a_form_is_filled_in_by_field() -> None:
    fields = [option("prompt", STRING), option("avoid", STRING)]

    assert read_fields('prompt:"a kite" avoid: blur', fields) == {"prompt": "a kite", "avoid": "blur"}
