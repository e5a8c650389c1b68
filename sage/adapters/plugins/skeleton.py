"""A new plugin: the skeleton of its kind, which works, under the name that its author chose."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection
from pathlib import Path

import sage
from sage.core.errors import BadInput
from sage.core.plugins import manifest
from sage.locations import home_trouble

SKELETONS = Path(sage.__file__).parent / "skeletons"
KINDS = ("tasks", "messaging", "calendar", "tools")


def write_skeleton(name: str, kind: str, into: Path, taken: Collection[str] = ()) -> Path:
    """Writes a plugin of that kind into `into/name` and returns the folder. `taken` are names of other plugins.

    Raises BadInput (no name for a plugin, one that is taken, or there is something already) and HomeTroubles.
    """
    folder = into / name
    if not manifest.NAME.fullmatch(name) or keyword.iskeyword(name):
        raise BadInput(f"{name!r} cannot be a plugin's name.", safe="Nothing was written.", do="Use a-z, 0-9 and _.")
    if name in taken:
        raise BadInput(f"There is a plugin {name} already.", safe="Nothing was written.", do="Choose another name.")
    if folder.exists():
        raise BadInput(f"{folder} is there already.", safe="Nothing was written.", do="Choose another name or folder.")
    words = {"skeleton": name, "Skeleton": "".join(part.capitalize() for part in name.split("_"))}
    try:
        for source in sorted(SKELETONS.joinpath(kind).rglob("*")):
            if source.is_file() and "__pycache__" not in source.parts:
                target = folder / source.relative_to(SKELETONS / kind).with_name(source.name.replace("skeleton", name))
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                text = re.sub("[sS]keleton", lambda found: words[found[0]], source.read_text(encoding="utf-8"))
                target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise home_trouble(error, folder) from error
    return folder
