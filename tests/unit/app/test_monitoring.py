"""What nobody asks for is not measured, nor is what would measure it loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.clock import SystemClock
from bot.measured import Measured
from bot.monitoring import Unmonitored, monitoring_for
from bot.settings import load_settings
from sandbox.stage.environment import REPOSITORY


@pytest.mark.parametrize(("metrics", "kind"), [("off", Unmonitored), ("on", Measured)])
def test_metrics_are_taken_where_they_can_be_asked_for(metrics: str, kind: type[object]) -> None:
    settings = load_settings(_env_file=None, discord_token="t" * 9, piapi_key="k" * 9, metrics=metrics)

    assert isinstance(monitoring_for(settings, SystemClock()), kind)


def test_a_bot_without_metrics_does_without_prometheus() -> None:
    program = "\n".join(
        (
            "import sys, bot.app",
            "from bot.clock import SystemClock",
            "from bot.monitoring import monitoring_for",
            "from bot.settings import load_settings",
            "settings = load_settings(_env_file=None, discord_token='t' * 9, piapi_key='k' * 9)",
            "monitoring_for(settings, SystemClock())",
            "print('prometheus_client' in sys.modules)",
        )
    )

    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, check=True, text=True)  # noqa: S603 - our own interpreter

    assert done.stdout.strip() == "False"
