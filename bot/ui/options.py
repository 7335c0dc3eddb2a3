"""What commands and their options say of themselves: at most 100 characters each (platform notes §5)."""

from __future__ import annotations

from typing import Final

from discord.app_commands import locale_str

from bot.ui.translator import message_command

IMAGE_FILES: Final = ("image", ".heic", ".heif", ".avif")
AUDIO_FILES: Final = ("audio", ".oga", ".opus", ".m4a", ".aac", ".mp4")
"""Discord goes by the extension alone; named are those that its own groups may not know (platform notes §5)."""
_PRIVATE: Final = locale_str("Only you get the clip, by direct message")

VIDEO: Final = locale_str("Make a video clip from words, or from a picture")
VIDEO_OPTIONS: Final = {
    "prompt": locale_str("What the clip should show; leave it out to get a form"),
    "image": locale_str("A picture to start from"),
    "length": locale_str("How long the clip is, in seconds"),
    "quality": locale_str("How sharp the clip is; Pro costs more"),
    "ratio": locale_str("The clip's shape; with a picture, the picture decides"),
    "end_image": locale_str("A picture to end with; needs a picture to start from, too"),
    "model": locale_str("Which Kling version makes it; leave it out to get the cheapest that can"),
    "avoid": locale_str("Things you don't want to see"),
    "sound": locale_str("Make sound along with the picture"),
    "follow": locale_str("How closely to keep to the prompt"),
    "camera": locale_str("How the camera moves; without a picture only"),
    "spoiler": locale_str("Hide the clip until somebody clicks on it"),
    "private": _PRIVATE,
    "use_source": locale_str("Start from the picture that you chose with “Use as source”"),
}
EXTEND: Final = locale_str("Make a clip four to five seconds longer")
EXTEND_OPTIONS: Final = {
    "video": locale_str("Which clip: pick one, or paste the link of its message"),
    "prompt": locale_str("What happens next"),
    "private": _PRIVATE,
}
LIPSYNC: Final = locale_str("Make somebody in a clip speak")
LIPSYNC_OPTIONS: Final = {
    "video": locale_str("Which clip: pick one, or paste the link of its message"),
    "say": locale_str("What is said"),
    "voice": locale_str("Who says it"),
    "speed": locale_str("How fast it is said: 1 is the ordinary speed"),
    "audio": locale_str("A recording to use instead of a text"),
    "private": _PRIVATE,
    "use_source": locale_str("Speak the recording that you chose with “Use as source”"),
}
CLIPS: Final = locale_str("Your clips here: what is running, and what has been made")
CLIPS_OPTIONS: Final = {
    "person": locale_str("Whose clips, if not your own"),
    "favourites": locale_str("Only clips that you made a favourite"),
}
QUOTA: Final = locale_str("What you may still make here, when it begins anew, and what clips cost")
USAGE: Final = locale_str("What this server made and spent: by member, day, model, and what failed")
GRANT: Final = locale_str("Let somebody make more clips than this server's limit")
GRANT_OPTIONS: Final = {
    "person": locale_str("Who"),
    "clips": locale_str("How many clips more"),
    "for": locale_str("Until when; today unless chosen"),
}
BLOCK: Final = locale_str("Keep somebody from making clips on this server")
BLOCK_OPTIONS: Final = {
    "person": locale_str("Who"),
    "until": locale_str("For how long; for good unless chosen"),
    "reason": locale_str("Why; the person reads it when they are refused"),
}
UNBLOCK: Final = locale_str("Let somebody make clips again")
UNBLOCK_OPTIONS: Final = {"person": locale_str("Who")}
BLOCKS: Final = locale_str("Who is blocked on this server, until when, and why")
AUDIT: Final = locale_str("What was done and ordered on this server: who, what, where, cost")
DEFAULTS: Final = locale_str("Your defaults: model, quality, length, shape, where clips go, and being asked")
HELP: Final = locale_str("What this bot can do, how to use it, and what is allowed and costs here")
SETUP: Final = locale_str("Set the bot up on this server: channels, roles, budget, limits, reports")
SETTINGS: Final = locale_str("This server's settings: who, limits, budget, models, pictures, words, results")
PRIVACY: Final = locale_str("What is stored about you: see it, take it with you, delete it")
PRIVACY_SHOW: Final = locale_str("What is stored about you, who gets it, and for how long")
PRIVACY_EXPORT: Final = locale_str("Everything that is stored about you, as a file")
PRIVACY_DELETE: Final = locale_str("Delete what is stored about you; you are asked once more before")
OWNER: Final = locale_str("For whoever owns this bot: how it is, and what only they can do")
OWNER_STATUS: Final = locale_str("How the bot is: queue, money, pauses, what needs you")
OWNER_BALANCE: Final = locale_str("What the account at PiAPI has left")
OWNER_PAUSE: Final = locale_str("Buy nothing for now: commands are taken, and wait in line")
OWNER_PAUSE_OPTIONS: Final = {"reason": locale_str("What people read beside their waiting clips")}
OWNER_RESUME: Final = locale_str("Go on buying")
OWNER_REDELIVER: Final = locale_str("Post a clip that no channel took")
OWNER_REDELIVER_OPTIONS: Final = {"job": locale_str("The clip's number")}
OWNER_RESOLVE: Final = locale_str("Decide what became of a purchase whose outcome nobody knows")
OWNER_RESOLVE_OPTIONS: Final = {
    "job": locale_str("The clip's number"),
    "task_id": locale_str("The task in your history on piapi.ai that it made"),
    "abandon": locale_str("It made none: give up on it"),
}
OWNER_SYNC: Final = locale_str("Tell Discord of all commands anew")
EXTEND_THIS: Final = message_command("Extend this video")
LIPSYNC_THIS: Final = message_command("Lip-sync this video")
USE_AS_SOURCE: Final = message_command("Use as source")
VIDEO_DETAILS: Final = message_command("Video details")
"""What stands under Apps when a message is right-clicked: at most 32 characters each (platform notes §5)."""
