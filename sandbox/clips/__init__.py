"""Real MP4 clips, drawn and encoded on this machine, that stand in for what a video model would return.

Every function here blocks while it works (tens of milliseconds to a few seconds): call it in a worker thread. PyAV
releases the interpreter lock while it encodes, so an event loop in another thread stays responsive.
"""

from __future__ import annotations

from sandbox.clips.extension import extend
from sandbox.clips.facts import ClipFacts, first_picture, read_facts
from sandbox.clips.lips import dub, speak
from sandbox.clips.padding import pad
from sandbox.clips.rendering import render

__all__ = ["ClipFacts", "dub", "extend", "first_picture", "pad", "read_facts", "render", "speak"]
