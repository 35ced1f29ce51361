"""What many libraries' errors mean: the kind that a name of a class, a number or words of a message tell."""

from __future__ import annotations

import errno
import re

FIRM = {
    "BadHttpMessage": "protocol",
    "BadStatusLine": "protocol",
    "BodyTooLargeError": "too_large",
    "BrokenPipeError": "disconnected",
    "BrokenResourceError": "disconnected",
    "CertificateError": "tls",
    "ClientConnectorCertificateError": "tls",
    "ClientConnectorDNSError": "dns",
    "ClosedPoolError": "local",
    "ConnectTimeout": "connect_timeout",
    "ConnectTimeoutError": "connect_timeout",
    "ConnectionAbortedError": "disconnected",
    "ConnectionRefusedError": "refused",
    "ConnectionResetError": "disconnected",
    "ConnectionTimeoutError": "connect_timeout",
    "ContentDecodingError": "protocol",
    "DecodeError": "protocol",
    "DecodingError": "protocol",
    "EmptyPoolError": "pool_timeout",
    "EndOfStream": "disconnected",
    "FullPoolError": "local",
    "HttpParsingError": "protocol",
    "IncompleteRead": "truncated",
    "IncompleteReadError": "truncated",
    "InvalidBodyLengthError": "truncated",
    "InvalidChunkLength": "protocol",
    "InvalidSchema": "local",
    "InvalidURL": "local",
    "JSONDecodeError": "protocol",
    "LineTooLong": "protocol",
    "LocationParseError": "local",
    "MaxRedirects": "redirects",
    "MissingSchema": "local",
    "NameResolutionError": "dns",
    "NoConsentError": "redirects",
    "NoReplyError": "local",
    "NonHttpUrlClientError": "local",
    "PoolTimeout": "pool_timeout",
    "PoolTimeoutError": "pool_timeout",
    "ReadTimeout": "read_timeout",
    "ReadTimeoutError": "read_timeout",
    "RemoteDisconnected": "disconnected",
    "SSLCertVerificationError": "tls",
    "SSLEOFError": "disconnected",
    "SSLZeroReturnError": "disconnected",
    "ServerDisconnectedError": "disconnected",
    "SocketTimeoutError": "read_timeout",
    "TooManyRedirects": "redirects",
    "UnicodeDecodeError": "protocol",
    "UnsupportedProtocol": "local",
    "gaierror": "dns",
    "herror": "dns",
}
"""A class of one of these names tells the kind by itself."""

LOOSE = {
    "ChunkedEncodingError": "truncated",
    "ClientConnectorSSLError": "tls",
    "ClientPayloadError": "truncated",
    "ClientResponseError": "protocol",
    "HTTPException": "protocol",
    "InvalidHeader": "protocol",
    "NewConnectionError": "refused",
    "ProtocolError": "protocol",
    "ProxyError": "refused",
    "SSLError": "tls",
    "ServerFingerprintMismatch": "tls",
    "ServerTimeoutError": "timeout",
    "Timeout": "timeout",
    "TimeoutError": "timeout",
    "TimeoutException": "timeout",
    "WriteTimeout": "timeout",
}
"""A class of one of these names tells the kind only where nothing deeper in the chain tells it firmly."""

WEAK = frozenset({"CloseError", "ConnectionError", "ReadError", "WriteError"})
"""A class of one of these names tells that the connection broke, where the chain tells nothing better."""

ERRNOS = {
    errno.ECONNREFUSED: "refused",
    errno.EHOSTUNREACH: "refused",
    errno.ECONNRESET: "disconnected",
    errno.ECONNABORTED: "disconnected",
    errno.EPIPE: "disconnected",
    errno.ENOTCONN: "disconnected",
    errno.ESHUTDOWN: "disconnected",
    errno.ETIMEDOUT: "connect_timeout",
    errno.EMFILE: "local",
    errno.ENFILE: "local",
    errno.EADDRNOTAVAIL: "local",
    errno.EADDRINUSE: "local",
    errno.ENOBUFS: "local",
    errno.ENOMEM: "local",
    errno.EACCES: "local",
    errno.EPERM: "local",
    errno.ENETUNREACH: "local",
    errno.ENETDOWN: "local",
    errno.EBADF: "local",
}

RUST_ERRNO = re.compile(r"\(os error (\d{1,5})\)|Os \{ code: (\d{1,5}),")
"""How clients written in Rust tell the number of an error of the system."""

CURL_CODE = re.compile(r"\bcurl: \((\d{1,3})\)")
CURL_CODES = {
    1: "protocol",
    5: "dns",
    6: "dns",
    7: "refused",
    8: "protocol",
    16: "protocol",
    18: "truncated",
    28: "timeout",
    35: "tls",
    47: "redirects",
    52: "disconnected",
    55: "disconnected",
    56: "disconnected",
    58: "tls",
    60: "tls",
    61: "protocol",
    63: "too_large",
    77: "tls",
    92: "protocol",
    100: "protocol",
}
"""What libcurl's error codes mean (https://curl.se/libcurl/c/libcurl-errors.html)."""

HANDSHAKE_TIMEOUTS = ("handshake operation timed out", "SSL handshake is taking longer")
"""Words that name a time-out of connecting even below an exception that speaks of reading."""

MESSAGES = (
    ("decompressed response body exceeds", "too_large"),
    ("too many redirects", "redirects"),
    ("nobody was asked about", "redirects"),
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
)
"""Words by which a library tells apart what it puts into one class, or hides in another."""
