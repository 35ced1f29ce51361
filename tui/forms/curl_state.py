"""A curl command's request put into the form, and what is said of it."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from httptui.plans.urls import split_target
from httptui.safe_text import safe_text
from httptui.units import listed, plural
from httptui.tui.forms.mapping import BYTES
from httptui.tui.forms.texts import headers_text, number_text

if TYPE_CHECKING:
    from httptui.tui.forms.contender_state import Kept
    from httptui.tui.forms.curl import CurlRequest
    from httptui.tui.forms.state import FormState


def with_request(state: FormState, request: CurlRequest) -> FormState:
    """The state with the command's target in place of its own; what clients may do changes only where it says so."""
    asked = (("timeout", request.timeout), ("redirects", request.redirects), ("retries", request.retries))
    policy: dict[str, Any] = {name: number_text(value) for name, value in asked if value is not None}
    return replace(
        state,
        source="url",
        url=request.url,
        method=request.method,
        headers=headers_text(request.headers),
        body=request.body,
        verify=request.verify,
        ca_file=request.ca_file,
        kept=_kept_with(state, request),
        **policy,
    )


def _kept_with(state: FormState, request: CurlRequest) -> Kept:
    """What the form has no field for, with the command's bytes in place of any other body."""
    kept = tuple((path, value) for path, value in state.kept if path != BYTES)
    return (*kept, (BYTES, request.body_base64)) if request.body_base64 else kept


def taken(request: CurlRequest) -> str:
    """What was taken over, in a line, and one line for each part that was left out; no value is repeated."""
    parts = [safe_text(request.method, 20)]
    if request.headers:
        parts.append(plural(len(request.headers), "header"))
    if request.body or request.body_base64:
        size = len(base64.b64decode(request.body_base64) or request.body.encode())
        parts.append(f"a body of {plural(size, 'byte')}")
    if not request.verify:
        parts.append("unverified TLS")
    if _has_user(request.url):
        parts.append("a user")
    if request.redirects:
        parts.append("redirects")
    if request.timeout is not None:
        parts.append(f"a timeout of {number_text(request.timeout)} s")
    if request.retries:
        parts.append("retries")
    return "\n".join([f"Took over {listed(parts)}.", *(f"▲ {line}" for line in request.told)])


def _has_user(url: str) -> bool:
    try:
        return split_target(url).userinfo is not None
    except ValueError:
        return False
