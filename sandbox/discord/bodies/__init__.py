"""Request bodies: what Discord accepts, and the refusal (50035) of what it does not."""
