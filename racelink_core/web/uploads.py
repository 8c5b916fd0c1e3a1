"""Files that come with a form."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from racelink_core.web.failures import ApiFailure, invalid_request

_FORM_BYTES = 64 * 1024
"""What a form may need around its file."""


def uploaded_file(most_bytes: int, what_to_know: str) -> tuple[str, bytes]:
    """Its name, which is only to be shown, and its content, from the field `file`. Raises ApiFailure."""
    if request.mimetype != "multipart/form-data":
        raise ApiFailure(415, "unsupported_media_type", "Send the file as multipart/form-data, in the field file.")
    request.max_content_length = most_bytes + _FORM_BYTES
    too_large = ApiFailure(413, "too_large", f"The file is too large. {what_to_know}")
    try:
        file = request.files.get("file")
        content = None if file is None else file.stream.read(most_bytes + 1)
    except RequestEntityTooLarge as error:
        raise too_large from error
    if file is None or content is None:
        raise invalid_request([("file", "no file was sent in this field")])
    if len(content) > most_bytes:
        raise too_large
    return file.filename or "the uploaded file", content
