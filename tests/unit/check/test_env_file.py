"""`.env` is changed line by line, in one step, and never holds what the bot would read otherwise."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from bot.docs import env_example
from bot.setup.env_file import Unwritable, changed, write

VALUES = {"DISCORD_TOKEN": "a.b.c", "PUBLIC_URL": "https://egret.example.org"}


def test_other_lines_stay_as_they_are():
    before = "# mine\nexport PIAPI_KEY=old\nCADDY_DOMAIN='x y'\n\nPIAPI_KEY = older\n"
    assert changed(before, {"PIAPI_KEY": "new"}) == "# mine\nPIAPI_KEY=new\nCADDY_DOMAIN='x y'\n\n"


def test_a_setting_that_is_commented_out_is_put_to_use_where_it_stands():
    assert changed("#PUBLIC_URL=\n#WEB_PORT=8080\n", {"PUBLIC_URL": "https://e.org"}) == (
        "PUBLIC_URL=https://e.org\n#WEB_PORT=8080\n"
    )


def test_a_name_that_only_begins_alike_is_another_setting():
    assert changed("SERVERS_OF_MINE=1\n", {"SERVERS": "2"}) == "SERVERS_OF_MINE=1\nSERVERS=2\n"


def test_a_last_line_without_an_end_is_not_joined_to_the_next():
    assert changed("WEB_PORT=1", {"SERVERS": "2"}) == "WEB_PORT=1\nSERVERS=2\n"


def test_the_example_is_filled_in_in_place():
    filled = changed(env_example(), VALUES)
    assert len(filled.splitlines()) == len(env_example().splitlines())
    assert "\nDISCORD_TOKEN=a.b.c\n" in filled
    assert "\nPUBLIC_URL=https://egret.example.org\n" in filled


def test_the_file_is_its_owners_alone_and_nothing_lies_beside_it(tmp_path: Path):
    path = tmp_path / ".env"
    path.write_text("OLD=1\n")
    path.chmod(0o644)
    write(path, changed("OLD=1\n", VALUES), VALUES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in tmp_path.iterdir()] == [".env"]
    assert dotenv_values(path) == {"OLD": "1", **VALUES}


def test_a_link_to_the_file_stays_one(tmp_path: Path):
    real = tmp_path / "kept" / "egret.env"
    real.parent.mkdir()
    real.touch()
    (tmp_path / ".env").symlink_to(real)
    write(tmp_path / ".env", changed("", VALUES), VALUES)
    assert (tmp_path / ".env").is_symlink()
    assert dotenv_values(real) == VALUES


def test_what_would_be_read_otherwise_never_gets_there(tmp_path: Path):
    path = tmp_path / ".env"
    path.write_text("OLD=1\n")
    values = {"PIAPI_KEY": "key-${HOME}"}
    with pytest.raises(Unwritable, match="PIAPI_KEY holds characters") as refused:
        write(path, changed("OLD=1\n", values), values)
    assert "HOME" not in str(refused.value)
    assert path.read_text() == "OLD=1\n"
    assert [item.name for item in tmp_path.iterdir()] == [".env"]


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60).filter(
    lambda value: "${" not in value
))  # fmt: skip
def test_any_key_that_a_header_can_carry_comes_back_as_it_was(value: str):
    import io

    text = changed("A=1\n", {"PIAPI_KEY": value})
    assert dotenv_values(stream=io.StringIO(text)) == {"A": "1", "PIAPI_KEY": value}
