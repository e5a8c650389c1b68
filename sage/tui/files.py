"""Files that a person names to a front end: a schema that is read, a table that is written."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from sage.core.errors import BadInput


def read_schema(path: Path) -> dict[str, Any]:
    """A JSON schema. Raises BadInput."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(
            f"{path} is no JSON file.", safe="Nothing was changed.", do="Name one with a JSON schema."
        ) from error
    if not isinstance(found, dict):
        raise BadInput(f"{path} holds no schema.", safe="Nothing was changed.", do="A JSON schema is an object.")
    return found


def write_new(path: Path, text: str) -> None:
    """Writes a new file that nobody else may read. Raises BadInput, also for one that is there."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        why = "It is there already." if isinstance(error, FileExistsError) else f"{error.strerror}."
        raise BadInput(
            f"{path} cannot be written: {why}", safe="Nothing was changed.", do="Name another file."
        ) from error
