"""Small plugins, written into a folder by tests."""

from __future__ import annotations

from pathlib import Path

TOML = """name = "{name}"
title = "Demo"
about = "Tasks of a demo"
api = 1
kinds = ["tasks"]
runtime = "{package}.{name}.source:Demo"
config = "{package}.{name}.config:Config"
"""
CONFIG = """from pydantic import BaseModel, ConfigDict, Field


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(description="Where the demo stands.")
    limit: int = Field(default=5, ge=1, le=9, description="How many at most.")
"""
SOURCE = """from collections.abc import AsyncIterator

from sage.plugin_api import Task, TaskSource


class Demo(TaskSource):
    async def list(self) -> AsyncIterator[Task]:
        yield Task("1", self.ctx.config.path, "r1")
"""


def write_plugin(
    root: Path, name: str = "demo", *, more: str = "", config: str = CONFIG, source: str = SOURCE, package: str = ""
) -> Path:
    """A plugin in `root/name`; `more` are further lines of its plugin.toml."""
    folder = root / name
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(TOML.format(name=name, package=package or "sage_plugins") + more, "utf-8")
    (folder / "config.py").write_text(config, "utf-8")
    (folder / "source.py").write_text(source, "utf-8")
    (folder / "__init__.py").touch()
    return folder
