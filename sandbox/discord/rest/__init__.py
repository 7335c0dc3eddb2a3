"""Discord's HTTP API, version 10: one module per family of resources."""
