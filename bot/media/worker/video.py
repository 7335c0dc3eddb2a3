"""Videos, with FFmpeg through PyAV."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import av

from bot.media.worker.wire import VideoFacts, VideoWritten

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from PIL.Image import Image

    from bot.media.worker.wire import EncodeVideo, InspectVideo, MakePoster, RemuxVideo

_THREADS: Final = 2
_POSTER_AT: Final = Fraction(1, 3)  # a clip's first frame is often black or the start image
_POSTER_QUALITIES: Final = (88, 75, 60, 45)
_SHRINK: Final = 0.75
_SMALLEST_POSTER: Final = 64
_DEFAULT_RATE: Final = Fraction(30)
_AUDIO_SAMPLE_RATE: Final = 48_000
_PRESET: Final = "veryfast"  # people wait; at the rates of an upload limit a slower one shows little
_VIDEO_DECODERS: Final = frozenset({"h264", "hevc", "av1", "vp8", "vp9", "mpeg4", "mpeg2video", "mjpeg", "prores"})
_AUDIO_DECODERS: Final = frozenset({"aac", "mp3", "opus", "vorbis", "flac", "alac", "ac3", "eac3"})


def inspect(task: InspectVideo) -> VideoFacts:
    """Read a video's facts from its index and its first frames."""
    with _open(task.source) as container:
        video = container.streams.video[0]
        audio = next(iter(container.streams.audio), None)
        return VideoFacts(
            duration_ms=_duration_ms(container, video),
            width=video.codec_context.width,
            height=video.codec_context.height,
            frames_per_second=float(_frame_rate(video)),
            has_audio=audio is not None,
            video_codec=video.codec_context.codec.canonical_name,
            audio_codec=audio.codec_context.codec.canonical_name if audio else "",
            pixel_format=video.codec_context.pix_fmt or "",
        )


def remux(task: RemuxVideo) -> VideoWritten:
    """Copy the picture and the first sound as they are, with the index in front."""
    frames = 0
    with _open(task.source) as source, _create(task.target) as target:
        chosen = [source.streams.video[0], *source.streams.audio[:1]]
        copies = {stream.index: target.add_stream_from_template(stream) for stream in chosen}
        for packet in source.demux(chosen):
            if packet.dts is None:
                continue
            frames += packet.stream.type == "video"
            packet.stream = copies[packet.stream.index]
            target.mux(packet)
    return VideoWritten(frames=frames)


def encode(task: EncodeVideo) -> VideoWritten:
    """Encode at an average rate; bursts are bounded, so that a short clip comes out near its share."""
    with _open(task.source) as source, _create(task.target) as target:
        return VideoWritten(frames=_Encoding(source, target, task).run())


def make_poster(task: MakePoster) -> VideoWritten:
    """Write a frame a third into the video, as good as the size allows."""
    with _open(task.source) as container:
        video = container.streams.video[0]
        image: Image = _poster_frame(container, video).to_image()  # type: ignore[no-untyped-call]
    image.thumbnail((task.max_side, task.max_side))
    target = Path(task.target)
    while min(image.size) >= _SMALLEST_POSTER:
        for quality in _POSTER_QUALITIES:
            image.save(target, "JPEG", quality=quality, optimize=True)
            if target.stat().st_size <= task.max_bytes:
                return VideoWritten(frames=1)
        image = image.resize((round(image.width * _SHRINK), round(image.height * _SHRINK)))
    raise ValueError("no poster is small enough")


class _Encoding:
    """One video on its way to H.264 and AAC."""

    def __init__(self, source: InputContainer, target: OutputContainer, task: EncodeVideo) -> None:
        self._source = source
        self._target = target
        self._task = task
        self._video = source.streams.video[0]
        self._video.thread_type = "AUTO"
        self._video.codec_context.thread_count = _THREADS
        self._audio = _first_known_audio(source)
        self._video_out = self._add_video()
        self._audio_out = self._add_audio(self._audio) if self._audio else None
        self._last_pts: int | None = None
        self._frames = 0

    def run(self) -> int:
        """Encode everything; returns the number of frames."""
        chosen = [self._video, *([self._audio] if self._audio else [])]
        for packet in self._source.demux(chosen):
            for frame in packet.decode():
                if isinstance(frame, av.VideoFrame):
                    self._encode_picture(frame)
                elif isinstance(frame, av.AudioFrame) and self._audio_out:
                    self._target.mux(self._audio_out.encode(frame))
        self._target.mux(self._video_out.encode(None))
        if self._audio_out:
            self._target.mux(self._audio_out.encode(None))
        return self._frames

    def _encode_picture(self, frame: VideoFrame) -> None:
        if frame.pts is None or (self._last_pts is not None and frame.pts <= self._last_pts):
            return  # the encoder needs rising times; a repeated one shows nothing new
        self._last_pts = frame.pts
        plain = frame.reformat(width=self._task.width, height=self._task.height, format="yuv420p")
        plain.pict_type = 0  # the source's key frames mean nothing to this encoder
        self._target.mux(self._video_out.encode(plain))
        self._frames += 1

    def _add_video(self) -> VideoStream:
        rate = self._task.video_rate
        stream = self._target.add_stream("libx264", rate=_frame_rate(self._video))
        stream.width, stream.height, stream.pix_fmt = self._task.width, self._task.height, "yuv420p"
        stream.bit_rate = rate
        stream.codec_context.thread_count = _THREADS
        if self._video.time_base:
            stream.codec_context.time_base = self._video.time_base
        stream.options = {"preset": _PRESET, "maxrate": str(rate * 3 // 2), "bufsize": str(rate * 2)}
        return stream

    def _add_audio(self, source: AudioStream) -> AudioStream:
        stream = self._target.add_stream("aac", rate=_AUDIO_SAMPLE_RATE)
        stream.layout = "mono" if source.codec_context.layout.nb_channels == 1 else "stereo"
        stream.bit_rate = self._task.audio_rate
        return stream


def _open(path: str) -> InputContainer:
    """Open an MP4 as nothing but an MP4 in a local file, so that no playlist inside can name another address.

    Raises:
        ValueError: it holds no picture, or one in a codec that no clip uses.
    """
    container = av.open(path, "r", format="mov", options={"protocol_whitelist": "file"})
    video = next(iter(container.streams.video), None)
    if video is None or video.codec_context.codec.canonical_name not in _VIDEO_DECODERS:
        container.close()
        raise ValueError("no picture in a codec that is known")
    return container


def _create(path: str) -> OutputContainer:
    return av.open(path, "w", format="mp4", options={"movflags": "+faststart"})


def _first_known_audio(container: InputContainer) -> AudioStream | None:
    for audio in container.streams.audio:
        if audio.codec_context.codec.canonical_name in _AUDIO_DECODERS:
            return audio
    return None


def _frame_rate(video: VideoStream) -> Fraction:
    return video.average_rate or video.guessed_rate or _DEFAULT_RATE


def _duration_ms(container: InputContainer, video: VideoStream) -> int:
    if video.duration is not None and video.time_base is not None:
        return round(video.duration * video.time_base * 1000)
    return round((container.duration or 0) * 1000 / av.time_base)


def _poster_frame(container: InputContainer, video: VideoStream) -> VideoFrame:
    at = _duration_ms(container, video) * _POSTER_AT / 1000
    last: VideoFrame | None = None
    if video.time_base:
        container.seek(int(at / video.time_base), stream=video)
    for frame in container.decode(video):
        last = frame
        if frame.pts is not None and frame.time >= at:
            break
    if last is None:
        raise ValueError("no frame to be seen")
    return last
