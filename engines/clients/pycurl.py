"""pycurl, sync: one handle of libcurl for each thread."""

from __future__ import annotations

import threading

import pycurl

from httptui.engines.base import Reply, Request, SyncEngine
from httptui.engines.clients.pycurl_handles import Handle, Prepared, prepared
from httptui.engines.following import Hops


class Pycurl(SyncEngine):
    """Bodies are handed over as they came, not decoded.  Handles cannot be shared, so each thread keeps its own.
    Redirects are followed by the adapter.
    """

    package = "pycurl"
    http_versions = ("1.1", "2")
    abilities = ("redirects", "trust_env")
    resolver = "pinned"

    @classmethod
    def prepare(cls, request: Request) -> Prepared:
        return prepared(request)

    def open(self) -> None:
        self._of_thread = threading.local()
        self._handles: list[Handle] = []
        if self.settings.redirects:
            following = Hops(self.settings, self.prepare, lambda prepared: prepared.request)
            vars(self)["send"] = following.called(self.send)

    def send(self, request: Prepared) -> Reply:
        handle: Handle | None = getattr(self._of_thread, "handle", None)
        if handle is None:
            handle = self._of_thread.handle = Handle(self.settings)
            self._handles.append(handle)
        handle.ask(request)
        try:
            handle.easy.perform()
            return handle.reply()
        except pycurl.error as error:
            raise handle.failed(error) from None
        finally:
            handle.drop()

    def close(self) -> None:
        for handle in self._handles:
            handle.easy.close()

    @property
    def connections_opened(self) -> int:
        return sum(handle.opened for handle in tuple(self._handles))
