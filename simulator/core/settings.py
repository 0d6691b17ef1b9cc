"""Settings: dataclasses of plain values, changed by the control API and kept in the store."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar

from simulator.core.store import Store

T = TypeVar("T")


class BadSetting(ValueError):
    """No such setting, or a value of another type."""


@dataclass
class Settings:
    """What all banks share. The README has the table."""

    latency_ms: int = 0
    webhook_connect_ms: int = 1000
    webhook_read_ms: int = 2000
    webhook_retry_seconds: list[int] = field(default_factory=lambda: [60, 300, 900])
    webhook_copies: int = 1
    webhook_delay_seconds: int = 0
    webhook_newest_first: bool = False
    webhook_drop: bool = False


def load(store: Store, name: str, kind: type[T]) -> T:
    """The settings kept under `name`; the default for what was never changed."""
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    kept = store.kept(f"settings.{name}") or {}
    return kind(**{key: value for key, value in kept.items() if key in known})


def save(store: Store, name: str, settings: Any) -> None:
    store.keep(f"settings.{name}", asdict(settings))


def check(settings: Any, key: str, value: object) -> None:
    """Raises BadSetting when `value` is not of the type of the current one."""
    current = getattr(settings, key)
    if type(value) is not type(current):
        expected = type(current).__name__
        raise BadSetting(f"A opção {key} deve ser do tipo {expected}.")
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        raise BadSetting(f"A opção {key} não pode ser negativa.")
    is_of_numbers = isinstance(current, list) and all(type(item) is int for item in current)
    if is_of_numbers and not all(type(item) is int and item >= 0 for item in value):  # type: ignore[attr-defined]
        raise BadSetting(f"A opção {key} deve ser uma lista de inteiros.")
