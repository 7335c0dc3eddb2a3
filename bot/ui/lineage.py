"""Where a clip comes from and what came of it, with links to the messages.

Lineage crosses people: somebody may extend another's clip in private. Of such a clip others read that there is one,
and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.jobs.model import Job, JobKind
from bot.jobs.requests import Lineage, PastClip
from bot.jobs.states import JobState
from bot.ui import figures, job_words
from bot.ui.language import _, marked

_BRIEFLY: Final = 2

_FROM: Final = {
    JobKind.EXTEND: marked("Extends {clip}"),
    JobKind.LIPSYNC: marked("Makes {clip} speak"),
}
_INTO: Final = {
    JobKind.EXTEND: marked("Extended: {clip}"),
    JobKind.LIPSYNC: marked("Made to speak: {clip}"),
}


def parent_lines(job: Job, lineage: Lineage, viewer_id: int) -> list[str]:
    """Return what a clip comes from, a line for each."""
    return [_parent_words(job, parent).format(clip=_clip(parent, viewer_id)) for parent in lineage.parents]


def child_lines(job: Job, lineage: Lineage, viewer_id: int) -> list[str]:
    """Return what came of a clip, a line for each, newest first; private clips of others are left out."""
    return [
        _child_words(job, child).format(clip=_clip(child, viewer_id)) + _fate(child.job)
        for child in _seen(lineage.children, viewer_id)
    ]


def lineage_line(lineage: Lineage, viewer_id: int) -> str:
    """Return both on one line for lists: "↩︎ from #k3f9x2 · led to #m4h2pz"; "" where there is neither."""
    parts = []
    if lineage.parents:
        parts.append(_("↩️ from {clips}").format(clips=_several(lineage.parents, viewer_id)))
    children = _seen(lineage.children, viewer_id)
    if children:
        parts.append(_("led to {clips}").format(clips=_several(children, viewer_id)))
    return " · ".join(parts)


def _several(clips: Sequence[PastClip], viewer_id: int) -> str:
    shown = [_clip(clip, viewer_id) for clip in clips[:_BRIEFLY]]
    return figures.listed(shown) + (" …" if len(clips) > _BRIEFLY else "")


def _parent_words(job: Job, parent: PastClip) -> str:
    again = marked("Made again from {clip}")
    return _(_FROM.get(job.kind, again) if parent.job.id == job.source_id else again)


def _child_words(job: Job, child: PastClip) -> str:
    again = marked("Made again: {clip}")
    return _(_INTO.get(child.job.kind, again) if child.job.source_id == job.id else again)


def _clip(clip: PastClip, viewer_id: int) -> str:
    """Return a clip's short id, with the link to its message where there is one to go to."""
    job = clip.job
    if not _may_see(job, viewer_id):
        return _("a private clip")
    name = job_words.name(job)
    if job.removed_at is not None:
        return _("{name} (deleted)").format(name=f"`{name}`")
    if clip.message is None or (job.requester_id != viewer_id and job_words.is_private(job, clip.message)):
        return f"`{name}`"
    return f"[{name}]({job_words.message_link(job, clip.message)})"


def _fate(job: Job) -> str:
    """Return a state that is worth a word: not that a clip is there, nor that it was deleted, which is said already."""
    if job.state is JobState.SUCCEEDED:
        return ""
    return f" ({job_words.state(job.state)})"


def _seen(clips: Sequence[PastClip], viewer_id: int) -> list[PastClip]:
    return [clip for clip in clips if _may_see(clip.job, viewer_id)]


def _may_see(job: Job, viewer_id: int) -> bool:
    return job.requester_id == viewer_id or not job.place.is_direct
