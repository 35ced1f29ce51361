"""One taxonomy for the outcomes of every client: errors by class name, so that no client is imported, and statuses.

Kinds: refused, dns, tls, connect_timeout, read_timeout, pool_timeout, timeout, protocol, disconnected, truncated,
too_large, redirects, local, other.
"""

from __future__ import annotations

import errno
import re
from collections import deque
from collections.abc import Iterator

FIRST_FINAL_STATUS, FIRST_ERROR_STATUS = 200, 400


BODILESS_STATUSES = frozenset({204, 304})
"""Final statuses whose answers have no body, whatever length they announce."""


def is_interim(status: int) -> bool:
    """Return whether a status is interim (1xx).

    A client that returns such an answer has not waited for the final one, which is a protocol error.
    """
    return status < FIRST_FINAL_STATUS


def is_success(status: int) -> bool:
    """Return whether an answer counts as a success."""
    return FIRST_FINAL_STATUS <= status < FIRST_ERROR_STATUS


def is_failure(status: int) -> bool:
    """Return whether an answer counts as an error of its status."""
    return status >= FIRST_ERROR_STATUS


def _by_name(**names: str) -> dict[str, str]:
    """Map each class name to its kind, given the names of each kind."""
    return {name: kind for kind, listed in names.items() for name in listed.split()}


def _by_number(numbers: dict[str, tuple[int, ...]]) -> dict[int, str]:
    """Map each number to its kind, given the numbers of each kind."""
    return {number: kind for kind, listed in numbers.items() for number in listed}


FIRM = _by_name(
    refused="ConnectionRefusedError",
    dns="ClientConnectorDNSError NameResolutionError gaierror herror",
    tls="CertificateError ClientConnectorCertificateError SSLCertVerificationError",
    connect_timeout="ConnectTimeout ConnectTimeoutError ConnectionTimeoutError",
    read_timeout="ReadTimeout ReadTimeoutError SocketTimeoutError",
    pool_timeout="EmptyPoolError PoolTimeout PoolTimeoutError",
    protocol=(
        "BadHttpMessage BadStatusLine ContentDecodingError DecodeError DecodingError "
        "HttpParsingError InvalidChunkLength JSONDecodeError LineTooLong UnicodeDecodeError"
    ),
    disconnected=(
        "BrokenPipeError BrokenResourceError ConnectionAbortedError ConnectionResetError "
        "EndOfStream RemoteDisconnected SSLEOFError SSLZeroReturnError ServerDisconnectedError"
    ),
    truncated="IncompleteRead IncompleteReadError InvalidBodyLengthError",
    too_large="BodyTooLargeError",
    redirects="MaxRedirects NoConsentError TooManyRedirects",
    local=(
        "ClosedPoolError FullPoolError InvalidSchema InvalidURL LocationParseError MissingSchema "
        "NoReplyError NonHttpUrlClientError UnsupportedProtocol"
    ),
)
"""Class names that identify the kind by themselves."""

LOOSE = _by_name(
    refused="NewConnectionError ProxyError",
    tls="ClientConnectorSSLError SSLError ServerFingerprintMismatch",
    timeout="ServerTimeoutError Timeout TimeoutError TimeoutException WriteTimeout",
    protocol="ClientResponseError HTTPException InvalidHeader ProtocolError",
    truncated="ChunkedEncodingError ClientPayloadError",
)
"""Class names that identify the kind unless a deeper exception of the chain has a name in FIRM."""

WEAK = frozenset({"CloseError", "ConnectionError", "ReadError", "WriteError"})
"""Class names that mean a broken connection, if the chain says nothing more specific."""

ERRNOS = _by_number(
    {
        "refused": (errno.ECONNREFUSED, errno.EHOSTUNREACH),
        "connect_timeout": (errno.ETIMEDOUT,),
        "disconnected": (errno.ECONNRESET, errno.ECONNABORTED, errno.EPIPE, errno.ENOTCONN, errno.ESHUTDOWN),
        "local": (
            errno.EMFILE,
            errno.ENFILE,
            errno.EADDRNOTAVAIL,
            errno.EADDRINUSE,
            errno.ENOBUFS,
            errno.ENOMEM,
            errno.EACCES,
            errno.EPERM,
            errno.ENETUNREACH,
            errno.ENETDOWN,
            errno.EBADF,
        ),
    }
)

RUST_ERRNO = re.compile(r"\(os error (\d{1,5})\)|Os \{ code: (\d{1,5}),")
"""Pattern of the errno in messages of clients written in Rust."""

CURL_CODE = re.compile(r"\bcurl: \((\d{1,3})\)")
CURL_CODES = _by_number(
    {
        "refused": (7,),
        "dns": (5, 6),
        "tls": (35, 58, 60, 77),
        "timeout": (28,),
        "protocol": (1, 8, 16, 61, 92, 100),
        "disconnected": (52, 55, 56),
        "truncated": (18,),
        "too_large": (63,),
        "redirects": (47,),
    }
)
"""libcurl's error codes (https://curl.se/libcurl/c/libcurl-errors.html) with their kinds."""

HANDSHAKE_TIMEOUTS = ("handshake operation timed out", "SSL handshake is taking longer")
"""Words that mean a connect time-out, even below an exception that calls it a read time-out."""

MESSAGES = (
    ("decompressed response body exceeds", "too_large"),
    ("too many redirects", "redirects"),
    ("there is no consent for", "redirects"),
    ("without sending complete message body", "truncated"),
    ("incomplete chunked read", "truncated"),
    ("Not enough data", "truncated"),
    ("got length b''", "truncated"),
    ("0 bytes read on a total of undefined", "disconnected"),
    ("disconnected without sending", "disconnected"),
    ("ConnectionTerminated", "disconnected"),
    ("connection closed before message completed", "disconnected"),
    ("end of file before message length reached", "truncated"),
    ("invalid peer certificate", "tls"),
    ("dns error", "dns"),
    ("IncompleteMessage", "disconnected"),
    ("IncompleteBody", "truncated"),
    ("netty::Error(Parse(", "protocol"),
    ("code: SSL (1)", "tls"),
    ("operation timed out", "timeout"),
    ("kind: Body, source: TimedOut", "read_timeout"),
    ("source: TimedOut", "timeout"),
    ("Too large response headers", "protocol"),
    ("invalid chunk size", "protocol"),
    ("chunk hex-length longer", "protocol"),
    ("while decompressing data", "protocol"),
    ("Separator is not found, and chunk exceed the limit", "protocol"),
    ("Separator is found, but chunk is longer than limit", "protocol"),
    ("readexactly size can not be less than zero", "protocol"),
    ("invalid literal for int()", "protocol"),
    ("without sending TLS close_notify", "disconnected"),
    ("tls handshake eof", "disconnected"),
    ("received corrupt message", "tls"),
    ("cannot decrypt peer's message", "tls"),
    ("received unexpected message", "tls"),
    ("received unexpected handshake message", "tls"),
    ("received fatal alert", "tls"),
    ("peer misbehaved", "tls"),
    ("peer is incompatible", "tls"),
    ("bytes remaining on stream", "disconnected"),
    ("http2 error", "protocol"),
    ("netty::Error(Http2,", "protocol"),
)
"""Message texts that identify the kind where a library puts several kinds into one class, or wraps them in another.
"""


TIMEOUTS = frozenset({"connect_timeout", "read_timeout", "pool_timeout", "timeout"})
LONGEST_CHAIN = 50
LONGEST_MESSAGE = 500


def classify(exc: BaseException) -> str:
    """Classify an error: the outermost exception with a certain kind decides, otherwise the outermost with a likely
    one.

    Below an exception that suggests a time-out, only a more specific time-out counts.
    """
    chain = list(_chain(exc))
    if any(words in _text(error) for error in chain for words in HANDSHAKE_TIMEOUTS):
        return "connect_timeout"
    hint = ""
    for error in chain:
        kind = _by_message(error) or _firmly(error)
        if kind and (hint != "timeout" or is_timeout(kind)):
            return kind
        hint = hint or _loosely(error)
    if not hint and any(WEAK.intersection(_names(error)) for error in chain):
        return "disconnected"
    return hint or "other"


def is_timeout(kind: str) -> bool:
    """Return whether a kind counts as a time-out."""
    return kind in TIMEOUTS


def message_of(exc: BaseException) -> str:
    """Return the first message of the exception chain on one line, or the class name if there is none.

    The text is not sanitised.
    """
    # A cancellation below a time-out only shows how the loop ended the wait.
    told = (error for error in _chain(exc) if type(error).__name__ != "CancelledError")
    texts = (" ".join(_text(error).split()) for error in told)
    return next((text for text in texts if text), type(exc).__name__)[:LONGEST_MESSAGE]


def described_error(error: BaseException) -> tuple[str, str]:
    """Return kind and message of an error, even if a library's own class fails while it is examined.

    Exceptions that are not errors, such as SystemExit, are prefixed with their name.
    """
    name = type(error).__name__
    try:
        kind, message = classify(error), message_of(error)
    except Exception:  # noqa: BLE001 - a library's error class must not break the counting
        return "other", name
    return kind, message if isinstance(error, Exception) or message == name else f"{name}: {message}"


def _chain(exc: BaseException) -> Iterator[BaseException]:
    """Yield the exception, outermost first, and every one it was caused by, contains or groups."""
    queue = deque([exc])
    seen: set[int] = set()
    while queue and len(seen) < LONGEST_CHAIN:
        error = queue.popleft()
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        context = None if error.__suppress_context__ else error.__context__
        inner = [error.__cause__ or context, getattr(error, "reason", None), *error.args]
        if isinstance(error, BaseExceptionGroup):
            inner += error.exceptions
        queue.extend(item for item in inner if isinstance(item, BaseException))


def _firmly(error: BaseException) -> str | None:
    if _hides_its_cause(error):
        return None
    for name in _names(error):
        if name in FIRM:
            return FIRM[name]
        if name in LOOSE and name != "TimeoutError":
            break
    return _by_errno(error)


def _loosely(error: BaseException) -> str:
    if _hides_its_cause(error):
        return ""
    return next((LOOSE[name] for name in _names(error) if name in LOOSE), "")


def _names(error: BaseException) -> Iterator[str]:
    return (kind.__name__ for kind in type(error).__mro__)


def _hides_its_cause(error: BaseException) -> bool:
    """Return whether this is httpx-aiohttp's ConnectTimeout, into which it turns nearly every aiohttp error."""
    cause = error.__cause__
    return type(error).__name__ == "ConnectTimeout" and type(cause).__module__.startswith("aiohttp")


def _by_errno(error: BaseException) -> str | None:
    """Classify by the errno of an OSError, or by those that asyncio lists in the message of a combined one."""
    names = set(_names(error))
    if "OSError" not in names or "SSLError" in names:
        return None
    number = getattr(error, "errno", None)
    if number is not None:
        return ERRNOS.get(number)
    told = (ERRNOS.get(int(digits)) for digits in re.findall(r"\[Errno (\d{1,5})\]", _text(error)))
    return next((kind for kind in told if kind), None)


def _by_message(error: BaseException) -> str | None:
    text = _text(error)
    told = next((kind for words, kind in MESSAGES if words in text), None)
    if told is None and (code := CURL_CODE.search(text)):
        return CURL_CODES.get(int(code[1]))
    if told is None and (number := RUST_ERRNO.search(text)):
        return ERRNOS.get(int(number[1] or number[2]))
    return told


def _text(error: BaseException) -> str:
    try:
        first, details = error.args if len(error.args) == 2 else (None, None)
        if type(error).__module__ == "pycurl":
            return f"curl: ({first}) {details}"
        if isinstance(details, dict) and isinstance(details.get("causes"), list):
            return ": ".join([str(first), *(str(cause["message"]) for cause in details["causes"])])
        return str(error)
    except Exception:  # noqa: BLE001 - a third-party class may fail in its own __str__
        return ""
