"""A full descriptor table is told once, and ends no loop."""

from __future__ import annotations

import errno
import io
import logging
import resource
from contextlib import redirect_stdout

import pytest

from bot.errors import is_shortage
from bot.log import Redaction, configure_logging
from bot.safekeeping import take_descriptors
from bot.settings import LogFormat


def test_asyncios_complaint_is_shown_once_a_minute():
    shown = io.StringIO()
    with redirect_stdout(shown):
        configure_logging(LogFormat.TEXT, "INFO", Redaction())
        for _ in range(100):
            logging.getLogger("asyncio").error("socket.accept() out of system resource")
        logging.getLogger("asyncio").error("something else")

    assert shown.getvalue().count("out of system resource") == 1
    assert "something else" in shown.getvalue()


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EROFS])
def test_too_little_of_something_is_no_defect_however_it_is_wrapped(number: int):
    wrapped = RuntimeError("a library's words")
    wrapped.__cause__ = OSError(number, "no")

    assert is_shortage(wrapped)


def test_a_defect_is_no_shortage():
    assert not is_shortage(OSError(errno.ENOENT, "no such file"))
    assert not is_shortage(ValueError("wrong"))


def test_a_process_takes_the_descriptors_that_it_may_have():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    low = min(256, before[1]) if before[1] != resource.RLIM_INFINITY else 256
    resource.setrlimit(resource.RLIMIT_NOFILE, (low, before[1]))
    try:
        take_descriptors()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

    assert soft >= low
    assert soft == (hard if hard != resource.RLIM_INFINITY and hard < 65_536 else 65_536)
