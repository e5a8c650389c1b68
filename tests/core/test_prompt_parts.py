"""What a request may do without is taken out exactly, and nothing else changes."""

from __future__ import annotations

import pytest

from sage.agent.prompt import SYSTEM, Voice
from sage.agent.skill_tools import SkillTools
from sage.core.errors import BadInput
from sage.core.messages import Message, ModelRequest, ToolSpec
from sage.core.passages import Hit
from sage.core.prompt_parts import SECTION_BEGINS, Part, parts_of, read_part, sections_of, without_part
from sage.core.skills import Skill, SkillsFound

HIT = Hit("p_1", "Garden.md", "", 1, 0, 5, "Moss.")
SYSTEM_TEXT = Voice("Demo", "# Style\nOne sentence.\n\nNever rhyme.").system()


def request(*tools: ToolSpec) -> ModelRequest:
    return ModelRequest(SYSTEM_TEXT, (Message("user", "Hi"),), (HIT,), tools, unread="Reading.")


def tool(name: str, source: str = "", description: str = "x") -> ToolSpec:
    return ToolSpec(name, description, {}, "read", source)


def test_every_section_of_the_prompt_has_a_name() -> None:
    assert list(sections_of(SYSTEM_TEXT)) == [*SECTION_BEGINS, "style", "instructions-2"]
    assert list(sections_of(SYSTEM)) == list(SECTION_BEGINS)
    assert "\n".join([SYSTEM.split("\n")[0], *sections_of(SYSTEM).values()]) == SYSTEM


@pytest.mark.parametrize("name", [*SECTION_BEGINS, "style", "instructions-2"])
def test_one_section_goes_and_the_others_stay(name: str) -> None:
    left = sections_of(without_part(request(), Part("section", name)).system)
    gone = sections_of(SYSTEM_TEXT)[name]
    assert gone not in left.values() and len(left) == len(sections_of(SYSTEM_TEXT)) - 1


def test_the_parts_of_a_request_are_those_that_it_would_be_another_one_without() -> None:
    found = parts_of(request(tool("post", "mcp/desk"), tool("post2", "mcp/home"), tool("note")), ["unread-skill"])
    assert [part.told for part in found] == [
        "retrieval",
        *(f"section:{name}" for name in sections_of(SYSTEM_TEXT)),
        "plugin:mcp",
    ]


def test_what_is_not_there_changes_nothing() -> None:
    given = request(tool("recall"))
    for part in (Part("section", "moon"), Part("skill", "moon"), Part("plugin", "moon")):
        assert without_part(given, part) == given


def test_retrieval_is_passages_and_the_tools_that_look_for_them() -> None:
    left = without_part(request(tool("recall"), tool("facts"), tool("note")), Part("retrieval"))
    assert left.passages == () and left.unread == "" and [one.name for one in left.tools] == ["note"]


def test_a_plugin_is_the_tools_of_its_accounts() -> None:
    left = without_part(request(tool("a", "mail/work"), tool("b", "mailer/x"), tool("c")), Part("plugin", "mail"))
    assert [one.name for one in left.tools] == ["b", "c"]


class Skills:
    """Skills in a list."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def all(self) -> SkillsFound:
        return SkillsFound(tuple(Skill(name, f"How to {name}.") for name in self.names), ())


def offered(*names: str) -> ToolSpec:
    return SkillTools(Skills(*names)).tools()["skill"].spec("skill")  # type: ignore[arg-type]


@pytest.mark.parametrize("gone", ["bake", "mow", "sew"])
def test_one_skill_is_offered_no_more(gone: str) -> None:
    names = [name for name in ("bake", "mow", "sew") if name != gone]
    (left,) = without_part(request(offered("bake", "mow", "sew")), Part("skill", gone)).tools
    assert left.description == offered(*names).description


def test_the_last_skill_goes_with_its_tool() -> None:
    assert without_part(request(offered("bake")), Part("skill", "bake")).tools == ()


def test_parts_are_read_as_they_are_written() -> None:
    assert read_part("retrieval") == Part("retrieval") and read_part("skill: bake").told == "skill:bake"
    for text in ("", "moon", "skill:", "retrieval:x"):
        with pytest.raises(BadInput):
            read_part(text)
