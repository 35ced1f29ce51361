"""Target URLs: parsing, the embedded target's short forms, lists in files, and descriptions without secrets."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import structs

from httptui.engines.files import TooLongError
from httptui.engines.hosts import is_address, normal_host
from httptui.errors import PlanError
from httptui.plan.model import MOST_URLS, Plan, Target
from httptui.plan.secrets import redacted_url
from httptui.safe_text import safe_text
from httptui.text_files import NOT_TEXT, read_text

EMBEDDED = "embedded"
NUMBER = "{n}"
"""Placeholder in a URL for the request's number."""
REMEMBERED = 16_384
"""Number of cached URLs: a sweep over twenty latencies has twenty times those of its plan."""

_HOST_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_VISIBLE_ASCII = re.compile(r"[\x21-\x7e]+")
_HOST = re.compile(r"(?P<before>(?:https?://)?(?:[^/?#@]*@)*)(?P<host>[^/?#@:\[\]]*)", re.IGNORECASE)
_IPV6 = re.compile(r"[0-9A-Fa-f:.]{2,45}")


@dataclass(frozen=True, slots=True)
class TargetUrl:
    """Parts of a target URL.

    - `path` starts with a slash and includes the query.
    - `port` is 0 for the embedded target, which chooses one.
    - `host` is used for lookups, requests and certificates: an international name in its ASCII form, an address in
      normal form (`httptui.engines.hosts`), so that `2130706433` is `127.0.0.1` for every client.
    - `userinfo` is as written in the URL, including percent signs.
    """

    scheme: str
    host: str
    port: int
    path: str
    embedded: bool
    userinfo: str | None

    @property
    def without_userinfo(self) -> str:
        """The URL to send: without userinfo, and with a port only if it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.scheme == "https" else 80
        port = "" if self.embedded or self.port == usual else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


@lru_cache(maxsize=REMEMBERED)
def split_target(url: str) -> TargetUrl:
    """Parse a target URL; ValueError describes the problem without repeating the URL.

    Cached, because every visit of a sweep asks for the same URLs.
    """
    url = _with_ascii_host(url)
    if not _VISIBLE_ASCII.fullmatch(url):
        raise ValueError(
            "must be visible ASCII: no spaces, line breaks or control characters; percent-encode them"
        )
    if re.match(rf"{EMBEDDED}(?:[/?]|$)", url):
        url = f"http://{url}"
    scheme, separator, _rest = url.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        raise ValueError('must start with http:// or https://, or be "embedded" for the built-in target')
    if "#" in url:
        raise ValueError("must have no fragment (#…): it is never sent")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("must have a valid host and a port from 1 to 65535") from None
    host = _host_of(parts.hostname or "", bracketed=parts.netloc.rpartition("@")[2].startswith("["))
    userinfo = parts.netloc.rpartition("@")[0] if "@" in parts.netloc else None
    embedded = host == EMBEDDED
    if embedded and port is not None:
        raise ValueError("must name no port with the embedded target, which finds a free one")
    if port == 0 or parts.netloc.endswith(":"):
        raise ValueError("must have a valid host and a port from 1 to 65535")
    usual = 443 if parts.scheme == "https" else 80
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return TargetUrl(
        scheme=parts.scheme,
        host=host,
        port=0 if embedded else (usual if port is None else port),
        path=path,
        embedded=embedded,
        userinfo=userinfo,
    )


def valid_target(url: str) -> TargetUrl | None:
    """Parse a target URL; None if it is invalid."""
    try:
        return split_target(url)
    except ValueError:
        return None


def in_one_form(url: str) -> str:
    """Return a URL with its address in normal form; unchanged if it has a name, or is invalid."""
    target = valid_target(url)
    if target is None or target.embedded or not is_address(target.host):
        return url
    match = re.match(r"(?P<before>[^/]*//(?:[^/?]*@)?)(?P<host>\[[^\]]*\]|[^/?:]*)", url)
    assert match is not None
    written = f"[{target.host}]" if ":" in target.host else target.host
    return f"{match['before']}{written}{url[match.end() :]}"


def _with_ascii_host(url: str) -> str:
    """Convert an international host name in a URL to its DNS form; ValueError if it has none."""
    if url.isascii():
        return url
    match = _HOST.match(url)
    if match is None or match["host"].isascii():
        return url
    return f"{match['before']}{ascii_host(match['host'])}{url[match.end() :]}"


def ascii_host(host: str) -> str:
    """Convert a host name to its DNS form; ValueError if it has none."""
    if host.isascii():
        return host
    import idna

    try:
        # As browsers do (UTS 46): lower case, and one form for equivalent characters.
        return idna.encode(host, uts46=True, std3_rules=True).decode()
    except idna.IDNAError:
        raise ValueError("must have a host name that international names (IDNA 2008) allow") from None


def _host_of(host: str, *, bracketed: bool) -> str:
    """Return a valid host in normal form, or raise ValueError."""
    labels = host.removesuffix(".").split(".")
    ok = _IPV6.fullmatch(host) if bracketed else all(_HOST_LABEL.fullmatch(label) for label in labels)
    if not host or len(host) > 253 or not ok:
        raise ValueError("must have a valid host: letters, digits, hyphens and dots, or an IP address")
    return normal_host(host)


MOST_FILE_BYTES = 8 * 1024 * 1024
"""Enough for the most URLs of the greatest length."""
MOST_HOSTS_TOLD = 2


def read_urls(path: str) -> tuple[str, ...]:
    """Read the URLs in a file, one per line, skipping empty lines and those that begin with #.

    Raises PlanError, without a path, and repeats no line of the file.
    """
    try:
        lines = read_text(Path(path), MOST_FILE_BYTES).splitlines()
    except TooLongError as error:
        raise PlanError(f"is {error.strerror}") from None
    except OSError as error:
        raise PlanError(f"cannot be read: {safe_text(error.strerror or str(error))}") from None
    except UnicodeDecodeError:
        raise PlanError(f"is {NOT_TEXT}") from None
    problems, urls = [], []
    for number, line in enumerate(lines, start=1):
        url = line.strip()
        if not url or url.startswith("#"):
            continue
        try:
            split_target(url)
        except ValueError as problem:
            problems.append(f"line {number} {problem}")
        urls.append(url)
    if problems:
        raise PlanError(*problems)
    if not 1 <= len(urls) <= MOST_URLS:
        raise PlanError(f"has {len(urls)} URLs; from 1 to {MOST_URLS}")
    return tuple(urls)


def with_urls_read(plan: Plan) -> Plan:
    """Return the plan with the contents of its URL file in place of the file, so that a report lists the requested
    URLs.

    Raises PlanError, which names the file's field.
    """
    target = plan.target
    if target.urls_file is None:
        return plan
    path, where = "target.urls_file", safe_text(target.urls_file, 120)
    if target.urls:
        raise PlanError(f"{path}: given beside target.urls; keep one of the two")
    try:
        urls = read_urls(target.urls_file)
    except PlanError as error:
        raise PlanError(*(f'{path}: "{where}" {problem}' for problem in error.problems)) from None
    return structs.replace(plan, target=structs.replace(target, urls=urls, urls_file=None))


def in_order(target: Target, urls: Sequence[str], seed: int) -> list[str]:
    """Return the URLs in the order in which every contender sends them, repeatedly."""
    ordered = list(urls)
    if target.order == "shuffle":
        random.Random(seed).shuffle(ordered)
    return ordered


def describe_target(target: Target) -> str:
    """Describe the method, and the URL or URLs in words: "GET 20 URLs of embedded · shuffled"."""
    return f"{target.method} {describe_urls(target)}"


def describe_urls(target: Target) -> str:
    """Describe the URL without secrets, or the number and hosts of several."""
    if target.urls_file is not None:
        return f"the URLs in {safe_text(Path(target.urls_file).name)}"
    if len(target.all_urls) == 1:
        return redacted_url(target.all_urls[0])
    shuffled = " · shuffled" if target.order == "shuffle" else ""
    return f"{len(target.urls)} URLs of {_hosts(target.urls)}{shuffled}"


def describe_recorded(target: Mapping[str, Any]) -> str:
    """Describe a report's target, which may hold anything; the text is not sanitised."""
    if target.get("urls"):
        try:
            return describe_target(msgspec.convert(target, Target))
        except msgspec.ValidationError:
            pass
    return f"{target.get('method', 'GET')} {target.get('url', '')}".strip()


def _hosts(urls: Sequence[str]) -> str:
    hosts = list(dict.fromkeys(_host(url) for url in urls))
    return ", ".join(hosts) if len(hosts) <= MOST_HOSTS_TOLD else f"{len(hosts)} hosts"


def _host(url: str) -> str:
    parts = valid_target(url)
    if parts is None:
        return "?"
    if parts.embedded:
        return parts.host
    return parts.without_userinfo.removesuffix(parts.path).partition("//")[2]
