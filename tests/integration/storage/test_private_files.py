"""What the bot writes is its own user's to read: the database holds secrets, the archive what people sent."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]


def test_nobody_else_on_the_machine_may_read_the_data(tmp_path: Path):
    data_dir = tmp_path / "data"
    settings = {"DISCORD_TOKEN": "token.of.nobody", "PIAPI_KEY": "key-of-nobody", "MAX_USD_PER_MONTH": "unlimited"}
    subprocess.run(
        [sys.executable, "-m", "bot", "migrate"],
        env={**settings, "DATA_DIR": str(data_dir), "PYTHONPATH": str(REPOSITORY), "PATH": os.environ["PATH"]},
        cwd=tmp_path,
        umask=0o022,
        check=True,
        capture_output=True,
        timeout=60,
    )
    written = [data_dir, *data_dir.rglob("*")]
    assert data_dir / "egret.db" in written
    assert {path: path.stat().st_mode & 0o077 for path in written} == dict.fromkeys(written, 0)
