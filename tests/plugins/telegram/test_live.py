"""The live service, if somebody gives a bot of theirs: what is waiting for it is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sage_plugins.telegram.config import Config
from sage_plugins.telegram.source import Telegram

from sage.plugin_api import Context, Outbound, Refused, Secret

TOKEN = os.environ.get("SAGE_LIVE_TELEGRAM_TOKEN", "")


@pytest.mark.skipif(not TOKEN, reason="SAGE_LIVE_TELEGRAM_TOKEN names no bot: Telegram itself is not tested")
async def test_telegram_itself_answers(tmp_path: Path) -> None:
    bot = Telegram(Context("telegram/live", Config(), tmp_path, secrets={"token": Secret(TOKEN)}))
    await bot.open()
    try:
        assert (await bot.health()).state == "ok"
        assert (await anext(bot.events(""))).cursor
        with pytest.raises(Refused):
            await bot.send(Outbound("1", ("1",), "Nobody is here."), "key-1")
    finally:
        await bot.close()
