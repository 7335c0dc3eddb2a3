from __future__ import annotations

import pytest

from tests.fidelity import documents
from tests.fidelity.walked import EVENTS, INTERACTIONS, walk


async def test_the_sandbox_is_held_to_discord_s_own_documents() -> None:
    absence = documents.absence()
    if absence is not None:
        pytest.skip(absence)
    from tests.fidelity.observer import FidelityObserver

    observer = FidelityObserver()

    walked = await walk(observer)

    observer.assert_clean()
    assert walked.routes == walked.served_routes
    assert walked.events == EVENTS
    assert walked.interactions == INTERACTIONS
    assert walked.statuses >= {200, 201, 204, 404, 413, 429, 503}
