"""A local Discord and a local PiAPI over real HTTP and WebSocket: what the demo and the tests run on."""
