"""Where the local services are: what `serve` prints when ready, and what a bot and a person reach them by."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class _Addresses(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DiscordAddresses(_Addresses):
    """The local Discord.

    Attributes:
        api_url: REST, as the bot is told.
        gateway_url: The WebSocket, as the bot is told.
        cdn_origin: Where attachments are downloaded from.
        person_url: The API that people act through.
        token: The one bot token it accepts; it opens nothing but this sandbox.
        server_id: Its one server.
    """

    api_url: str
    gateway_url: str
    cdn_origin: str
    person_url: str
    token: str
    server_id: int


class ProviderAddresses(_Addresses):
    """The local PiAPI.

    Attributes:
        base_url: The provider's API, as the bot is told.
        output_origin: Where finished clips are downloaded from.
        control_url: The API that directs it.
        key: An API key it accepts; it opens nothing but this sandbox.
    """

    base_url: str
    output_origin: str
    control_url: str
    key: str


class ServiceAddresses(_Addresses):
    """Both services."""

    discord: DiscordAddresses
    provider: ProviderAddresses
