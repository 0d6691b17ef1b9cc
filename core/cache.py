"""The cache: values stand in Redis as JSON, and may be lost at any time."""

import json
from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


class JsonSerializer:
    """What `django.core.cache.backends.redis` asks for; only what JSON knows can be kept."""

    def dumps(self, value: object) -> bytes:
        """
        Raises:
            TypeError: JSON does not know it.
        """
        return json.dumps(value).encode()

    def loads(self, data: bytes) -> object:
        return json.loads(data)


class SpareCache(RedisCache):
    """While Redis is away it is a cache that keeps nothing: pages and sign-in go on without it."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return unless_away(default, super().get, key, default, version)

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        return bool(unless_away(True, super().add, key, value, timeout, version))

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        unless_away(None, super().set, key, value, timeout, version)

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(unless_away(False, super().delete, key, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return int(unless_away(delta, super().incr, key, delta, version))


def unless_away(otherwise: object, act: Callable[..., Any], *values: object) -> Any:
    try:
        return act(*values)
    except RedisError as error:
        log.warning("cache_away", error=type(error).__name__)
        return otherwise
