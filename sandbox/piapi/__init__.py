"""A local PiAPI for Kling over real HTTP: same envelopes, same quirks, real MP4 files, faults on demand.

It is an independent reading of the provider's behaviour and shares no code with the bot. What the documents leave
open is decided here and said where it is decided ("assumption").
"""

from __future__ import annotations

from sandbox.piapi.clock import SandboxClock
from sandbox.piapi.control import ControlError, PiapiControl
from sandbox.piapi.faults import Fault
from sandbox.piapi.options import Options
from sandbox.piapi.scenarios import Scenario
from sandbox.piapi.server import DEFAULT_KEY, PiapiSandbox

__all__ = [
    "DEFAULT_KEY",
    "ControlError",
    "Fault",
    "Options",
    "PiapiControl",
    "PiapiSandbox",
    "SandboxClock",
    "Scenario",
]
