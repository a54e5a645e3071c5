"""The same application behind a real HTTP server, for comparison: wsgiref's, over a socket on loopback.

wsgiref and not waitress or another: it is in the standard library of every Python that is tested, it is the reference
implementation of PEP 3333, and it leaves requests and answers alone. Where it departs from the standards, it is put right
here: it invents a content type for requests without one, its input goes on after the body, and it joins cookies by commas.
"""

import http.client
import io
import socketserver
import threading
from urllib.parse import unquote_to_bytes
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from decoding import Answer


class Reference:
    """Context manager: one server for any number of applications, one request at a time."""

    def __enter__(self):
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, app, shape, request):
        """What the application answers to what `shape` lets a server know of the request."""
        received = shape.received(request)
        self._server.set_app(_behind(shape, app))
        connection = http.client.HTTPConnection(*self._server.server_address, timeout=20)
        try:
            target = shape.mount + received.path + ("?" + received.query if received.query else "")
            connection.putrequest(received.method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in _with_one_cookie_header(received.headers):
                connection.putheader(name, value.encode("latin-1"))
            if received.body:
                connection.putheader("Content-Length", str(len(received.body)))
            connection.endheaders(received.body or None)
            response = connection.getresponse()
            headers = {}
            for name, value in response.getheaders():
                headers.setdefault(name.lower(), []).append(value)
            return Answer(response.status, headers, response.read(), response.reason)
        finally:
            connection.close()


def _with_one_cookie_header(headers):
    """As HTTP/1.1 has it; what HTTP/2 takes apart is put together in front of an application (RFC 9113, 8.2.3)."""
    cookies = [value for name, value in headers if name.lower() == "cookie"]
    others = [(name, value) for name, value in headers if name.lower() != "cookie"]
    return [*others, ("Cookie", "; ".join(cookies))] if cookies else others


def _behind(shape, app):
    """What a server does that is told of its proxy (as gunicorn by --forwarded-allow-ips) and of its mount."""
    mount = unquote_to_bytes(shape.mount).decode("latin-1")

    def behind(environ, start_response):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        path = environ["PATH_INFO"]
        assert path.startswith(mount + "/"), path
        environ.update(
            {
                "SCRIPT_NAME": mount,
                "PATH_INFO": path[len(mount) :],
                "SERVER_NAME": shape.host,
                "SERVER_PORT": shape.port,
                "REMOTE_ADDR": environ["HTTP_X_FORWARDED_FOR"].rpartition(", ")[2],
                "wsgi.url_scheme": shape.scheme,
                "wsgi.input": io.BytesIO(environ["wsgi.input"].read(length)),
            }
        )
        return app(environ, start_response)

    return behind


class _Handler(WSGIRequestHandler):
    def get_environ(self):
        environ = super().get_environ()
        if self.headers.get("content-type") is None:
            environ["CONTENT_TYPE"] = ""
        return environ

    def log_message(self, *words):
        pass


class _Server(WSGIServer):
    def server_bind(self):
        # HTTPServer's asks the DNS for a name of 127.0.0.1, which can take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address
        self.setup_environ()
