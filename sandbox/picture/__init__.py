"""A picture of a channel, made from what passed between the bot and the local Discord: for the documentation."""
