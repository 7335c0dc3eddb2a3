"""What is counted and measured, for Prometheus: instruments, and wrappers around the core's ports that use them.

Labels are words of the code's own (states, kinds, operations): never an id, a name, an address or a provider's text.
"""
