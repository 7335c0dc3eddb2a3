"""The person's Discord client: what a human can do, with the checks that Discord's own client makes."""
