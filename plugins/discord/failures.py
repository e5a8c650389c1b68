"""What goes wrong between a bot and Discord, as Sage's errors."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sage.plugin_api import AuthRefused, BadConfig, PluginError, RateLimited, Refused, Unreachable, Unsure

if TYPE_CHECKING:
    import discord

_BAD_TOKEN = "Discord does not know this bot: its token was reset, or is not whole."  # noqa: S105 - a sentence
_INTENTS = (
    "The bot may not read: switch on Message Content Intent and Server Members Intent, on its page “Bot” at "
    "discord.com/developers."
)


@contextlib.contextmanager
def told(*, sends: bool = False) -> Iterator[None]:
    """Raises this tree's errors for the library's. `sends`: what is not known to have failed is Unsure."""
    import aiohttp
    import discord

    unknown = Unsure if sends else Unreachable
    try:
        yield
    except discord.LoginFailure as error:
        raise AuthRefused(_BAD_TOKEN) from error
    except discord.RateLimited as error:
        raise RateLimited("Discord wants fewer calls.", error.retry_after) from error
    except discord.HTTPException as error:
        raise _of_answer(error, unknown) from error
    except discord.PrivilegedIntentsRequired as error:
        raise BadConfig(_INTENTS, "token") from error
    except discord.ConnectionClosed as error:
        raise (AuthRefused(_BAD_TOKEN) if error.code == 4004 else Unreachable("Discord hung up.")) from error
    except (discord.GatewayNotFound, aiohttp.ClientConnectorError) as error:
        raise Unreachable("Discord cannot be reached.") from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise unknown("The connection to Discord ended before it answered.") from error


def _of_answer(error: discord.HTTPException, unknown: type[Unsure] | type[Unreachable]) -> PluginError:
    if error.status == 401:
        return AuthRefused(_BAD_TOKEN)
    if error.status == 429:
        after = error.response.headers.get("Retry-After", "")
        return RateLimited("Discord wants fewer calls.", float(after) if after.replace(".", "", 1).isdecimal() else 0.0)
    if error.status >= 500:
        return unknown(f"Discord fails ({error.status}).")
    return Refused(f"Discord refuses that ({error.status}, {error.code}).")
