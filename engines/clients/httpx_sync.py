"""httpx, sync: one `Client`, over HTTP/1.1 or HTTP/2."""

from __future__ import annotations

from typing import Any

import httpx

from engines.base import Reply, Request, SyncEngine
from engines.clients.httpx import VERSIONS, policy_options, request_options, transport_options


class HttpxSync(SyncEngine):
    """Retries are of connection attempts only, and proxies of the environment are not used with them.

    Bodies are decoded.  httpx drops Authorization when a redirect leads to another origin.
    """

    package = "httpx"
    http_versions = ("1.1", "2")
    abilities = ("redirects", "retries", "cookies", "trust_env")

    @classmethod
    def prepare(cls, request: Request) -> dict[str, Any]:
        return request_options(request)

    def open(self) -> None:
        options = transport_options(self.settings)
        if self.settings.retries:
            options["transport"] = httpx.HTTPTransport(**options, retries=self.settings.retries)
        self._client = httpx.Client(**options, **policy_options(self.settings))
        self._client.headers.clear()

    def send(self, request: dict[str, Any]) -> Reply:
        response = self._client.request(**request)
        return response.status_code, response.content, VERSIONS[response.http_version]

    def close(self) -> None:
        self._client.close()
