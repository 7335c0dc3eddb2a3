"""Which crash points there are, and in which situations they are passed.

The table is found, not written: `scout` lets every situation happen without a crash and notes what it passes by. It is
kept beside this module; a test holds it to the states, the ports and the store, and a full run to the points that any
run passes by.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.chaos.situations import somebody
from tests.chaos.situations_beside import SITUATIONS

if TYPE_CHECKING:
    from tests.chaos.arena import Arena

TABLE: Final = Path(__file__).with_name("points.json")
RECOVERY: Final = "the start with work in hand"
"""In place of a situation: what is passed before the bot is online again."""
_TIMES: Final = 3

Passed = Mapping[str, Mapping[str, int]]
"""By point: how often each situation passes it at least."""

_SETTINGS: Final = "a setting or a choice, complete in one commit; orders are judged by what is stored"
_CHORES: Final = "a chore that is done again by whoever comes next; nobody is told anything, and no order is touched"
_WELCOME: Final = "words on a server's first day, begun and ended in two commits; no order is touched"
BESIDE_THE_JOBS: Final = {
    "add_words": _SETTINGS,
    "block": _SETTINGS,
    "change_rules": _SETTINGS,
    "drop_words": _SETTINGS,
    "give_consent": _SETTINGS,
    "grant": _SETTINGS,
    "set_favourite": _SETTINGS,
    "set_up": _SETTINGS,
    "unblock": _SETTINGS,
    "set": _SETTINGS,
    "keep_first": _SETTINGS,
    "begin_welcome": _WELCOME,
    "drop_welcome": _WELCOME,
    "end_welcome": _WELCOME,
    "server_joined": _WELCOME,
    "server_left": _WELCOME,
    "claim_reports": _CHORES,
    "claim_turn": _CHORES,
    "drop_old_counters": _CHORES,
    "end_turn": _CHORES,
    "forget_alerts": _CHORES,
    "forget_erasures": _CHORES,
    "forget_house": "only of a server that the bot left a month ago, whose orders have all ended",
    "forget_server": "likewise",
    "prove": _CHORES,
    "warn_of_budget": "tells a server's managers once that most of their budget is spent; no order is touched",
}
"""Methods of the store that write nothing about a command, its money or its messages, so that no trial kills there."""


RARE: Final = {
    "aim_report": "only where a server has a channel for reports, see tests/e2e/test_moderation.py",
    "put_off_report": "only where that channel takes nothing at first",
    "hand_alert_to_owner": "only where a channel in which people wait takes no word of an outage",
    "expire_submitting": "reads what the sweeper then doubts",
    "make_tasks_due": "only where many tasks run at once, as among the 500 commands that are killed at any moment",
    "put_off_tasks": "likewise",
    "renew": "only for uploads and downloads that outlast half a lease",
    "set_pause": "never by itself: it is done by `change_pause`, which is killed",
    "set_output_url": "only where the provider names another address, see tests/integration/jobs",
}
"""Methods that no situation passes by every time, and why none is made for them."""


def matters(point: str) -> bool:
    """Tell whether a point is one of the matrix."""
    return point.split(" ")[1] not in BESIDE_THE_JOBS.keys() | RARE.keys()


def read_table() -> Passed:
    """Return the table that is kept."""
    table: dict[str, dict[str, int]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return table


def write_table(passed: Passed) -> None:
    """Keep a table."""
    TABLE.write_text(json.dumps(passed, indent=1, sort_keys=True) + "\n", encoding="utf-8")


async def scout(place: Arena, chance: random.Random) -> Passed:
    """Let every situation happen a few times; return what each passes by every time."""
    passed: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for situation in SITUATIONS:
        often: list[Mapping[str, int]] = []
        for _ in range(_TIMES):
            await place.begin()
            await place.source()
            before = await place.bot.reached()
            await situation(place, chance)
            await place.pass_time(place.at_rest)
            await place.let_be_said()
            after = await place.bot.reached()
            often.append({point: number - before.get(point, 0) for point, number in after.items()})
            await place.settle()
        for point in often[0]:
            least = min(one.get(point, 0) for one in often)
            if least > 0 and matters(point):
                passed[point][situation.__name__] = least
    for point, number in (await _recover(place, chance)).items():
        if matters(point) and (point not in passed or number == 1):
            passed[point].setdefault(RECOVERY, number)
    return {point: dict(sorted(where.items())) for point, where in sorted(passed.items())}


async def _recover(place: Arena, chance: random.Random) -> Mapping[str, int]:
    """Return what a start passes by that finds a purchase on the wire."""
    await place.begin()
    await leave_a_purchase_on_the_wire(place, chance)
    await place.start()
    reached = await place.bot.reached()
    await place.settle()
    return reached


async def leave_a_purchase_on_the_wire(place: Arena, chance: random.Random) -> None:
    """Kill the bot while the provider has a purchase, and the bot has not heard; or later, where nothing is bought."""
    await place.crash_at("after the purchase")
    await place.order(somebody(place, chance))
    if not await place.until_dead():
        await place.kill()


def merged(tables: list[Passed]) -> Passed:
    """Return a table with what any engine passes, and the least number where several do."""
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for table in tables:
        for point, where in table.items():
            for situation, number in where.items():
                found[point][situation] = min(number, found[point].get(situation, number))
    return {point: dict(sorted(where.items())) for point, where in sorted(found.items())}
