"""The provider: PiAPI's unified task API, as far as Kling needs it (provider notes).

Only this package speaks HTTP to the provider, and only `bot.piapi.gateway` turns its words into the core's.
"""
