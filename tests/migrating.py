"""Django's migrations, with less of what is made anew at every operation.

Of a fresh start nine tenths are not PostgreSQL's work: at every operation Django makes the classes
of all models anew that are connected with it, however remotely, and all of ours are, by their
company. Here its own class is, and those that point to it. What a migration's own code sees is made
anew as a whole either way: `RunPython` asks for it.

`tests/e2e/test_tour.py` migrates an empty database without this, as the product does, and holds the
tables against those made here.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db.migrations.state import ProjectState
from django.db.models import Field


def find_neighbours(
    self: Any, app_label: str, model_name: str, delay: bool = False
) -> set[tuple[str, str]]:
    """Which classes are made anew when this one changes: its own, and those that point to it."""
    self.is_delayed = True  # for RunPython
    found = {(app_label, model_name)}
    with suppress(LookupError):
        model = self.apps.get_model(app_label, model_name)
        for field in model._meta.get_fields(include_hidden=True):
            if field.auto_created and not field.concrete:
                pointing = field.related_model._meta
                found.add((pointing.app_label, pointing.model_name))
    return found


def copied(self: Any) -> Any:
    """As `Field.clone`, which goes by way of the arguments that would make the same field."""
    field = copy.deepcopy(self)
    for name in [name for name in field.__dict__ if name in CACHED]:
        del field.__dict__[name]
    field.creation_counter = Field.creation_counter
    Field.creation_counter += 1
    return field


# What a field of a state was asked before it belonged to a model is not true of its copy.
CACHED = {"related_model", "path_infos", "reverse_path_infos", "cached_col", "validators"}
_find_reload_model = ProjectState._find_reload_model  # type: ignore[attr-defined]  # not in the stubs


@contextmanager
def quickly() -> Iterator[None]:
    """Migrations in this block take a fraction of the time."""
    clone = Field.clone
    ProjectState._find_reload_model = find_neighbours  # type: ignore[attr-defined]
    Field.clone = copied  # type: ignore[method-assign]
    try:
        yield
    finally:
        ProjectState._find_reload_model = _find_reload_model  # type: ignore[attr-defined]
        Field.clone = clone  # type: ignore[method-assign]
