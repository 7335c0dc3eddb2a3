"""The documents say what the code does, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.catalog import Catalogue
from bot.community.alerts import AlertKind
from bot.docs import documents
from bot.exit_codes import ExitCode
from bot.jobs.states import DeliveryState, JobState
from bot.settings import Settings
from bot.ui import options
from cogs.clips import ClipsCog
from cogs.defaults import DefaultsCog
from cogs.extend import ExtendCog
from cogs.help import HelpCog
from cogs.lipsync import LipsyncCog
from cogs.moderation import ModerationCog
from cogs.owner import OwnerCog
from cogs.privacy import PrivacyCog
from cogs.quota import QuotaCog
from cogs.settings import SettingsCog
from cogs.setup import SetupCog
from cogs.usage import UsageCog
from cogs.video import VideoCog

ROOT = Path(__file__).parents[3]


def document(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def table(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the first table after a line that begins with `heading`, without its head."""
    after = f"{text[text.index(heading) :]}\n\n"
    rows = re.findall(r"^\|(.*)\|$", after[: after.index("\n\n", after.index("|---"))], re.MULTILINE)
    return [[cell.strip() for cell in row.split("|")] for row in rows][2:]


def code_words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def make_targets() -> list[str]:
    return re.findall(r"^([a-z-]+):", document("Makefile"), re.MULTILINE)


@pytest.mark.parametrize("path", sorted(documents()))
def test_what_is_generated_is_up_to_date(path: str):
    assert documents()[path] == document(path)


def test_every_model_and_quality_has_a_row():
    rows = [row[0] for row in table(document("docs/models.md"), "<!-- models")]
    assert rows == [model.label for model in Catalogue().models for _ in model.modes]


def test_every_command_and_option_is_there_in_order_and_no_other():
    documented = {code_words(row[0])[0]: code_words(row[2]) for row in table(document("README.md"), "## Commands")}
    real = {
        f"/{command.name}": [parameter.display_name for parameter in command.parameters]
        for cog in (
            VideoCog,
            ExtendCog,
            LipsyncCog,
            ClipsCog,
            DefaultsCog,
            HelpCog,
            SettingsCog,
            SetupCog,
            ModerationCog,
            QuotaCog,
            UsageCog,
        )
        for command in cog.__cog_app_commands__
    }
    real |= {f"/{command.qualified_name}": [] for command in PrivacyCog.privacy.commands}
    assert documented == real


def test_every_command_of_the_owner_and_every_alert_is_explained_and_no_other():
    rows = table(document("docs/owner.md"), "## Commands")
    real = [f"/{command.qualified_name}" for command in OwnerCog.owner.commands]
    assert [code_words(row[0])[0] for row in rows] == real
    assert [f"/owner {code_words(row[1])[0]}" for row in rows] == real
    alerts = [code_words(row[0])[0] for row in table(document("docs/owner.md"), "## Alerts")]
    assert alerts == [kind.value for kind in AlertKind if kind is not AlertKind.OUTAGE]


def test_every_message_command_is_named_and_no_other():
    told = re.search(r"right-click any message → Apps: (.*?),\s+which", document("README.md"), re.DOTALL)
    assert told is not None
    named = re.findall(r"\*([^*]+)\*", told[1])
    real = [options.EXTEND_THIS, options.LIPSYNC_THIS, options.VIDEO_DETAILS, options.USE_AS_SOURCE]
    assert named == [name.message for name in real]


def test_every_state_of_a_job_is_explained_and_no_other():
    documented = [code_words(row[0])[0] for row in table(document("docs/states.md"), "## A job")]
    assert sorted(documented) == sorted(state.value for state in JobState)


def test_every_state_of_a_message_is_explained_and_no_other():
    documented = [code_words(row[0])[0] for row in table(document("docs/states.md"), "## A message")]
    assert documented == [state.value for state in DeliveryState]


def test_every_exit_code_is_explained_and_no_other():
    documented = [int(row[0]) for row in table(document("docs/command-line.md"), "## Exit codes")]
    assert documented == [code.value for code in ExitCode]


def test_every_verb_and_option_of_the_command_line_is_explained_and_no_other(capsys: pytest.CaptureFixture[str]):
    def helped(*arguments: str) -> str:
        with pytest.raises(SystemExit):
            main([*arguments, "--help"])
        return capsys.readouterr().out

    verbs = re.findall(r"^    ([a-z-]+)(?:\s|$)", helped(), re.MULTILINE)
    arguments = re.compile(r"^  (?:-\w, )?([a-z-]+)", re.MULTILINE)
    real = {verb: set(arguments.findall(helped(verb))) - {"--help"} for verb in verbs}
    rows = table(document("docs/command-line.md"), "# Command line")
    assert {code_words(row[0])[0]: set(code_words(row[2])) for row in rows} == real


def test_every_make_target_is_explained_and_no_other():
    documented = [code_words(row[0])[0] for row in table(document("docs/command-line.md"), "## Make")]
    assert sorted(documented) == sorted(f"make {target}" for target in make_targets())


def test_the_ceilings_that_the_readme_names_are_the_defaults():
    said = {code_words(row[0])[0]: row[1] for row in table(document("README.md"), "## Settings")}
    fields = Settings.model_fields
    assert f"${fields['max_usd_per_month'].default // 1_000_000} " in said["MAX_USD_PER_MONTH"]
    assert said["MAX_USD_PER_JOB"].endswith(f"${fields['max_usd_per_job'].default // 1_000_000}")
    assert said["MAX_JOBS_PER_PERSON_PER_DAY"].endswith(f" {fields['max_jobs_per_person_per_day'].default}")


def test_every_table_of_the_database_is_told_to_the_people_it_is_about():
    migrations = [path.read_text(encoding="utf-8") for path in ROOT.glob("storage/migrations/versions/*.py")]
    tables = {name for text in migrations for name in re.findall(r'op\.create_table\(\s*"(\w+)"', text)}
    rows = table(document("PRIVACY.md"), "## What is stored")
    told = {name for row in rows if row[1].startswith("table") for name in code_words(row[1])}
    assert told == tables


def test_the_example_of_a_catalogue_file_works(tmp_path: Path):
    found = re.search(r"```toml\n(.*?)```", document("docs/models.md"), re.DOTALL)
    assert found is not None
    (tmp_path / "catalogue.toml").write_text(found[1])
    catalogue = Catalogue.load(tmp_path / "catalogue.toml")
    assert catalogue.model("1.0") is None
    assert catalogue.model("2.6").sound
    assert catalogue.limits.lipsync.text_characters == 300
    assert catalogue.voice("Harbour Pilot").language == "English"
