"""The core: jobs, their states, and the steps that take them from a command to a clip. No Discord, HTTP or SQL."""
