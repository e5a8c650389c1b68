import pytest

from sage.testing.plugins import GivenAccount, ToolSourceConformance, ToolUse


class TestSkeleton(ToolSourceConformance):
    plugin = "skeleton"
    harmless = ToolUse("count_words", {"text": "one two three"}, "3")
    echo = ToolUse("turn_around", {"text": "Grüße 世界 👍🏽"}, "👍🏽 世界 Grüße")
    wrong = ToolUse("count_words", {"text": 3})

    @pytest.fixture
    def account(self) -> GivenAccount:
        return GivenAccount(config={})
