"""Imports the application from an unpacked artifact and sends it one request: GET /. Fails unless the answer is a 200.

    start.py FOLDER MODULE:ATTRIBUTE
"""

import importlib
import io
import sys


def main() -> None:
    folder, address = sys.argv[1:]
    module, attribute = address.split(":")
    sys.path.insert(0, folder)
    application = getattr(importlib.import_module(module), attribute)
    answered = []
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    body = application(environ, lambda status, headers, exc_info=None: answered.append(status))
    content = b"".join(body)
    if not answered[0].startswith("200") or not content:
        sys.exit(f"The application answered {answered[0]}")


if __name__ == "__main__":
    main()
