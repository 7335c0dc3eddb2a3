"""Whatever the documents point to is there: files, headings, commands, settings, and sentences of the bot."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from bot.settings import Settings

ROOT: Final = Path(__file__).parents[3]
PAGES: Final = sorted(str(path.relative_to(ROOT)) for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))
TOP_LEVEL: Final = ("bot", "cogs", "storage", "sandbox", "tests", "bench", "docs")
ENDINGS: Final = (".py", ".md", ".sql", ".toml", ".yaml", ".lock", ".example", ".service", ".txt")
MADE_BY_THE_TOUR: Final = ("tour/transcript.md", "tour/discord.jsonl")
NAMES_THAT_ARE_NO_SETTING: Final = {
    "BUTTONS",  # bot/ui/buttons.py
    "COMPOSE_FILE",
    "COMPOSE_PROFILES",
    "ONLY",  # this and RUNS are of `make chaos`
    "POSTGRES_PASSWORD",
    "REVISION",  # storage/schema.py
    "RUNS",
    "VERB",
}
SERVICES: Final = re.findall(r"^  ([a-z]+):$", (ROOT / "compose.yaml").read_text().split("\nvolumes:")[0], re.MULTILINE)
TARGETS: Final = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
VERBS: Final = set(re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "docs/command-line.md").read_text(), re.MULTILINE))
"""`test_documents` holds that table to the code."""


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str, *languages: str) -> Iterator[str]:
    """Yield the lines of code blocks in these languages, continued lines joined, comments left out."""
    for language, block in re.findall(r"^ *```(\w+)\n(.*?)^ *```$", text_of(page), re.DOTALL | re.MULTILINE):
        if language in languages:
            yield from (line.strip() for line in block.replace("\\\n", " ").splitlines() if line.strip())


def spans(page: str) -> list[str]:
    """Return the words in backticks outside of code blocks."""
    prose = re.sub(r"^ *```\w*\n.*?^ *```$", "", text_of(page), flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"`([^`\n]+)`", prose)


def headings(page: str) -> set[str]:
    """Return a page's headings as the anchors that GitHub makes of them."""
    found = re.findall(r"^#+ (.+)$", re.sub(r"^ *```.*?^ *```$", "", text_of(page), flags=re.S | re.M), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", PAGES)
def test_every_relative_link_leads_somewhere(page: str):
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (ROOT / page).parent / path if path else ROOT / page
        assert linked.exists(), f"{page} links to {target}"
        if anchor:
            assert anchor in headings(str(linked.resolve().relative_to(ROOT))), f"{page} links to {target}"


@pytest.mark.parametrize("page", PAGES)
def test_every_picture_has_words_for_those_who_cannot_see_it(page: str):
    assert "![" not in text_of(page), "with a width, so that it does not fill the page"
    for target, words in re.findall(r'<img src="([^"]+)" width="\d+" alt="([^"]*)">', text_of(page)):
        assert len(words.split()) > 10, target
        assert (ROOT / page).parent.joinpath(target).stat().st_size < 300_000


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_is_named_is_there(page: str):
    for span in spans(page):
        in_the_tree = "/" in span and span.split("/")[0] in TOP_LEVEL
        looks_like_one = re.fullmatch(r"[\w.-]+(/[\w.-]+)*/?", span) and (in_the_tree or span.endswith(ENDINGS))
        if looks_like_one and span not in MADE_BY_THE_TOUR:
            assert (ROOT / span).exists() or ((ROOT / page).parent / span).exists(), f"{page} names {span}"


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_that_is_named_is_one(page: str):
    known = {name.upper() for name in Settings.model_fields} | NAMES_THAT_ARE_NO_SETTING
    assigned = [line.partition("=")[0] for line in blocks(page, "sh") if re.match(r"[A-Z_]+=", line)]
    named = [found for span in spans(page) for found in re.findall(r"(?<![\w-])([A-Z]+_[A-Z_]+)(?![\w-])", span)]
    assert {*assigned, *named} <= known


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_is_to_be_typed_exists(page: str):
    lines = [*blocks(page, "sh", "powershell"), *spans(page)]
    for line in lines:
        for target in re.findall(r"(?:^|&& |sudo )make ([a-z-]+)", line):
            assert target in TARGETS, f"{page}: {line}"
        for verb in re.findall(r"-m bot ([a-z-]+)", line):
            assert verb in VERBS, f"{page}: {line}"


@pytest.mark.parametrize("page", PAGES)
def test_compose_is_asked_for_services_and_verbs_that_exist(page: str):
    for line in [*blocks(page, "sh"), *spans(page)]:
        for command in re.findall(r"docker compose (?:run|exec) [^&|<>]+", line):
            words = shlex.split(command)[3:]
            place = next((place for place, word in enumerate(words) if word in SERVICES), None)
            assert place is not None or "VERB" in words, f"{page}: {line}"
            if place is None or "--entrypoint" in words or command.startswith("docker compose exec"):
                continue
            assert set(words[place + 1 : place + 2]) <= VERBS | {"VERB"}, f"{page}: {line}"


def sentences() -> list[re.Pattern[str]]:
    """Return a pattern for every text of the product that reads like a sentence; what is filled in matches anything."""
    found = []
    for path in (*ROOT.glob("bot/**/*.py"), *ROOT.glob("storage/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            parts: list[str] = []
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                parts = re.split(r"\{\w+\}", node.value)
            elif isinstance(node, ast.JoinedStr):
                texts = [part.value if isinstance(part, ast.Constant) else "\0" for part in node.values]
                parts = "".join(str(text) for text in texts).split("\0")
            if sum(len(part) for part in parts) >= 20:
                found.append(re.compile(".+".join(re.escape(part) for part in parts), re.DOTALL))
    return found


def test_the_sentences_that_are_quoted_are_the_bots_own():
    faq = text_of("README.md").split("## What goes wrong")[1].split("## Develop")[0]
    quoted = re.findall(r"“([^”]+)”", faq)
    patterns = sentences()
    assert len(quoted) >= 12
    for sentence in quoted:
        # One that is quoted only in part ends with a blank and an ellipsis.
        begun = re.escape(sentence.removesuffix(" …")) if sentence.endswith(" …") else None
        whole = any(pattern.fullmatch(sentence) for pattern in patterns)
        cut = begun is not None and any(
            re.match(begun.replace("…", ".+"), pattern.pattern.replace("\\", "")) for pattern in patterns
        )
        assert whole or cut, sentence
