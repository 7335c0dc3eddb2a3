"""The provider's panel: its tasks, what they are told to do, the bot's process, and both promises watched live."""
