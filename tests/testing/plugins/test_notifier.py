"""The notifier suite holds for a notifier without a fault, and sees each fault that is put into it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sage.adapters.plugins.loading import reach
from sage.testing.plugins import GivenAccount, NotifierConformance
from sage.testing.plugins import notifier as suite
from sage.testing.plugins.accounts import BareDriver, manifest_of

reach(Path(__file__).parent / "found")


class Screen:
    """What the pager's file shows."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def shown(self) -> list[tuple[str, str]]:
        return [tuple(pair) for pair in json.loads(self._file.read_text()).values()]


def given(folder: Path, fault: str = "") -> GivenAccount:
    file = folder / "pager.json"
    return GivenAccount(config={"file": str(file), "fault": fault}, other=Screen(file))


class TestPager(NotifierConformance):
    plugin = "pager"

    @pytest.fixture
    def account(self, tmp_path: Path) -> GivenAccount:
        return given(tmp_path)


@pytest.mark.parametrize(
    ("fault", "test"),
    [
        ("tells twice", "test_one_with_the_same_key_takes_its_own_place"),
        ("markup", "test_what_is_told_is_seen_as_it_was_written"),
        ("forgets the rest", "test_what_is_told_is_seen_as_it_was_written"),
        ("shows nothing", "test_without_more_words_the_title_is_enough"),
    ],
)
async def test_each_fault_is_seen(fault: str, test: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "SOON", 0.2)
    account = given(tmp_path, fault)
    driver = BareDriver(manifest_of("pager"), account, tmp_path)
    with pytest.raises(AssertionError):
        await getattr(NotifierConformance, test)(NotifierConformance(), driver, account)
