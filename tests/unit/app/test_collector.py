"""What is imported at the start is left to itself by the garbage collector, which goes on as it did."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from bot.collector import modules_kept


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_came_inside_the_block_is_never_looked_through_again() -> None:
    with modules_kept():
        stays = [[]]

    assert gc.get_freeze_count() > 0
    assert not any(each is stays for each in gc.get_objects())


def test_the_collector_is_as_eager_as_before_once_the_block_has_ended() -> None:
    usual = gc.get_threshold()

    with modules_kept():
        inside = gc.get_threshold()

    assert inside[0] > usual[0] > 0
    assert gc.get_threshold() == usual


def test_it_is_so_too_where_an_import_fails() -> None:
    usual = gc.get_threshold()

    with pytest.raises(ModuleNotFoundError), modules_kept():
        import no_such_module  # type: ignore[import-not-found]  # noqa: F401

    assert gc.get_threshold() == usual
