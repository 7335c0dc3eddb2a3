"""What the bot is compared with: the least that could do the same, and the bot that people write."""
