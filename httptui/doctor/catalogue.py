"""Every check of the conformance run, in the order of the table: its group, its name, and what has to hold."""

from __future__ import annotations

CATALOGUE: dict[str, dict[str, str]] = {
    "start": {
        "loads": "The engine is imported by the probe.",
        "first request": "A client object is opened, answers a GET with status, body and version, and is closed.",
    },
    "sent": {
        "request line": "Method, path and query arrive and mean what the plan has.",
        "URL escapes": "Percent-escapes of the URL arrive as the plan spells them.",
        "headers added": "No header arrives that the plan does not have, Host aside.",
        "headers kept": "Every header of the plan arrives once, with its value.",
        "header spelling": "Names arrive in the plan's spelling and order.",
        "body sent": "A POST's body arrives byte for byte.",
        "body on GET": "A GET's body arrives byte for byte.",
        "other method": "A method that few know, PURGE, arrives as it is.",
    },
    "received": {
        "large body": "8 MiB are read whole.",
        "chunked body": "A chunked body is put together.",
        "HEAD": "HEAD has no body, and its connection serves the next request.",
        "gzip": "A gzip body is decoded, or handed over as it came.",
        "error statuses": "404 and 503 are replies, not errors.",
    },
    "connections": {
        "keep-alive": "40 requests one after another share one connection.",
        "shared": "Four workers of one client object share at most four connections.",
        "per-worker": "Four workers with a client object each open four connections.",
        "per-request": "40 client objects open 40 connections.",
        "every-5": "A client object every five of 40 requests opens eight connections.",
        "pool size": "Six workers with a pool of two open at most two connections.",
        "IPv6": "A target at [::1] answers.",
        "closed while idle": "After the server closed an idle connection without a word, a request is answered.",
        "connections told": "The engine's own count of connections is the server's.",
        "left open": "Closing a client object closes its sockets, as both ends see it.",
    },
    "policies": {
        "redirects off": "A redirect is handed over, not followed.",
        "redirects on": "A redirect is followed where the plan asks for it.",
        "cookies off": "A cookie set by the server does not come back.",
        "cookies on": "A cookie set by the server comes back where the plan asks for it.",
        "proxies off": "Proxies of the environment are not used.",
        "proxies on": "A proxy of the environment is used where the plan asks for it.",
        "netrc off": "Credentials of a netrc file are not sent.",
        "retries off": "A request whose connection broke is sent once.",
    },
    "versions": {
        "HTTP/1.1": "HTTP/1.1 is spoken where HTTP/2 is on offer, and told so.",
        "HTTP/2": "HTTP/2 is negotiated and told, where the engine says it can.",
    },
    "errors": {
        "close": "A connection that ends without an answer is disconnected.",
        "reset": "A connection that is reset is disconnected.",
        "truncate": "A body shorter than announced is truncated.",
        "malformed": "An answer that is not HTTP is protocol.",
        "hang": "Silence is a time-out, of reading where the library tells.",
        "refused": "A port where nobody listens is refused.",
        "dns": "A name that does not exist is dns.",
        "unknown authority": "A certificate of an unknown authority is tls.",
        "wrong host": "A certificate for another host is tls.",
        "CA as leaf": "A server whose own certificate is the authority that the plan names is trusted.",
        "verification off": "Any certificate will do where the plan switches verification off.",
        "after an error": "The same client object serves the next request after every fault.",
    },
    "stopping": {
        "time-out": "An answer later than the time-out ends in a time-out.",
        "cancelled": "What is in flight when a run is stopped is counted as cancelled, and as nothing else.",
        "after a cancel": "A client object with a pool of one serves the request after a cancelled one.",
    },
}

NAMES = tuple(name for checks in CATALOGUE.values() for name in checks)
