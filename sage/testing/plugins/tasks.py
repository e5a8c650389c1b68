"""What every `TaskSource` has to hold: `TaskSourceConformance`. The guide is `sage.testing.plugins`.

Another client of the account (`GivenAccount.other`) is any object with these methods, `def` or `async def`, which work on
the account as the person's other program would, and know tasks by their words:

    add(text, due="", weekly=False)    a new task; `weekly`: one that returns each week (asked only for RECURRENCE)
    retitle(text, to)                  other words for a task
    remove(text)                       a task is deleted

A source that is only read needs one, since its tests have no other way to make a task.
"""

from sage.testing.plugins.task_changes import ChangesAreTold, TasksAreChanged, TasksAreDone
from sage.testing.plugins.task_making import TasksAreMade, TasksAreRead


class TaskSourceConformance(TasksAreRead, TasksAreMade, TasksAreChanged, TasksAreDone, ChangesAreTold):
    """The whole suite."""
