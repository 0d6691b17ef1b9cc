"""How values stand in Redis."""

import json


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
