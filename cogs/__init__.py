"""Commands: each reads the interaction, calls one method of the job service, and shows what came of it."""
