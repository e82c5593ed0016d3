"""An upload handler that streams files to disk, up to MAX_IMPORT_BYTES."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest


class BoundedUpload(TemporaryFileUploadHandler):
    """Writes each file to disk; beyond MAX_IMPORT_BYTES in total it stops reading and marks the request."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self._size += len(raw_data)
        if self._size > settings.MAX_IMPORT_BYTES:
            self.file.close()
            if self.request is not None:
                self.request.META[_MARK] = True
            raise StopUpload(connection_reset=False)
        super().receive_data_chunk(raw_data, start)
        return None

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self._size = 0


_MARK = "inspector.upload_too_large"


def was_too_large(request: HttpRequest) -> bool:
    """True where the request's files exceeded MAX_IMPORT_BYTES; then ``request.FILES`` lacks them."""
    return bool(request.FILES is not None and request.META.get(_MARK))
