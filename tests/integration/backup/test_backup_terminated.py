"""SIGTERM, which container engines send, ends a verb as Ctrl-C does."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from bot.__main__ import _unless_terminated


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal handlers on its loops")
async def test_a_verb_that_is_terminated_cleans_up():
    begun, cleaned = asyncio.Event(), []

    async def verb() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            cleaned.append(True)

    running = asyncio.create_task(_unless_terminated(verb()))
    try:
        await begun.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(running, 10)
    finally:
        asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)
    assert cleaned == [True]
