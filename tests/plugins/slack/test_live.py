"""The live service, if somebody gives an app of theirs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sage_plugins.slack.config import Config
from sage_plugins.slack.source import Slack

from sage.plugin_api import Context, Outbound, Refused, Secret

SECRETS = {"token": os.environ.get("SAGE_LIVE_SLACK_TOKEN"), "app_token": os.environ.get("SAGE_LIVE_SLACK_APP_TOKEN")}


@pytest.mark.skipif(not SECRETS["token"], reason="SAGE_LIVE_SLACK_TOKEN names no app: Slack itself is not tested")
async def test_slack_itself_answers(tmp_path: Path) -> None:
    secrets = {name: Secret(value) for name, value in SECRETS.items() if value}
    app = Slack(Context("slack/live", Config(), tmp_path, secrets=secrets))
    await app.open()  # with an app-level token, Slack names a place to connect to
    try:
        assert (await app.health()).state == "ok"
        assert (await anext(app.events(""))).cursor
        with pytest.raises(Refused):
            await app.send(Outbound("U000000000", ("U000000000",), "Nobody is here."), "key-1")
    finally:
        await app.close()
