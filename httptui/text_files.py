"""Text files as editors and shells write them: UTF-8, or UTF-8, UTF-16 or UTF-32 with a byte-order mark."""

from __future__ import annotations

import codecs
from pathlib import Path

from httptui.engines.files import read_file

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # Before UTF-16, whose mark is a prefix of this one.
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
NOT_TEXT = "not a text file in UTF-8, or in UTF-16 with its byte-order mark"


def read_text(path: Path, most: int) -> str:
    """Read a text file of at most so many bytes, without its byte-order mark.

    Raises TooLongError and OSError as `read_file` does, and UnicodeDecodeError if it is not text.
    """
    return decoded_text(read_file(path, most))


def decoded_text(data: bytes) -> str:
    """Decode bytes by their byte-order mark, or as UTF-8; UnicodeDecodeError if that fails."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding)
    return data.decode()


def as_utf8(data: bytes) -> bytes:
    """Return the same text in UTF-8 without a mark; bytes that are not text stay unchanged."""
    if not data.startswith(tuple(mark for mark, _ in MARKS)):
        return data
    try:
        return decoded_text(data).encode()
    except UnicodeDecodeError:
        return data
