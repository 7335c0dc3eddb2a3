"""How far the bot is from the floor, and how far ahead of what people write, as ratios measured in one run."""
