"""The gate before the desk: who may ask at all, and what every answer carries.

Voilà's own check of the token comes after it. The gate is there for what a token alone
does not stop: other sites open in the same browser (DNS rebinding, cross-site requests,
frames), and copies of answers that the browser would keep.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_server.auth.identity import IdentityProvider
from tornado import httputil, web
from tornado.routing import Router

# Nothing from elsewhere, nothing inline: what a client wrote can never become a script.
# Reports come through the page's own connection and are shown as blobs.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' blob: data:; connect-src 'self' ws://{host}; frame-src 'self' "
    "blob:; object-src blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_SHUT = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Cairn</title>"
    "<h1>This page opens from Cairn only</h1>"
    "<p>The address lacks today’s key. Start the desk again with <code>make app</code>:"
    " it opens this page by itself. Nothing was shown to anybody.</p>"
)


def hosts(port: int) -> frozenset[str]:
    """The names under which the desk answers."""
    return frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})


def refused(method: str, headers: Mapping[str, str], port: int) -> str:
    """Why a request is turned away before anything looks at it; "" if it is not."""
    host = headers.get("Host", "")
    if host not in hosts(port):
        return "asked under another name"  # DNS rebinding
    origin = headers.get("Origin", "")
    is_socket = headers.get("Upgrade", "").lower() == "websocket"
    if (origin or is_socket) and origin != f"http://{host}":
        return "asked by another site"
    if method not in ("GET", "HEAD"):
        return "asked to change something"  # the desk's page only reads and connects
    site = headers.get("Sec-Fetch-Site", "none")
    is_visit = (
        headers.get("Sec-Fetch-Mode") == "navigate"
        and headers.get("Sec-Fetch-Dest") == "document"
    )
    if site not in ("none", "same-origin") and not is_visit:
        return "asked by another site"
    return ""


class Gate(Router):
    """Turns strangers away, and hands everybody else to the application."""

    def __init__(self, application: web.Application, port: int) -> None:
        self._application = application
        self._port = port
        # transforms see every answer, whichever handler gives it
        application.transforms.append(_Sealed)

    def find_handler(
        self, request: httputil.HTTPServerRequest, **kwargs: Any
    ) -> httputil.HTTPMessageDelegate | None:
        method = request.method or ""
        if refused(method, request.headers, self._port):
            return self._application.get_handler_delegate(request, _Refused)
        return self._application.find_handler(request)


class _Refused(web.RequestHandler):
    """A few words and nothing else, whatever was asked."""

    SUPPORTED_METHODS = ("GET", "HEAD", "POST", "DELETE", "PATCH", "PUT", "OPTIONS")

    def prepare(self) -> None:
        self.set_status(403)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("Refused: this is not how the desk is opened.\n")

    def check_xsrf_cookie(self) -> None:
        """Refused in any case."""


class _Sealed(web.OutputTransform):
    """Sets what every answer carries; an answer may bring a policy of its own."""

    def __init__(self, request: httputil.HTTPServerRequest) -> None:
        self._host = request.host

    def transform_first_chunk(
        self,
        status_code: int,
        headers: httputil.HTTPHeaders,
        chunk: bytes,
        finishing: bool,
    ) -> tuple[int, httputil.HTTPHeaders, bytes]:
        for name, value in _HEADERS.items():
            headers[name] = value
        for name in ("Server", "Etag", "Last-Modified", "Expires", "Pragma"):
            headers.pop(name, None)
        if "X-Own-Policy" in headers:
            del headers["X-Own-Policy"]
        else:
            headers["Content-Security-Policy"] = _POLICY.format(host=self._host)
        return status_code, headers, chunk


class DeskIdentity(IdentityProvider):
    """Today's token and nothing else: no password, no form to type one into."""

    def get_handlers(self) -> list[tuple[str, object]]:
        return [("/login", _Shut)]


class _Shut(web.RequestHandler):
    def get(self) -> None:
        self.set_status(403)
        self.finish(_SHUT)
