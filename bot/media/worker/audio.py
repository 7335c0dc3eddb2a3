"""Sound, with FFmpeg through PyAV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import av

from bot.media.worker.wire import AudioWritten

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer

    from bot.media.worker.wire import ConvertAudio

_DEMUXERS: Final = {
    "MP3": "mp3",
    "WAV": "wav",
    "FLAC": "flac",
    "OGG": "ogg",
    "M4A": "mov",
    "MP4": "mov",
    "AAC": "aac",
}
_DECODERS: Final = frozenset({"mp3", "mp3float", "aac", "alac", "flac", "vorbis", "opus"})
_SAMPLE_RATE: Final = 44_100
_BIT_RATE: Final = 192_000
_SAMPLE_BYTES: Final = 2
_FRAME: Final = 1152


def convert(task: ConvertAudio) -> AudioWritten:
    """Write the file's first sound as MP3 of a length within bounds."""
    # Decoding stops a little past the cut: enough to know that there was more.
    enough = (task.max_ms + 500) * _SAMPLE_RATE // 1000
    with av.open(task.source, "r", format=_DEMUXERS[task.kind], options={"protocol_whitelist": "file"}) as source:
        stream = _sound(source)
        layout = "mono" if stream.codec_context.layout.nb_channels == 1 else "stereo"
        width = _SAMPLE_BYTES * (1 if layout == "mono" else 2)
        sound = _decoded(source, stream, layout, width, enough)
    source_ms = len(sound) // width * 1000 // _SAMPLE_RATE
    if not sound:
        raise ValueError("no sound in it")
    longest = task.max_ms * _SAMPLE_RATE // 1000 * width
    shortest = task.min_ms * _SAMPLE_RATE // 1000 * width
    trimmed, padded = len(sound) > longest, len(sound) < shortest
    del sound[longest:]
    sound.extend(bytes(max(0, shortest - len(sound))))
    _write(task.target, sound, layout, width)
    return AudioWritten(
        duration_ms=len(sound) // width * 1000 // _SAMPLE_RATE,
        source_ms=source_ms,
        padded=padded,
        trimmed=trimmed,
    )


def _sound(container: InputContainer) -> AudioStream:
    stream = next(iter(container.streams.audio), None)
    codec = stream.codec_context.codec.canonical_name if stream else ""
    if stream is None or not (codec in _DECODERS or codec.startswith("pcm_")):
        raise ValueError("no sound in a codec that is known")
    return stream


def _decoded(container: InputContainer, stream: AudioStream, layout: str, width: int, enough: int) -> bytearray:
    """Return up to `enough` samples of interleaved 16-bit sound."""
    resampler = av.AudioResampler(format="s16", layout=layout, rate=_SAMPLE_RATE)
    sound = bytearray()
    for frame in container.decode(stream):
        for plain in resampler.resample(frame):
            sound += bytes(plain.planes[0])[: plain.samples * width]
        if len(sound) >= enough * width:
            return sound
    for plain in resampler.resample(None):
        sound += bytes(plain.planes[0])[: plain.samples * width]
    return sound


def _write(target: str, sound: bytearray, layout: str, width: int) -> None:
    with av.open(target, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=_SAMPLE_RATE)
        stream.layout = layout
        stream.bit_rate = _BIT_RATE
        for start in range(0, len(sound), _FRAME * width):
            block = bytes(sound[start : start + _FRAME * width])
            frame = av.AudioFrame(format="s16", layout=layout, samples=len(block) // width)
            frame.planes[0].update(block)
            frame.sample_rate = _SAMPLE_RATE
            frame.pts = start // width
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
