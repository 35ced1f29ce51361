"""The call that sends one request, where libraries agree on how it is written."""

from __future__ import annotations

from httptui.snippets.layout import Call, call
from httptui.snippets.usage import Usage

NAMED = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
READS_ALL = "# Reads the whole body."
LEAVES = "pass  # Leaves the body."


def is_looked_at(usage: Usage) -> bool:
    """Whether an answer is needed for more than the bytes of its body."""
    return usage.read != "bytes" or bool(usage.tries.statuses)


def taken(usage: Usage, whole: str, *, prefix: str = "", text: str = "response.text()") -> str:
    """The line that takes what is read of a response: its bytes by `whole`, or its text or JSON.

    `prefix` is "await " where that takes a while.
    """
    match usage.read:
        case "text":
            return f"text = {prefix}{text}"
        case "json":
            return f"data = {prefix}response.json()"
    return prefix + whole


def request_call(
    client: str,
    usage: Usage,
    *arguments: str,
    body: str,
    bodiless: tuple[str, ...] = (),
    url: str = "",
) -> Call:
    """`client.get(URL, …)`, with the body as the keyword `body`; `url` is how the URL is written if not plainly.

    It is `client.request("GET", URL, …)` where the method has no function of its own, or one that takes no body, as
    those in `bodiless`.
    """
    method, url = usage.method, url or usage.at()
    content = f"{body}=BODY" if usage.has_body else ""
    if method in NAMED and not (content and method in bodiless):
        return call(f"{client}.{method.lower()}", url, content, *arguments)
    return call(f"{client}.request", f'"{method}"', url, content, *arguments)
