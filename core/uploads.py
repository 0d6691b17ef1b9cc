"""Files that people send are kept in memory, and a request that is too large is not kept at all."""

import re
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler


class BoundedUploadHandler(MemoryFileUploadHandler):
    """Statements may be larger than what else is sent: at their address, from who is signed in."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 (Django's name)
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        self.activated = content_length <= self._largest(META)

    def _largest(self, meta: dict[str, Any]) -> int:
        is_statement = re.fullmatch(settings.STATEMENT_UPLOADS, meta.get("PATH_INFO", ""))
        user = getattr(self.request, "user", None)
        if is_statement and user is not None and user.is_authenticated:
            return int(settings.STATEMENT_UPLOAD_MAX_SIZE)
        return int(settings.FILE_UPLOAD_MAX_MEMORY_SIZE)
