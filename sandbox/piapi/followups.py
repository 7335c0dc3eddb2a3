"""What a follow-up may be made of, and what everything costs.

The provider's wording of these refusals is not known (provider notes §11.6); the rules are those of §3 and §4.1.
Assumptions: the checks happen at create; a follow-up's service mode must be its source's; a lip-sync result can be
neither extended nor lip-synced again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sandbox.piapi.clock import NANOSECONDS
from sandbox.piapi.pricing import extension_points, lip_sync_points, video_points
from sandbox.piapi.specs import ExtendSpec, LipSyncSpec, TaskType, VideoSpec
from sandbox.piapi.tasks import Lineage, Status
from sandbox.piapi.versions import KLING

if TYPE_CHECKING:
    from sandbox.piapi.specs import TaskRequest
    from sandbox.piapi.state import ProviderState
    from sandbox.piapi.tasks import Task

OLDEST_SOURCE_SECONDS: Final = 30 * 86_400
LONGEST_RESULT_SECONDS: Final = 180.0
_ADDED_SECONDS: Final = 4.5
_EXTERNAL: Final = Lineage("external", "std")
_EXTERNAL_SECONDS: Final = 5.0
"""The length an external video is priced at before it has been fetched."""


class UnusableSource(ValueError):
    """The source of a follow-up cannot be used; the text is the refusal's message."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a task inherits and costs."""

    lineage: Lineage
    price: int


def terms_of(state: ProviderState, key: str, request: TaskRequest) -> Terms:
    """Check a follow-up's source and price the task.

    Raises:
        UnusableSource: The source is unknown, foreign, unfinished, too old, or of the wrong kind.
    """
    spec = request.spec
    if isinstance(spec, VideoSpec):
        return Terms(Lineage(spec.version, spec.mode), video_points(spec))
    if isinstance(spec, ExtendSpec):
        return _extension_terms(_source(state, key, request, spec.origin_task_id))
    return _lip_sync_terms(state, key, request, spec)


def _extension_terms(source: Task) -> Terms:
    lineage = source.lineage
    rule = KLING.get(lineage.version)
    if source.request.task_type is TaskType.LIP_SYNC:
        raise UnusableSource("origin task is a lip_sync result, which cannot be extended")
    if rule is None or not rule.extendable:
        raise UnusableSource(f"videos of version {lineage.version} cannot be extended")
    if _seconds(source) + _ADDED_SECONDS > LONGEST_RESULT_SECONDS:
        raise UnusableSource("the extended video would be longer than 3 minutes")
    return Terms(lineage, extension_points(lineage.version, lineage.mode))


def _lip_sync_terms(state: ProviderState, key: str, request: TaskRequest, spec: LipSyncSpec) -> Terms:
    if spec.video_url:
        return Terms(_EXTERNAL, lip_sync_points(_EXTERNAL_SECONDS))
    source = _source(state, key, request, spec.origin_task_id)
    if source.request.task_type is TaskType.LIP_SYNC:
        raise UnusableSource("origin task is a lip_sync result already")
    return Terms(source.lineage, lip_sync_points(_seconds(source)))


def _source(state: ProviderState, key: str, request: TaskRequest, task_id: str) -> Task:
    source = state.owned(task_id, key)
    if source is None:
        raise UnusableSource("origin task not found")
    if source.status is not Status.COMPLETED or source.output is None:
        raise UnusableSource("origin task is not completed")
    if source.request.service_mode != request.service_mode:
        raise UnusableSource(f"origin task was made in service mode {source.request.service_mode}")
    if (state.clock.now_ns() - source.created_at) / NANOSECONDS > OLDEST_SOURCE_SECONDS:
        raise UnusableSource("origin task is older than 30 days")
    return source


def _seconds(source: Task) -> float:
    return 0.0 if source.output is None else source.output.facts.seconds
