"""The live service, if somebody gives a bot of theirs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sage_plugins.discord.config import Config
from sage_plugins.discord.source import Discord

from sage.plugin_api import Context, Outbound, Refused, Secret

TOKEN = os.environ.get("SAGE_LIVE_DISCORD_TOKEN", "")


@pytest.mark.skipif(not TOKEN, reason="SAGE_LIVE_DISCORD_TOKEN names no bot: Discord itself is not tested")
async def test_discord_itself_answers(tmp_path: Path) -> None:
    bot = Discord(Context("discord/live", Config(), tmp_path, secrets={"token": Secret(TOKEN)}))
    await bot.open()
    try:
        assert (await bot.health()).state == "ok"
        assert (await anext(bot.events(""))).cursor
        with pytest.raises(Refused):
            await bot.send(Outbound("1", ("1",), "Nobody is here."), "key-1")
    finally:
        await bot.close()
