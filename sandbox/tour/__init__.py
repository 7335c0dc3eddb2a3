"""The tour: everything the bot does, done once as people would, written down, and checked from outside."""
