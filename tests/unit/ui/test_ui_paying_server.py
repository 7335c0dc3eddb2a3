"""Choosing which server pays in direct messages, as it is shown."""

from __future__ import annotations

from bot.catalog import Catalogue
from bot.community.paying import PayingServer, WhichServerPays
from bot.jobs.preferences import Preferences
from bot.ui import wording
from bot.ui.defaults import render_defaults
from bot.ui.message import ChoiceList
from bot.ui.paying_server import before_offer, render_chosen, render_chosen_alone, render_none, render_which, with_payer

COVE, ELSEWHERE = PayingServer(1, "Egret *Cove*"), PayingServer(2, "Elsewhere")


def picks(message) -> ChoiceList:
    (pick,) = message.lists
    assert isinstance(pick, ChoiceList)
    return pick


def test_the_list_names_every_server_and_what_pays_now():
    message = render_which((COVE, ELSEWHERE), "draft", chosen=2)

    assert [(choice.value, choice.label, choice.picked) for choice in picks(message).choices] == [
        ("1", "Egret *Cove*", False),
        ("2", "Elsewhere", True),
    ]
    assert picks(message).custom_id == "egret:pays:draft"
    assert "Nothing was charged." in message.content


def test_more_servers_than_a_list_takes_can_be_chosen_on_the_server():
    message = render_which([PayingServer(number, f"Server {number}") for number in range(40)])

    assert len(picks(message).choices) == 25
    assert "can be chosen on that server, with `/defaults`" in message.content


def test_a_refusal_because_nothing_is_chosen_brings_the_list():
    several = WhichServerPays(servers=(COVE, ELSEWHERE))

    assert wording.refused(several) == wording.click_refused(several) == render_which((COVE, ELSEWHERE))


def test_what_a_server_is_called_is_no_markup():
    for message in (render_chosen(COVE), render_chosen_alone(COVE), before_offer(COVE, render_none())):
        assert "Egret \\*Cove\\*" in message.content


def test_defaults_tell_who_pays_and_change_it():
    defaults = render_defaults(Preferences(), Catalogue())

    nobody = with_payer(defaults, None, None)
    here = with_payer(defaults, COVE, 1)
    elsewhere = with_payer(defaults, COVE, 2)

    assert nobody.content.endswith("Pays in direct messages: not chosen")
    assert [button.label for button in nobody.buttons[len(defaults.buttons) :]] == ["Which server pays?"]
    assert here.buttons == defaults.buttons
    assert [button.label for button in elsewhere.buttons[len(defaults.buttons) :]] == [
        "Let this server pay in direct messages"
    ]
