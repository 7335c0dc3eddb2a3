"""The person's side as an HTTP API, and the operator's.

A person is addressed by user name, display name or id; a channel by id or name ("general"), and "dm" is the person's
direct message with the bot. Bodies and answers are JSON; a file is `{"filename": "a.png", "data": "<base64>"}`.
Refusals are `{"error": "<sentence>", "field": "<option or field>", "code": <Discord's code or 0>}` with 422 where
Discord's client would not have let the person, or with Discord's own status.

Messages are in Discord's form with one part more: `sandbox` tells whom the message pinged, how often it was edited,
when it was deleted, for whom it is ephemeral and whether it still says "is thinking…".

| request | does |
| --- | --- |
| GET /person/world | people, servers, channels, the bot, and `seq` |
| GET /person/{who}/channels | the channels that the person sees, what they may do there, and the upload limit |
| POST /person/{who}/channels/{channel}/typing | shows that the person types |
| GET /person/{who}/channels/{channel}/commands | the commands offered there |
| POST /person/{who}/channels/{channel}/run | `{command, options}` → `{interaction_id}` |
| POST /person/{who}/channels/{channel}/autocomplete | `{command, option, options}` → `{interaction_id}` |
| POST /person/{who}/messages/{message}/command | `{command}`: a message command → `{interaction_id}` |
| POST /person/{who}/messages/{message}/component | `{custom_id, values?}` → `{interaction_id}` |
| POST /person/{who}/interactions/{id}/modal | `{values}` by custom id → `{interaction_id}` |
| GET /person/{who}/interactions/{id}?timeout= | waits for the first response: outcome, message, choices, modal |
| GET /person/{who}/channels/{channel}/messages | what the person reads there, oldest first |
| POST /person/{who}/channels/{channel}/messages | `{content, files?, reply_to?, ping?, voice?}` → message |
| GET, PATCH, DELETE /person/{who}/messages/{message} | read; edit (`{content}`); delete or dismiss |
| POST /person/{who}/messages/{message}/reactions | `{emoji, remove?}` |
| POST /person/{who}/messages/{message}/thread | `{name}` → channel |
| GET /person/{who}/changes?after=&timeout= | what happened since, waiting for the first: `{seq, changes}` |
| POST /person/{who}/settings | `{locale?, takes_direct_messages?}` |

The operator's requests are described in `operator_routes`.
"""
