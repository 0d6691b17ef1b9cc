"""Settings: dataclasses of plain values, changed by the control API and kept in the store."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from simulator.core.store import Store

T = TypeVar("T")


class BadSetting(ValueError):
    """No such setting, or a value of another type."""


@dataclass
class Settings:
    """What all banks share. The README has the table."""

    latency_ms: int = 0
    webhook_read_ms: int = 2000
    webhook_copies: int = 1
    webhook_delay_seconds: int = 0
    webhook_newest_first: bool = False
    webhook_drop: bool = False


def load(store: Store, name: str, kind: type[T]) -> T:
    """The settings kept under `name`; the default for what was never changed."""
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    kept = store.kept(f"settings.{name}") or {}
    return kind(**{key: value for key, value in kept.items() if key in known})


def change(store: Store, groups: Mapping[str, Any], changes: Mapping[str, object]) -> None:
    """Change settings in their groups, which are kept by their names.

    Raises:
        BadSetting: nothing was changed.
    """
    owners = {key: group for group in groups.values() for key in asdict(group)}
    for key, value in changes.items():
        if key not in owners:
            raise BadSetting(f"Não há a opção {key}.")
        _check(owners[key], key, value)
    for key, value in changes.items():
        setattr(owners[key], key, value)
    for name, group in groups.items():
        store.keep(f"settings.{name}", asdict(group))


def _check(settings: Any, key: str, value: object) -> None:
    """Raises BadSetting when `value` is not of the type of the current one."""
    current = getattr(settings, key)
    if type(value) is not type(current):
        expected = type(current).__name__
        raise BadSetting(f"A opção {key} deve ser do tipo {expected}.")
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        raise BadSetting(f"A opção {key} não pode ser negativa.")
