"""Lambda's Runtime API on loopback, which keeps what a runtime sends byte for byte.

Source: Lambda developer guide, "Using the Lambda runtime API for custom runtimes".
"""

import json
import queue
import socket
import threading
import time
import uuid

_PREFIX = "/2018-06-01/runtime/"
_SECONDS = 30  # only a test that fails waits so long
_LARGE_BYTES = 100_000


class Post:
    """What the runtime sends for one invocation, or about its initialisation."""

    def __init__(self, path, head):
        self.path = path.removeprefix(_PREFIX)
        self.head = head  # as on the wire, with the request line
        self.headers = _headers(head.split(b"\r\n")[1:])
        self.wire = bytearray()  # the body with the framing of its chunks
        self.chunks = []
        self.size = 0
        self.trailers = {}
        self.arrivals = queue.Queue()  # each chunk when it is there
        self.complete = threading.Event()

    @property
    def body(self):
        return b"".join(self.chunks)

    def json(self):
        return json.loads(self.body)

    def next_chunk(self):
        return self.arrivals.get(timeout=_SECONDS)


class RuntimeApi:
    """Context manager. `address` is what AWS_LAMBDA_RUNTIME_API says; any number of connections is served at once."""

    def __init__(self):
        self.snapshots = 0
        self.submitted = 0
        self.posts = []  # in the order in which their heads came
        self.keeps_large_chunks = True
        # How the next posts fare: cut off after so many chunks, answered with another status than 202, or both.
        self.hangs_up_after = None
        self.refuses_with = None
        self._news = threading.Condition()
        self._invocations = queue.Queue()
        self._connections = []

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        # A thread that waits in accept() is woken by shutdown, not by close.
        for connection in [self._listener, *self._connections]:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the runtime has closed it
            connection.close()

    def submit(self, event, *, seconds=60, **headers):
        """Queues an invocation and returns its request id. `headers`: those after `Lambda-Runtime-`, as `Aws_Tenant_Id`."""
        request_id = str(uuid.uuid4())
        self.submitted += 1
        names = {
            "Aws-Request-Id": request_id,
            "Deadline-Ms": str(int((time.time() + seconds) * 1000)),
            "Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:123456789012:function:tested",
            "Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        lines = [f"Lambda-Runtime-{name}: {value}" for name, value in names.items()]
        head = ["HTTP/1.1 200 OK", "Content-Type: application/json", f"Content-Length: {len(body)}", *lines, "", ""]
        self._invocations.put("\r\n".join(head).encode() + body)
        return request_id

    def post(self, wanted, is_alive):
        """The first post whose path begins so, once its head is there."""
        deadline = time.monotonic() + _SECONDS
        with self._news:
            while True:
                for post in self.posts:
                    if post.path.startswith(wanted):
                        return post
                assert is_alive(), f"the runtime ended without a post to {wanted}"
                assert time.monotonic() < deadline, f"no post to {wanted} within {_SECONDS} s"
                self._news.wait(0.1)

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections.append(connection)
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as stream:
            try:
                while head := _head(stream):
                    method, path, _ = head.decode("latin-1").split(" ", 2)
                    if method == "POST":
                        post, status, limit = Post(path, head), self.refuses_with, self.hangs_up_after
                        is_whole = self._receive(post, stream, limit)
                        if is_whole or status:
                            answer = f"HTTP/1.1 {status or '202 Accepted'}\r\nContent-Length: 0\r\n\r\n"
                            connection.sendall(answer.encode())
                        post.complete.set()
                        if not is_whole or post.headers.get("connection") == "close":
                            return
                    elif path == _PREFIX + "invocation/next":
                        connection.sendall(self._invocations.get())
                    elif path == _PREFIX + "restore/next":  # SnapStart: the snapshot is taken before this answer
                        self.snapshots += 1
                        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                    else:
                        raise AssertionError(f"unexpected request: {method} {path}")
            except OSError:
                return  # the runtime has ended

    def _receive(self, post, stream, limit):
        """Whether the body came to its end before so many chunks."""
        with self._news:
            self.posts.append(post)
            self._news.notify_all()
        if post.headers.get("transfer-encoding") == "chunked":
            while chunk := self._chunk(post, stream):
                self._keep(post, chunk)
                if len(post.chunks) == limit:
                    return False
            post.trailers = _headers(self._kept(post, _head(stream)).split(b"\r\n"))
        else:
            body = stream.read(int(post.headers["content-length"]))
            self._keep(post, self._kept(post, body))
        return True

    def _chunk(self, post, stream):
        line = self._kept(post, stream.readline())
        if not line:
            raise ConnectionError("the runtime closed the connection within a body")
        size = int(line, 16)
        if size == 0:
            return b""
        frame = self._kept(post, stream.read(size + 2))
        assert frame.endswith(b"\r\n") and len(frame) == size + 2, "a chunk has not the length that it says"
        return frame[:-2]

    def _keep(self, post, chunk):
        post.size += len(chunk)
        if self.keeps_large_chunks or len(chunk) < _LARGE_BYTES:
            post.chunks.append(chunk)
            post.arrivals.put(chunk)

    def _kept(self, post, received):
        if self.keeps_large_chunks or len(received) < _LARGE_BYTES:
            post.wire += received
        return received


def _head(stream):
    """The lines up to an empty one, b"" at the end of the connection."""
    lines = b""
    while line := stream.readline():
        lines += line
        if line == b"\r\n":
            break
    return lines


def _headers(lines):
    pairs = (line.decode("latin-1").partition(":") for line in lines if line)
    return {name.lower(): value.strip() for name, _, value in pairs}
