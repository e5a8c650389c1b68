"""What is said of an import."""

from __future__ import annotations

import pytest

from sage.core.passages import ImportReport


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (ImportReport("/n", added=1, passages=1), "1 added; 1 passage"),
        (ImportReport("/n", added=2, unchanged=1500, passages=12000), "2 added, 1,500 unchanged; 12,000 passages"),
        (ImportReport("/n", unchanged=3), "3 unchanged; 0 passages"),
        (ImportReport("/n", others=4), ""),
    ],
)
def test_only_what_was_done_is_told(report: ImportReport, told: str) -> None:
    assert report.told == told
