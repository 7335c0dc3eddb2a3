"""A bot of the crash tests in a process of its own, where strace can begin with it: its `Launch` is the argument."""

from __future__ import annotations

import sys

from tests.chaos.bot import Launch, become

if __name__ == "__main__":
    become(Launch.model_validate_json(sys.argv[1]))
