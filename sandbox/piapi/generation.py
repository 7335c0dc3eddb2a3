"""Makes a task's clip: fetches what it needs, checks it, draws and encodes in worker threads."""

from __future__ import annotations

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sandbox import clips
from sandbox.piapi.frame_size import frame_size
from sandbox.piapi.inputs import (
    IMAGE_BYTES,
    RECORDING_BYTES,
    VIDEO_BYTES,
    UnusableInput,
    check_image,
    check_recording,
    fetch,
    keep,
)
from sandbox.piapi.scenarios import Scenario
from sandbox.piapi.specs import ExtendSpec, LipSyncSpec, VideoSpec
from sandbox.piapi.tasks import Output

if TYPE_CHECKING:
    from collections.abc import Callable

    import aiohttp

    from sandbox.clips import ClipFacts
    from sandbox.piapi.state import ProviderState
    from sandbox.piapi.tasks import Task

_WORKERS: Final = 2
_REMEMBERED_CLIPS: Final = 32
_LARGE: Final = 12 * 1024 * 1024


class ClipMaker:
    """Turns requests into files.

    Args:
        state: Where sources are found and names come from.
        session: For fetching inputs.
    """

    def __init__(self, state: ProviderState, session: aiohttp.ClientSession) -> None:
        self._state = state
        self._session = session
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="clips")

    async def make(self, task: Task) -> Output:
        """Make the clip that `task` asks for.

        Raises:
            UnusableInput: An image, recording or video cannot be fetched or used.
        """
        smallest = max(self._state.options.smallest_clip_bytes, _LARGE if task.plays(Scenario.OUTPUT_LARGE) else 0)
        name = self._state.next_name(ephemeral=task.is_turbo)
        file = self._state.directory / name
        spec = task.request.spec
        if isinstance(spec, VideoSpec):
            kind, facts = await self._new(file, spec, task.request.model)
        elif isinstance(spec, ExtendSpec):
            kind, facts = "m2v_extend_video", await self._extension(file, spec, task)
        else:
            kind, facts = "m2v_video_lip_sync", await self._lip_sync(file, spec, task)
        await asyncio.to_thread(clips.pad, file, smallest)
        folder = "ephemeral" if task.is_turbo else "videos"
        return Output(file=file, name=name, address=f"{self._state.origin}/{folder}/{name}", facts=facts, kind=kind)

    async def close(self) -> None:
        """Wait for the clip being drawn and stop the threads."""
        await asyncio.to_thread(self._workers.shutdown, wait=True, cancel_futures=True)

    async def _new(self, file: Path, spec: VideoSpec, model: str) -> tuple[str, ClipFacts]:
        image = await self._image(spec.image_url)
        end_image = await self._image(spec.image_tail_url)
        size = None if image is None else await asyncio.to_thread(check_image, image)
        if end_image is not None:
            await asyncio.to_thread(check_image, end_image)
        width, height = frame_size(spec.mode, spec.aspect_ratio, size)
        ratio = spec.aspect_ratio if size is None else "ratio of the image"
        label = f"{model} {spec.version} · {spec.mode} {width}×{height} · {spec.seconds} s · {ratio}"
        facts = await self._in_worker(
            partial(
                _rendered_into,
                file,
                prompt=spec.prompt,
                seconds=spec.seconds,
                width=width,
                height=height,
                label=f"{label} · sound" if spec.sound else label,
                sound=spec.sound,
                image=image,
                end_image=end_image,
            )
        )
        if image is not None:
            return "m2v_img2video", facts
        return ("m2v_txt2video_hq" if spec.mode == "pro" else "m2v_txt2video"), facts

    async def _extension(self, file: Path, spec: ExtendSpec, task: Task) -> ClipFacts:
        source = self._source(spec.origin_task_id)
        label = f"kling {task.lineage.version} · {task.lineage.mode} · extension by 4.5 s"
        return await self._in_worker(partial(clips.extend, file, source, prompt=spec.prompt, label=label))

    async def _lip_sync(self, file: Path, spec: LipSyncSpec, task: Task) -> ClipFacts:
        if spec.video_url:
            body = await fetch(self._session, spec.video_url, VIDEO_BYTES, "video")
            source = await keep(self._state.directory / f"{task.task_id}.source", body)
        else:
            source = self._source(spec.origin_task_id)
        if not spec.recording_url:
            return await self._in_worker(
                partial(clips.speak, file, source, text=spec.text, voice=spec.voice, speed=spec.speed)
            )
        body = await fetch(self._session, spec.recording_url, RECORDING_BYTES, "audio")
        recording = await keep(self._state.directory / f"{task.task_id}.recording", body)
        await asyncio.to_thread(check_recording, recording)
        return await self._in_worker(partial(clips.dub, file, source, recording=recording))

    async def _image(self, url: str) -> bytes | None:
        return await fetch(self._session, url, IMAGE_BYTES, "image") if url else None

    def _source(self, task_id: str) -> Path:
        origin = self._state.tasks[task_id]
        if origin.output is None:
            raise UnusableInput("origin task has no video")
        return origin.output.file

    async def _in_worker(self, work: Callable[[], ClipFacts]) -> ClipFacts:
        return await asyncio.get_running_loop().run_in_executor(self._workers, work)


def _rendered_into(
    file: Path,
    *,
    prompt: str,
    seconds: float,
    width: int,
    height: int,
    label: str,
    sound: bool,
    image: bytes | None,
    end_image: bytes | None,
) -> ClipFacts:
    body = _rendered(prompt, seconds, width, height, label, sound, image, end_image)
    file.write_bytes(body)
    return clips.read_facts(file)


@lru_cache(maxsize=_REMEMBERED_CLIPS)
def _rendered(
    prompt: str,
    seconds: float,
    width: int,
    height: int,
    label: str,
    sound: bool,  # a cached function is best called by position
    image: bytes | None,
    end_image: bytes | None,
) -> bytes:
    """The file for a request; equal requests get equal files, so the last few are remembered."""
    with tempfile.TemporaryDirectory(prefix="piapi-clip-") as folder:
        made = Path(folder) / "clip.mp4"
        clips.render(
            made,
            prompt=prompt,
            seconds=seconds,
            width=width,
            height=height,
            label=label,
            sound=sound,
            image=image,
            end_image=end_image,
        )
        return made.read_bytes()
