"""Messages as they come from phones: autocapitalised, autocorrected, with mentions and typographic characters."""

from __future__ import annotations

import pytest

from bot.catalog import Mode
from bot.replies import (
    Cancel,
    Delete,
    Edit,
    Extend,
    FreeText,
    Help,
    Info,
    Lipsync,
    Mistake,
    MistakeKind,
    Nothing,
    Reroll,
    Said,
    Verb,
    read_reply,
)

BOT = "<@1188445566778899001>"

MESSAGES: list[tuple[str, Said]] = [
    (f"{BOT} Extend the dragon lands on the roof and roars", Extend(prompt="the dragon lands on the roof and roars")),
    (f"{BOT}\u00a0Extend\u00a0she turns around", Extend(prompt="she turns around")),
    (f"{BOT} Longer!!", Extend()),
    (f"{BOT} Continue.", Extend()),
    ("Extend.", Extend()),
    ("Extend — it starts raining", Extend(prompt="it starts raining")),
    ("Extend the camera pulls back…", Extend(prompt="the camera pulls back…")),
    ("Extend he says “it’s over” and leaves —spoiler", Extend(prompt="he says “it’s over” and leaves", spoiler=True)),
    ("extend it, but slower 🐢", Extend(prompt="it, but slower 🐢")),
    ("Say “Morning everyone!” —voice Commercial Lady", Lipsync(text="Morning everyone!", voice="Commercial Lady")),
    ("Say I don’t know – maybe? —speed 0,8", Lipsync(text="I don’t know – maybe?", speed=0.8)),
    ("Dub ‘I’m not a cat’", Lipsync(text="I’m not a cat")),
    (f"{BOT} Lip sync Happy Birthday Anna 🎂", Lipsync(text="Happy Birthday Anna 🎂")),
    ("Again.", Reroll()),
    ("AGAIN!!!", Reroll()),
    ("Retry —quality Pro", Reroll(quality=Mode.PRO)),
    ("Reroll —length 10 —avoid “text, watermark”", Reroll(length=10, avoid="text, watermark")),
    ("Edit —quality standard.", Edit(quality=Mode.STD)),
    ("Info", Info()),
    (f"Cancel {BOT}", Cancel()),
    ("Delete!", Delete()),
    ("\u200eHelp", Help()),
    ("Say", Mistake(kind=MistakeKind.TEXT_MISSING, verb=Verb.LIPSYNC)),
    (
        "Extend more please —length 10 seconds",
        Mistake(kind=MistakeKind.LENGTH_NOT_TAKEN, verb=Verb.EXTEND, flag="length", value="10 seconds"),
    ),
    (BOT, Nothing()),
    (f"{BOT} wow nice", FreeText(text="wow nice")),
    ("Again? I’m out of credits 😭", FreeText(text="Again? I’m out of credits 😭")),
    ("Delete this before mom sees it", FreeText(text="Delete this before mom sees it")),
    ("Help! I can’t stop watching", FreeText(text="Help! I can’t stop watching")),
    ("Longer please 🙏", FreeText(text="Longer please 🙏")),
    ("❤️❤️❤️", FreeText(text="❤️❤️❤️")),
    ("lol", FreeText(text="lol")),
    (f"{BOT} Verlängern und dann fängt es an zu schneien", Extend(prompt="und dann fängt es an zu schneien")),
    ("Sag „Moin zusammen“ —voice Rock", Lipsync(text="Moin zusammen", voice="Rock")),
    ("Nochmal!", Reroll()),
    ("Löschen", Delete()),
    ("Extiende y entonces empieza a llover", Extend(prompt="y entonces empieza a llover")),
    ("¡Otra vez!", Reroll()),
    ("Haz que diga «¡Feliz cumpleaños!»", Lipsync(text="¡Feliz cumpleaños!")),
    ("Dis\u00a0: «\u00a0Joyeux Noël\u00a0»", Lipsync(text="Joyeux Noël")),
    ("Encore une fois\u202f!", Reroll()),
    ("Prolonge la caméra recule", Extend(prompt="la caméra recule")),
    ("De novo!", Reroll()),
    ("Fala: “bom dia, galera”", Lipsync(text="bom dia, galera")),
    ("Estenda e começa a chover", Extend(prompt="e começa a chover")),
    ("もう一度！", Reroll()),
    ("言って「おめでとう！」", Lipsync(text="おめでとう！")),
    ("延長して　雨が降り始める", Extend(prompt="雨が降り始める")),
    ("削除", Delete()),
    ("再来一次！", Reroll()),
    ("说“生日快乐！”", Lipsync(text="生日快乐！")),
    ("延长：镜头慢慢拉远。", Extend(prompt="镜头慢慢拉远。")),
    ("继续", Extend()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), MESSAGES)
def test_a_message_from_a_phone(text: str, said: Said) -> None:
    assert read_reply(text) == said
