from pathlib import Path

import pytest
from sage_plugins.skeleton.config import Config
from sage_plugins.skeleton.source import Skeleton

from sage.plugin_api import Context
from sage.testing.plugins.tools import Accounts, Call, ToolSourceConformance, opened


class TestSkeleton(ToolSourceConformance):
    harmless = Call("count_words", {"text": "one two three"}, "3")
    echo = Call("turn_around", {"text": "Grüße 世界 👍🏽"}, "👍🏽 世界 Grüße")
    wrong = Call("count_words", {"text": 3}, "")

    @pytest.fixture
    def account(self, tmp_path: Path) -> Accounts:
        return lambda: opened(Skeleton(Context("skeleton/test", Config(), tmp_path)))
