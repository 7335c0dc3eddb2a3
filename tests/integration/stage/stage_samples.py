"""Messages and tasks as the services give them, for tests without services."""

from __future__ import annotations

from sandbox.piapi.control_views import TaskView
from sandbox.seen import SeenMessage, SeenModal, seen_message
from sandbox.stage.community import Community

MIRA, THEO, BOT = 500000000000000001, 500000000000000002, 500000000000000009
SERVER, CHANNEL = 700000000000000001, 700000000000000002
PEOPLE = {"mira": MIRA, "theo": THEO}
COMMUNITY = Community(
    shown_names={str(MIRA): "Mira", str(THEO): "Theo", str(BOT): "Egret"},
    user_names={"mira": "Mira", "theo": "Theo"},
    user_ids=PEOPLE,
    channels={str(CHANNEL): "clips"},
    server_id=SERVER,
    bot_id=BOT,
    direct_channels={CHANNEL + 1: "theo"},
)


def message(
    number: int,
    content: str = "",
    *,
    author: int = BOT,
    channel: int = CHANNEL,
    files: tuple[dict[str, object], ...] = (),
    reply_to: int | None = None,
    pinged: tuple[int, ...] = (),
    only_for: int | None = None,
    loading: bool = False,
    **more: object,
) -> SeenMessage:
    reference = {} if reply_to is None else {"message_reference": {"message_id": str(reply_to)}}
    return seen_message(
        {
            "id": str(number),
            "channel_id": str(channel),
            "author": {
                "id": str(author),
                "username": "x",
                "global_name": COMMUNITY.shown_names[str(author)],
                "bot": author == BOT,
            },
            "content": content,
            "embeds": [],
            "components": [],
            "attachments": list(files),
            "flags": 0,
            "sandbox": {
                "pinged": [str(user) for user in pinged],
                "edits": 0,
                "deleted_at": None,
                "ephemeral_for": None if only_for is None else str(only_for),
                "loading": loading,
            },
            **reference,
            **more,
        }
    )


def clip_file(name: str = "egret-k3f9x2.mp4", **more: object) -> dict[str, object]:
    return {
        "id": "1",
        "filename": name,
        "url": "http://127.0.0.1/x",
        "size": 184_000,
        "content_type": "video/mp4",
        "description": "AI-generated video: a kite",
        "width": 1280,
        "height": 720,
        "duration_secs": 5.08,
        **more,
    }


def buttons(*labels: str, disabled: tuple[str, ...] = ()) -> list[dict[str, object]]:
    return [
        {
            "type": 1,
            "components": [
                {"type": 2, "style": 2, "custom_id": label, "label": label, "disabled": label in disabled}
                for label in labels
            ],
        }
    ]


def modal() -> SeenModal:
    """Return a form with one field of each kind."""

    def option(value: str, **more: object) -> dict[str, object]:
        return {"value": value, "label": value.title(), **more}

    parts: list[dict[str, object]] = [
        {"label": "Prompt", "description": "What it shows.", "component": {"type": 4, "value": "a kite"}},
        {
            "label": "Settings",
            "component": {"type": 3, "options": [option("standard", description="$0.26", default=True), option("pro")]},
        },
        {"label": "Pictures", "component": {"type": 19}},
        {
            "label": "Options",
            "component": {"type": 22, "options": [option("spoiler", default=True), option("private")]},
        },
    ]
    components = [
        {"type": 18, **part, "component": {**part["component"], "custom_id": str(part["label"]).lower()}}  # type: ignore[dict-item]
        for part in parts
    ]
    fields = {str(part["label"]).lower(): str(part["label"]) for part in parts}
    return SeenModal(
        custom_id="form",
        title="New video",
        fields=fields,
        values={"prompt": "a kite"},
        raw={"custom_id": "form", "title": "New video", "components": components},  # type: ignore[dict-item]
    )


def task(
    prompt: str = "a kite", *, task_type: str = "video_generation", charged: float = 0.26, **more: object
) -> TaskView:
    return TaskView.model_validate(
        {
            "task_id": "task-1",
            "model": "kling",
            "task_type": task_type,
            "status": "completed",
            "service_mode": "public",
            "scenarios": [],
            "input": {"prompt": prompt},
            "endpoint": "",
            "price_usd": 0.26,
            "consumed_usd": charged,
            "created_at": 1_800_000_001.5,
            "ended_at": 0.0,
            "told_at": 0.0,
            "error": "",
            "output_url": "",
            "output_seconds": 5.0,
            "gets": 1,
            "webhook_calls": [],
            "webhooks_settled": True,
            **more,
        }
    )
