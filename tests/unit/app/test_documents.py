"""The documents say what the code does, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from bot.catalog import Catalogue
from bot.docs import readme
from bot.exit_codes import ExitCode
from bot.jobs.states import DeliveryState, JobState
from cogs.clips import ClipsCog
from cogs.extend import ExtendCog
from cogs.lipsync import LipsyncCog
from cogs.video import VideoCog

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text()


def table(heading: str) -> list[list[str]]:
    """Return the cells of the first table after a line that begins with `heading`."""
    after = README[README.index(heading) :]
    rows = re.findall(r"^\|(.*)\|$", after[: after.index("\n\n", after.index("|---"))], re.MULTILINE)
    return [[cell.strip() for cell in row.split("|")] for row in rows]


def code_words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_the_generated_tables_are_up_to_date():
    assert readme(README) == README


def test_every_command_and_option_is_there_in_order_and_no_other():
    documented = {code_words(row[0])[0]: code_words(row[2]) for row in table("## Commands")[2:]}
    real = {
        f"/{command.name}": [parameter.name for parameter in command.parameters]
        for cog in (VideoCog, ExtendCog, LipsyncCog, ClipsCog)
        for command in cog.__cog_app_commands__
    }
    assert documented == real


def test_every_state_of_a_job_is_explained_and_no_other():
    documented = [code_words(row[0])[0] for row in table("| state of a job")[2:]]
    assert sorted(documented) == sorted(state.value for state in JobState)


def test_every_state_of_a_message_is_named():
    line = next(line for line in README.splitlines() if line.startswith("A message to a channel is"))
    assert code_words(line) == [state.value for state in DeliveryState]


def test_every_exit_code_is_explained_and_no_other():
    documented = [int(row[0]) for row in table("## Exit codes")[2:]]
    assert documented == [code.value for code in ExitCode]


def test_the_example_of_a_catalogue_file_works(tmp_path: Path):
    example = re.search(r"```toml\n(.*?)```", README, re.DOTALL)[1]
    (tmp_path / "catalogue.toml").write_text(example)
    catalogue = Catalogue.load(tmp_path / "catalogue.toml")
    assert catalogue.model("1.0") is None
    assert catalogue.model("2.6").sound
    assert catalogue.limits.lipsync.text_characters == 300
    assert catalogue.voice("Harbour Pilot").language == "English"


def test_every_make_target_that_is_named_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"make ([a-z-]+)\b", " ".join(re.findall(r"`[^`]*`|^make .*$", README, re.MULTILINE))))
    assert named <= targets
