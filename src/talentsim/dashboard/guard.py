"""What is refused before any handler sees it: other hosts, other sites' pages, large bodies. What every answer carries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
"""Hash of nothing: the charts' library makes one empty style element and adds its rules to it by script."""

POLICY = (f"default-src 'none'; script-src 'self'; style-src 'self' {EMPTY_STYLE}; img-src 'self' data: blob:; connect-src 'self'; "
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""A report is one file with its own style and pictures, and no script."""

LARGEST_BODY = 64 * 1024


class Guard:
    """Wraps an application.

    Parameters
    ----------
    hosts
        Values of the header `Host` that are served, with the port; an `Origin` must be one of them too.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self.app, self.hosts = app, set(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(Headers(scope=scope), scope)
        if refusal is not None:
            await refusal(scope, receive, _with_headers(send))
            return
        await self.app(scope, _capped(receive), _with_headers(send))

    def _refusal(self, headers: Headers, scope: Scope) -> PlainTextResponse | None:
        """Return why a request is not served, None when it is."""
        if headers.get("host", "") not in self.hosts:
            return PlainTextResponse("This page is served to this machine alone.\n", 403)
        origin = headers.get("origin")
        if origin is not None and origin.removeprefix("http://") not in self.hosts:
            return PlainTextResponse("Requests from other sites are refused.\n", 403)
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and scope["path"] != "/":
            return PlainTextResponse("Requests from other sites are refused.\n", 403)
        if scope["method"] not in ("GET", "HEAD"):
            if headers.get("content-type", "").partition(";")[0] != "application/json":
                return PlainTextResponse("JSON is expected.\n", 415)
            length = headers.get("content-length", "")
            if not length.isdigit():
                return PlainTextResponse("The length of the body is missing.\n", 411)
            if int(length) > LARGEST_BODY:
                return PlainTextResponse(f"The body is longer than {LARGEST_BODY} bytes.\n", 413)
        return None


def _capped(receive: Receive) -> Receive:
    """Never hand on more of a body than is allowed, whatever its header said."""
    seen = 0

    async def capped() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return {"type": "http.disconnect"} if seen > LARGEST_BODY else message

    return capped


def _with_headers(send: Send) -> Send:
    async def send_with(message: Any) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("content-security-policy", POLICY)
            headers.setdefault("cache-control", "no-store")
            headers["x-content-type-options"] = "nosniff"
            headers["referrer-policy"] = "no-referrer"
            headers["cross-origin-resource-policy"] = "same-origin"
            headers["cross-origin-opener-policy"] = "same-origin"
        await send(message)

    return send_with
