"""What a SKILL.md must say, and how skills are offered."""

from __future__ import annotations

import pytest

from sage.core.skills import Skill, offer, read_skill

HEAD = "---\nname: {name}\ndescription: {about}\n---\n# Demo\nDo it.\n"


def test_a_skill_is_its_name_what_it_is_for_and_its_instructions() -> None:
    text = "---\nname: demo-skill\ndescription: >\n  Waters the\n  garden.\nlicense: MIT\nallowed-tools: Bash(rm:*)\n---\n# Demo\n"
    skill, said = read_skill("demo-skill", text, ["scripts/a.sh"])
    assert skill == Skill("demo-skill", "Waters the garden.", ("scripts/a.sh",)) and said == "# Demo"


@pytest.mark.parametrize(
    ("folder", "text", "why"),
    [
        ("demo", "# Demo", "does not begin"),
        ("demo", "---\nname: demo\n---\n", "no description"),
        ("demo", "---\ndescription: x\n---\n", "no name"),
        ("demo", HEAD.format(name="other", about="x"), "its folder demo"),
        ("Demo", HEAD.format(name="Demo", about="x"), "a-z"),
        ("-demo", HEAD.format(name="-demo", about="x"), "a-z"),
        ("a--b", HEAD.format(name="a--b", about="x"), "a-z"),
        ("a" * 65, HEAD.format(name="a" * 65, about="x"), "64"),
        ("demo", HEAD.format(name="demo", about="x" * 1025), "1024"),
        ("demo", "---\nname: [demo]\ndescription: x\n---\n", "no name"),
        ("demo", "---\nname: demo\n  description: : x\n---\n", "line"),
    ],
)
def test_what_is_no_skill_says_why(folder: str, text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_skill(folder, text)


def test_many_skills_take_no_more_room_than_a_few() -> None:
    many = [Skill(f"demo-{number}", "word " * 200) for number in range(100)]
    assert len(offer(many, short=False)) < 6_000 and len(offer(many, short=True)) < 1_500
    assert offer([Skill("demo", "Short.")], short=True) == "demo: Short."
