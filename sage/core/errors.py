"""Every error that Sage tells a person.

    SageError
    ├── BadInput            what was given cannot be used
    │   ├── NotFound        a file, folder, id or name that is not there
    │   ├── TaskChanged     a task that another program changed since the person was shown it
    │   ├── Unreadable      a file that is there but cannot be read as text
    │   └── BadSetting      a profile or settings.toml value that does not fit
    ├── HomeTrouble         the data folder
    │   ├── HomeBusy        another engine owns it
    │   ├── HomeReadOnly    it cannot be written
    │   ├── DiskFull        no room is left
    │   ├── NewerHome       a later version of Sage wrote it
    │   └── TornFile        a database or file in it is damaged
    ├── ModelTrouble        whoever answers
    │   ├── NoKey           a key is missing or was refused
    │   ├── ProviderDown    not reachable, overloaded, or failing
    │   │   └── NoAnswer    it took the request, and nothing came: nobody knows what that cost
    │   ├── StreamBroken    it stopped in the middle of an answer
    │   ├── UnknownModel    no model of that name
    │   ├── CorruptModel    a model file that fails its checksum or does not load
    │   └── OverBudget      a cap would be passed
    └── EngineTrouble       the process behind the front ends
        ├── EngineGone      it ended or does not start
        └── OtherVersion    front end and engine are of different versions

Each carries three short sentences: what happened, what is safe, and what to do next.
"""

from __future__ import annotations


class SageError(Exception):
    """A told error: `what` happened, what is `safe`, what to `do` next (plain sentences, no secrets, no traceback)."""

    def __init__(self, what: str, *, safe: str = "", do: str = "") -> None:
        super().__init__(what)
        self.what, self.safe, self.do = what, safe, do

    @property
    def kind(self) -> str:
        """The class name, by which the error crosses the wire."""
        return type(self).__name__

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.safe, self.do) if part)


class BadInput(SageError):
    """What was given cannot be used."""


class NotFound(BadInput):
    """A file, folder, id or name that is not there."""


class TaskChanged(BadInput):
    """A task that another program changed, or took away, since the person was shown it."""


class Unreadable(BadInput):
    """A file that is there but cannot be read as text."""


class BadSetting(BadInput):
    """A profile or settings value that does not fit."""


class HomeTrouble(SageError):
    """The data folder."""


class HomeBusy(HomeTrouble):
    """Another engine owns the home."""


class HomeReadOnly(HomeTrouble):
    """The home cannot be written."""


class DiskFull(HomeTrouble):
    """No room is left on the home's disk."""


class NewerHome(HomeTrouble):
    """A later version of Sage wrote the home."""


class TornFile(HomeTrouble):
    """A database or file in the home is damaged."""


class ModelTrouble(SageError):
    """Whoever answers."""


class NoKey(ModelTrouble):
    """A key is missing or was refused."""


class ProviderDown(ModelTrouble):
    """The provider is not reachable, overloaded, or failing."""


class NoAnswer(ProviderDown):
    """The provider took the request and said nothing: nobody knows what that cost."""


class StreamBroken(ModelTrouble):
    """The model stopped in the middle of an answer."""


class UnknownModel(ModelTrouble):
    """No model of that name."""


class CorruptModel(ModelTrouble):
    """A model file that fails its checksum or does not load."""


class OverBudget(ModelTrouble):
    """A cap would be passed."""


class EngineTrouble(SageError):
    """The process behind the front ends."""


class EngineGone(EngineTrouble):
    """The engine ended or does not start."""


class OtherVersion(EngineTrouble):
    """Front end and engine are of different versions."""


def _tree(root: type[SageError]) -> dict[str, type[SageError]]:
    found = {root.__name__: root}
    for child in root.__subclasses__():
        found |= _tree(child)
    return found


def revive(kind: str, what: str, safe: str, do: str) -> SageError:
    """The error of that kind, as it came over the wire; an unknown kind becomes a plain SageError."""
    return _tree(SageError).get(kind, SageError)(what, safe=safe, do=do)
