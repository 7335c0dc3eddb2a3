"""The page of /help that says what holds for the reader on this server."""

from __future__ import annotations

from bot.catalog import Catalogue
from bot.errors import Refusal
from bot.jobs.preferences import Within
from bot.ui import figures
from bot.ui.help_facts import HelpFacts, HereHelp
from bot.ui.language import _
from bot.ui.paying_server import pays_line
from bot.ui.quota import limit_lines, own_lines
from bot.ui.quoting import escaped
from bot.ui.refusals import refusal_sentence
from bot.ui.settings_names import SEEING, shortened

_MODEL_SHOWN = 40


def render_here(facts: HelpFacts) -> list[str]:
    """Return the lines of the page."""
    here = facts.here
    if isinstance(here, Refusal):
        return [refusal_sentence(here)]
    lines = []
    if here.payer:
        lines.append(pays_line(here.payer))
    return [
        *lines,
        *own_lines(here.quota),
        *_allowed(here, facts.catalogue),
        f"**{_('This server, this month')}**",
        *limit_lines(here.quota.server),
    ]


def _allowed(here: HereHelp, catalogue: Catalogue) -> list[str]:
    rules = here.quota.rules
    lines = [f"**{_('Allowed here')}**"]
    if here.channels and not here.payer:
        lines.append(figures.labelled(_("Channels for clips"), shortened([f"<#{one}>" for one in here.channels])))
    lines.append(figures.labelled(_("Models that can be used"), _models(rules.within, catalogue)))
    within = rules.within
    longest = figures.seconds(within.max_seconds) if within.max_seconds is not None else _("no limit")
    lines.append(figures.labelled(_("Longest clip"), longest))
    switches = (
        (_("Quality Pro"), within.pro),
        (_("Lip-sync"), rules.lipsync),
        (_("Pictures to start from"), rules.pictures),
        (_("Own recordings"), rules.own_audio),
    )
    lines += [f"{'✅' if on else '🚫'} {figures.labelled(name, _('on') if on else _('off'))}" for name, on in switches]
    if rules.forces_spoiler:
        lines.append(f"🙈 {_('Every clip comes hidden until somebody clicks on it.')}")
    lines.append(figures.labelled(_("Who sees dollars"), _(SEEING[rules.sees_dollars])))
    return lines


def _models(within: Within, catalogue: Catalogue) -> str:
    if within.models is None:
        return _("all")
    return shortened([f"Kling {escaped(catalogue.label(key), _MODEL_SHOWN)}" for key in sorted(within.models)])
