"""The program that touches strangers' bytes: `python -m bot.media.worker`.

It reads one request as a line of JSON on stdin, sets its own limits, does one piece of work, writes one line of JSON to
stdout and ends. It ends at once when stdin does, so it never outlives whoever started it. Only this package imports
PyAV in the product.
"""
