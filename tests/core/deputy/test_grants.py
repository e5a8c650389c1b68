"""How far the deputy may go."""

from __future__ import annotations

import pytest

from sage.core.deputy.grants import Grants, How, granted, granted_all

GRANTS: Grants = {
    "ana": {"office-faq": "auto", "any": "draft"},
    "tom": {"any": "off"},
    "work": {"office-faq": "auto", "calendar": "auto"},
    "garden": {"office-faq": "draft", "any": "auto"},
}


@pytest.mark.parametrize(
    ("reader", "topics", "expected"),
    [
        (("ana", "work"), ["office-faq"], "auto"),
        (("ana", "work"), ["calendar"], "draft"),
        (("ana",), ["office-faq", "garden"], "draft"),
        (("tom", "work"), ["office-faq"], "off"),
        (("berta", "work"), ["office-faq"], "auto"),
        (("berta", "work"), ["elsewhere"], "draft"),
        (("berta", "work", "garden"), ["office-faq"], "draft"),
        (("carl", "garden"), ["elsewhere"], "auto"),
        (("unknown",), ["office-faq"], "draft"),
        ("ana", [], "draft"),
    ],
)
def test_the_most_specific_decides_and_the_least_of_several(
    reader: tuple[str, ...] | str, topics: list[str], expected: How
) -> None:
    assert granted(GRANTS, reader, topics) == expected


def test_what_several_read_needs_all_their_grants() -> None:
    assert granted_all(GRANTS, [("ana",), ("berta", "work")], ["office-faq"]) == "auto"
    assert granted_all(GRANTS, [("ana",), ("tom", "work")], ["office-faq"]) == "off"
    assert granted_all(GRANTS, [], ["office-faq"]) == "off"
