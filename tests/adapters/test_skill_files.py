"""Skills are read from their own folders only, and nothing in them is run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sage.adapters.skill_files import SkillFiles
from sage.agent.skill_tools import SkillTools
from sage.core.errors import NotFound, Unreadable
from sage.core.ports import ToolOutcome
from sage.testing.fakes import FakeClock


def write(folder: Path, name: str, said: str = "Do it.", about: str = "Waters the garden.") -> Path:
    place = folder / name
    place.mkdir(parents=True)
    (place / "SKILL.md").write_text(f"---\nname: {name}\ndescription: {about}\n---\n{said}\n")
    return place


def run(skills: SkillFiles, **given: str) -> ToolOutcome:
    tool = SkillTools(skills).tools()["skill"]
    found: ToolOutcome = tool.act(tool.arguments(**given), "a1", FakeClock().now())
    return found


def test_skills_are_offered_and_read_when_chosen(tmp_path: Path) -> None:
    place = write(tmp_path, "garden")
    (place / "scripts").mkdir()
    (place / "scripts" / "water.sh").write_text("echo wet")
    skills = SkillFiles(tmp_path)
    assert "garden: Waters the garden." in SkillTools(skills).tools()["skill"].description
    assert (
        run(skills, name="garden").text.startswith("Do it.") and "scripts/water.sh" in run(skills, name="garden").text
    )
    assert run(skills, name="garden", file="scripts/water.sh").text == "echo wet"


def test_without_skills_there_is_no_tool(tmp_path: Path) -> None:
    assert SkillTools(SkillFiles(tmp_path / "none")).tools() == {}


def test_a_broken_one_is_told_and_hinders_no_other(tmp_path: Path) -> None:
    write(tmp_path, "garden")
    (tmp_path / "broken").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken" / "SKILL.md").write_text("no head")
    (tmp_path / "binary").mkdir()
    (tmp_path / "binary" / "SKILL.md").write_bytes(b"\xff\xfe\x00")
    found = SkillFiles(tmp_path).all()
    assert [skill.name for skill in found.skills] == ["garden"]
    assert {trouble.source.split("/")[0] for trouble in found.troubles} == {"broken", "empty", "binary"}
    with pytest.raises(Unreadable, match="does not begin"):
        SkillFiles(tmp_path).instructions("broken")


@pytest.mark.parametrize(
    "path", ["../secret.txt", "/etc/passwd", "link.txt", "away/secret.txt", "pipe", ".hidden", "SKILL.md"]
)
def test_nothing_beyond_the_skills_folder_is_read(tmp_path: Path, path: str) -> None:
    place = write(tmp_path / "skills", "garden")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "skills" / "secret.txt").write_text("secret")
    (place / "link.txt").symlink_to(tmp_path / "secret.txt")
    (place / "away").symlink_to(tmp_path)
    (place / ".hidden").write_text("secret")
    os.mkfifo(place / "pipe")
    with pytest.raises(NotFound):
        SkillFiles(tmp_path / "skills").file("garden", path)


def test_a_linked_skill_file_or_folder_is_none(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    place = write(tmp_path / "other", "garden")
    skills = tmp_path / "skills"
    (skills / "house").mkdir(parents=True)
    (skills / "garden").symlink_to(place)
    (skills / "house" / "SKILL.md").symlink_to(place / "SKILL.md")
    found = SkillFiles(skills).all()
    assert not found.skills and [trouble.source for trouble in found.troubles] == ["house/SKILL.md"]


@pytest.mark.parametrize("name", ["..", "../garden", "no-such", ".git"])
def test_a_name_that_is_none_is_told(tmp_path: Path, name: str) -> None:
    write(tmp_path / "skills", "house")
    write(tmp_path, "garden")
    with pytest.raises(NotFound):
        SkillFiles(tmp_path / "skills").instructions(name)


def test_a_file_that_is_too_large_is_told(tmp_path: Path) -> None:
    place = write(tmp_path, "garden")
    (place / "big.txt").write_text("x" * 100_001)
    with pytest.raises(Unreadable, match="100 kB"):
        SkillFiles(tmp_path).file("garden", "big.txt")


def test_control_sequences_are_taken_out(tmp_path: Path) -> None:
    write(tmp_path, "garden", "red \x1b[31mred\x1b[0m \u202eback")
    assert SkillFiles(tmp_path).instructions("garden")[1] == "red red back"
