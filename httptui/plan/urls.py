"""A target URL taken apart, the embedded target's short forms included."""

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
"""What stands in a URL for the request's number."""
REMEMBERED = 16_384
"""How many URLs: a sweep over twenty latencies has twenty times those of its plan."""

_HOST_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_VISIBLE_ASCII = re.compile(r"[\x21-\x7e]+")
_HOST = re.compile(r"(?P<before>(?:https?://)?(?:[^/?#@]*@)*)(?P<host>[^/?#@:\[\]]*)", re.IGNORECASE)
_IPV6 = re.compile(r"[0-9A-Fa-f:.]{2,45}")


@dataclass(frozen=True, slots=True)
class TargetUrl:
    """`path` starts with a slash and includes the query; `port` is 0 for the embedded target, which finds its own.
    `host` is as it is looked up, sent and looked for in certificates: an international name as its ASCII form, and an
    address in its one form (see `httptui.engines.hosts`), so that `2130706433` is `127.0.0.1` for everyone.
    `userinfo` is as written in the URL, percent signs included.
    """

    scheme: str
    host: str
    port: int
    path: str
    embedded: bool
    userinfo: str | None

    @property
    def without_userinfo(self) -> str:
        """The URL as it may be sent: no userinfo, and a port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.scheme == "https" else 80
        port = "" if self.embedded or self.port == usual else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


@lru_cache(maxsize=REMEMBERED)
def split_target(url: str) -> TargetUrl:
    """Take a target URL apart; ValueError says what is wrong with it without repeating it.

    Remembered, because every visit of a sweep asks for the same URLs again.
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


def in_one_form(url: str) -> str:
    """A URL with the address in it as everyone writes it; as it is where it names a host otherwise, or is none."""
    try:
        target = split_target(url)
    except ValueError:
        return url
    if target.embedded or not is_address(target.host):
        return url
    match = re.match(r"(?P<before>[^/]*//(?:[^/?]*@)?)(?P<host>\[[^\]]*\]|[^/?:]*)", url)
    assert match is not None
    written = f"[{target.host}]" if ":" in target.host else target.host
    return f"{match['before']}{written}{url[match.end() :]}"


def _with_ascii_host(url: str) -> str:
    """The URL with an international host name in the form that DNS has of it; ValueError where it has none."""
    if url.isascii():
        return url
    match = _HOST.match(url)
    if match is None or match["host"].isascii():
        return url
    return f"{match['before']}{ascii_host(match['host'])}{url[match.end() :]}"


def ascii_host(host: str) -> str:
    """A host name in the form that DNS has of it; ValueError where an international one has none."""
    if host.isascii():
        return host
    import idna

    try:
        # As browsers do (UTS 46): small letters, and one form of characters that look alike.
        return idna.encode(host, uts46=True, std3_rules=True).decode()
    except idna.IDNAError:
        raise ValueError("must have a host name that international names (IDNA 2008) allow") from None


def _host_of(host: str, *, bracketed: bool) -> str:
    """A valid host in its one form."""
    labels = host.removesuffix(".").split(".")
    ok = _IPV6.fullmatch(host) if bracketed else all(_HOST_LABEL.fullmatch(label) for label in labels)
    if not host or len(host) > 253 or not ok:
        raise ValueError("must have a valid host: letters, digits, hyphens and dots, or an IP address")
    return normal_host(host)


MOST_FILE_BYTES = 8 * 1024 * 1024
"""Room for the most URLs of the greatest length."""
MOST_HOSTS_TOLD = 2


def read_urls(path: str) -> tuple[str, ...]:
    """The URLs in a file, one a line, without empty lines and those that begin with #; PlanError without a path says
    why it cannot be used, and repeats no line.
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
    """The plan with the URLs of its file in the place of the file, so that a report tells what was requested.

    PlanError names the file's field.
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
    """The URLs as every contender sends them, again and again."""
    ordered = list(urls)
    if target.order == "shuffle":
        random.Random(seed).shuffle(ordered)
    return ordered


def describe_target(target: Target) -> str:
    """The method, and the URL or URLs in words: "GET 20 URLs of embedded · shuffled"."""
    return f"{target.method} {describe_urls(target)}"


def describe_urls(target: Target) -> str:
    """The URL without secrets, or how many there are, and where."""
    if target.urls_file is not None:
        return f"the URLs in {safe_text(Path(target.urls_file).name)}"
    if len(target.all_urls) == 1:
        return redacted_url(target.all_urls[0])
    shuffled = " · shuffled" if target.order == "shuffle" else ""
    return f"{len(target.urls)} URLs of {_hosts(target.urls)}{shuffled}"


def describe_recorded(target: Mapping[str, Any]) -> str:
    """The same of a report's target, which may be anything; not made safe."""
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
    try:
        parts = split_target(url)
    except ValueError:
        return "?"
    return (
        parts.host if parts.embedded else parts.without_userinfo.removesuffix(parts.path).partition("//")[2]
    )
