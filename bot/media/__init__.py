"""Files: checked, downloaded, converted, fitted to a size and kept.

No FFmpeg runs in this process: `bot.media.worker` is a program of its own, with limits, that touches strangers' bytes.
Nothing is imported here, so that the worker starts quickly.
"""
