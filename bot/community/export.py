"""What is stored about a person, as files of JSON that they can keep.

Amounts are in dollars and instants in ISO 8601, because people read it, and other programs.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bot.community.personal_data import ClipRecord, Fact, PersonalStore
from bot.jobs.model import Asset, Delivery, Job, MessageRef, kept_file

_PAGE: Final = 100
_INSTANTS: Final = frozenset({"created_at", "given_at", "until"})
_MILLION: Final = 1_000_000
NAME: Final = "egret-my-data"


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file of a person's own."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Export:
    """Everything that is stored about a person; `clips` counts theirs."""

    files: tuple[ExportFile, ...]
    clips: int


async def export(store: PersonalStore, person_id: int, at: int, limit: int) -> Export:
    """Write down everything that is stored about a person.

    What takes long is done beside the event loop, a part of the clips at a time.

    Args:
        store: reads it.
        person_id: whose it is.
        at: now, UTC milliseconds.
        limit: bytes that a file may have at most. More is compressed, and what is still more is split.
    """
    record = await store.person_record(person_id)
    head: dict[str, object] = {
        "person_id": str(person_id),
        "exported_at": _instant(at),
        "defaults": _facts(record.choices),
        "consents": _facts(record.consents),
        "favourites": _facts(record.favourites),
        "reports_you_made": _facts(record.reports),
        "blocks_of_you": _facts(record.blocks),
        "granted_to_you": _facts(record.grants),
        "used_of_your_limits": _facts(record.limits),
    }
    clips: list[bytes] = []
    after = 0
    while page := await store.clip_records(person_id, after, _PAGE):
        clips += await asyncio.to_thread(_written, page)
        after = page[-1].number
    return Export(tuple(await asyncio.to_thread(_files, head, clips, limit)), len(clips))


def _written(page: Sequence[ClipRecord]) -> list[bytes]:
    return [_encoded(_clip(each)) for each in page]


def _files(head: dict[str, object], clips: list[bytes], limit: int) -> list[ExportFile]:
    whole = _document(head, clips)
    if len(whole) <= limit:
        return [ExportFile(f"{NAME}.json", whole)]
    parts = _parts(head, clips, limit)
    if len(parts) == 1:
        return [ExportFile(f"{NAME}.json.gz", parts[0])]
    return [ExportFile(f"{NAME}-{place}-of-{len(parts)}.json.gz", part) for place, part in enumerate(parts, 1)]


def _parts(head: dict[str, object], clips: list[bytes], limit: int) -> list[bytes]:
    """Return documents that are whole, each in itself, and small enough once they are compressed."""
    import gzip  # here: it is large, and most bots never need it

    packed = gzip.compress(_document(head, clips), mtime=0)
    if len(packed) <= limit or len(clips) < 2:
        return [packed]
    middle = len(clips) // 2
    return [*_parts(head, clips[:middle], limit), *_parts(head, clips[middle:], limit)]


def _document(head: dict[str, object], clips: list[bytes]) -> bytes:
    return _encoded(head)[:-1] + b',\n"clips": [\n' + b",\n".join(clips) + b"\n]}\n"


def _encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _clip(record: ClipRecord) -> dict[str, Any]:
    job = record.job
    return {
        "id": job.id,
        "kind": job.kind.value,
        "state": job.state.value,
        "server_id": _id(job.place.guild_id),
        "channel_id": _id(job.place.channel_id),
        "results_go_to": job.place.destination.value,
        "language": job.place.locale,
        "ordered_at": _instant(job.created_at),
        "ended_at": _instant(job.finished_at),
        "deleted_at": _instant(job.removed_at),
        "model": job.model,
        "quality": job.mode,
        "options": asdict(job.input),
        "spoiler": job.spoiler,
        "made_from": job.made_from,
        "goes_on_from": job.source_id,
        "price_usd": _dollars(job.price_microusd),
        "charged_usd": _dollars(job.consumed_microusd),
        "task_at_provider": job.task_id,
        "address_at_provider": job.output_url,
        "failure": {"reason": job.failure.reason.value, "detail": job.failure.detail} if job.failure else None,
        "card": _link(job, job.card),
        "messages": [_message(job, each) for each in record.deliveries],
        "files": [_file(each) for each in record.assets],
        "history": [{"at": _instant(each.at), "state": each.to_state.value} for each in record.events],
    }


def _message(job: Job, delivery: Delivery) -> dict[str, Any]:
    return {
        "purpose": delivery.purpose.partition(":")[0],
        "state": delivery.state.value,
        "at": _instant(delivery.created_at),
        "link": _link(job, delivery.message),
    }


def _file(asset: Asset) -> dict[str, Any]:
    return {
        "role": asset.role.value,
        "name": asset.filename,
        "type": asset.content_type,
        "bytes": asset.size,
        "came_from": asset.source_url if kept_file(asset.source_url) is None else None,
        "kept": bool(asset.extension),
        "sha256": asset.sha256,
    }


def _facts(rows: Sequence[Fact]) -> list[dict[str, Any]]:
    return [{name: _plain(name, value) for name, value in row.items()} for row in rows]


def _plain(name: str, value: str | int | None) -> str | int | None:
    if name in _INSTANTS and isinstance(value, int):
        return _instant(value)
    return _id(value) if name.endswith("_id") and isinstance(value, int) else value


def _id(value: int | None) -> str | None:
    """Return one of Discord's ids as text: readers of JSON round such numbers."""
    return None if value is None else str(value)


def _link(job: Job, message: MessageRef | None) -> str | None:
    if message is None:
        return None
    guild = "@me" if job.place.is_direct else job.place.guild_id
    return f"https://discord.com/channels/{guild}/{message.channel_id}/{message.message_id}"


def _instant(at: int | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds")


def _dollars(microusd: int | None) -> float | None:
    return None if microusd is None else microusd / _MILLION
