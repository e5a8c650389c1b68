"""A tool: what a model is told of it, what it takes, and the function that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from sage.core.messages import Effect, ToolSpec
from sage.core.ports import ToolOutcome


class Arguments(BaseModel):
    """What a tool takes; anything else is refused."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Tool:
    """`act` takes the arguments, the id of the action, and the moment."""

    description: str
    effect: Effect
    arguments: type[Arguments]
    act: Callable[..., ToolOutcome]

    def spec(self, name: str) -> ToolSpec:
        """What a model is told of it."""
        return ToolSpec(name, self.description, _slim(self.arguments.model_json_schema()), self.effect)


def _slim(schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON schema without titles and lengths: every word of it is read by the model at each first turn."""
    kept = {key: value for key, value in schema.items() if key not in {"title", "minLength", "additionalProperties"}}
    if "properties" in kept:
        kept["properties"] = {name: _slim(value) for name, value in kept["properties"].items()}
    return kept
