"""The demo's console: a person types what they would do in Discord, and reads what they would see there."""
