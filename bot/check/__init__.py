"""`python -m bot check`: looks at everything a bot needs, and says in sentences what is wrong and what mends it.

Each module looks at one area and returns findings, which are data; `report` turns them into text or JSON. Nothing here
is paid for, nothing is changed, and no probe lasts longer than its own bound.
"""
