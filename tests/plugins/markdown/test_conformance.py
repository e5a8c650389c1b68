"""Markdown notes hold what the kit asks of a task source, with each of the settings that Obsidian Tasks has."""

from __future__ import annotations

from pathlib import Path

import pytest

from sage.testing.plugins import GivenAccount, TaskSourceConformance
from tests.plugins.markdown.vaults import vault


class TestMarkdown(TaskSourceConformance):
    plugin = "markdown"

    @pytest.fixture
    def account(self, tmp_path: Path) -> GivenAccount:
        return vault(tmp_path)


class TestMarkdownOtherwise(TestMarkdown):
    """Fields in words, the next one below, a tag that makes a task, line ends of Windows."""

    @pytest.fixture
    def account(self, tmp_path: Path) -> GivenAccount:
        settings = {
            "taskFormat": "dataview",
            "recurrenceOnNextLine": True,
            "globalFilter": "#task",
            "setCreatedDate": True,
        }
        return vault(tmp_path, settings, "\r\n")


@pytest.mark.slow
class TestMarkdownInItsOwnProcess(TestMarkdown):
    in_its_own_process = True
