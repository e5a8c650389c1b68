"""The keys of Models: all of them, and those that do something with what is chosen."""

from __future__ import annotations

from sage.core.model_choice import ModelOption
from sage.tui.model_deeds import TURNS
from sage.tui.model_rows import Model, Now, OnTrial, OwnCase, Row, State, Tried

KEYS = f"""| key | what it does |
|---|---|
| t | try the model on your cases; Esc stops, t goes on |
| J | who judges where checks cannot tell |
| w | whether a part still earns its place: without it |
| s | both answers to each case, side by side |
| v | vote, not knowing whose: 1, 2, or 0 for neither |
| i | bring the model here; Esc stops, i goes on |
| u | let the model answer; what changes is shown first |
| b | back: who answered before answers again |
| c | let it answer half of your everyday questions |
| a | the one on trial answers for good |
| e, D | change what the case checks, or drop it |
| l, d, f | the ledger: by something else, of other days, into a file |
| E | show quick what deep answered well, with the same kind of task: on or off |
| n | make cases of your last {TURNS} turns |
| x | write your rated cases to a file that you may give away, once you have read each line |
| m | name another model |
| r | look at another role |
| h | sheets: the same asked of many notes, tasks or messages |
| S | settings: what is set, what it does, and changes to it |
| Enter | the whole of it; Esc comes back |
| 1 2 3 4 5 | all, could answer, tried, swapped, cases |
| PgUp, PgDn | read on in what is shown |
| Esc, F3 | Talk |"""


def hints_of(row: Row | None, option: ModelOption | None, state: State | None) -> list[str]:
    """The keys that do something with a row; `option` is the model that it is about."""
    if state is None:
        return []
    keys = []
    if isinstance(row, Tried):
        keys += ["s side by side", "v vote", "J judge"]
    if option and not option.ready:
        keys.append("i bring it here")
    elif option and not (isinstance(row, Model) and row.answers):
        keys += ["t try", "u use", "c on trial"]
    keys += ["a answers for good"] if isinstance(row, OnTrial) else []
    keys += ["e edit", "D drop"] if isinstance(row, OwnCase) else []
    keys += ["l by model, task …", "d days", "f into a file"] if isinstance(row, Now) else []
    keys += ["w without a part"] if isinstance(row, Now) and state.cases else []
    keys += [f"E examples {'off' if state.examples.on else 'on'}"] if isinstance(row, Now) else []
    keys += ["b take back"] if state.swaps or state.canary.swap else []
    return keys + ([] if state.cases else ["n make cases"])
