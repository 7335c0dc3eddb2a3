"""The web side: the provider's webhook, input files for the provider, health."""
