"""What a button's custom id says: a verb, a job, and on a delivered message its delivery.

The delivery's id is how an interrupted delivery recognises its own message.
"""

from __future__ import annotations

from typing import Final

CANCEL_TEMPLATE: Final = r"egret:cancel:(?P<job>[a-z0-9]{1,16})"
DETAILS_TEMPLATE: Final = r"egret:details:(?P<job>[a-z0-9]{1,16})(?::(?P<delivery>[A-Za-z0-9_-]{1,40}))?"


def cancel_id(job_id: str) -> str:
    """Return the custom id of a job's Cancel button."""
    return f"egret:cancel:{job_id}"


def details_id(job_id: str, delivery_id: str = "") -> str:
    """Return the custom id of a Details button; with the delivery on a message made by one."""
    return f"egret:details:{job_id}:{delivery_id}" if delivery_id else f"egret:details:{job_id}"


def names_delivery(custom_id: str, job_id: str, delivery_id: str) -> bool:
    """Tell whether a component belongs to a delivery's message."""
    return custom_id == details_id(job_id, delivery_id)
