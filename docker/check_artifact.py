"""Import an application as Lambda does, send it one request, and tell what came of it.

    python -c RUN "$(cat check_artifact.py)" REQUEST

The working folder is the task's root, which LAMBDA_TASK_ROOT names. REQUEST is a JSON object: {"path": str, "host": str,
"memory": int (MB), "seconds": number}, which says how long the import and then the request may take. One JSON object is
printed, alone on standard output: {"stage": "import" | "request", "error": {"type", "message", "name", "traceback"} | null,
"late": where it was when the time was up | null, "status": int | null, "malformed": why no one could send that answer | null,
"exception": what is behind a 5xx, like "error" | null, "body": its text, "seconds": {"import": float, "request": float},
"imports": {"seconds": float, "packages": [[name, own seconds, with its imports]]} | null}. What the application prints stands on
standard error.
"""

from __future__ import annotations

import _thread
import binascii
import faulthandler
import json
import os
import sys
import time
import traceback

OWN_NAME = "check_artifact.py"
HANDLER = "wsgi_handler.handler"
# Lambda developer guide, "Lambda quotas": an answer to a request.
MOST_ANSWER_BYTES = 6_291_556
MOST_BODY_CHARACTERS = 2000
MOST_PACKAGES = 20


def main(request: dict) -> int:
    faulthandler.enable()  # a crash of compiled code is told with its place
    answer = Answer(request["seconds"])
    start_as_lambda()
    times = ImportTimes()
    try:
        with times:
            handler = import_handler()
    except BaseException as error:
        return answer.send(error=described(error))
    answer.imports = times.dearest()
    failures = watch_django()
    answer.next_stage("request")
    try:
        response = handler(event(request["path"], request["host"]), Context(request["memory"], request["seconds"]))
    except BaseException as error:
        return answer.send(error=described(error))
    malformed = mistake_in(response)
    if malformed is not None:
        return answer.send(malformed=malformed)
    status = response["statusCode"]
    is_failure = status >= 500
    return answer.send(
        status=status,
        exception=failures[-1] if is_failure and failures else None,
        body=body_of(response) if is_failure else "",
    )


class Answer:
    """The one line of standard output, which is for nobody else from here on: it is sent once, at the latest in time."""

    def __init__(self, seconds: float) -> None:
        self.output = os.dup(1)
        os.dup2(2, 1)
        self.stage = "import"
        self.started = time.monotonic()
        self.seconds: dict[str, float] = {}
        self.imports: dict | None = None
        self.most_seconds = seconds
        self.lock = _thread.allocate_lock()
        _thread.start_new_thread(self.watch, (_thread.get_ident(),))

    def next_stage(self, stage: str) -> None:
        now = time.monotonic()
        self.seconds[self.stage] = round(now - self.started, 3)
        self.stage, self.started = stage, now

    def watch(self, thread: int) -> None:
        while (left := self.started + self.most_seconds - time.monotonic()) > 0:
            time.sleep(min(left, 0.2))
        frames = traceback.StackSummary.extract(traceback.walk_stack(sys._current_frames().get(thread)))
        frames.reverse()
        self.send(late="".join(traceback.StackSummary.from_list(theirs(frames) or frames).format()))
        os._exit(1)

    def send(self, **said: object) -> int:
        if not self.lock.acquire(blocking=False):
            time.sleep(10)  # another thread sends, and ends the process
        self.next_stage(self.stage)
        nothing = {"error": None, "late": None, "status": None, "malformed": None, "exception": None, "body": ""}
        line = json.dumps({"stage": self.stage, "seconds": self.seconds, "imports": self.imports, **nothing, **said}) + "\n"
        sys.stdout.flush()
        sys.stderr.flush()
        with os.fdopen(self.output, "w") as output:
            output.write(line)
        return 1 if said.get("error") or said.get("late") or said.get("malformed") else 0


# Python leaves frames of importlib out of tracebacks and out of the places of warnings, and knows them by this name.
IMPORTLIB = "<frozen importlib._bootstrap>"
WATCH = """
def watching(find_and_load, begin, end):
    def _find_and_load(name, import_):
        place = begin(name)
        try:
            return find_and_load(name, import_)
        finally:
            end(place)
    return _find_and_load
"""


class ImportTimes:
    """How long each top-level package takes to import, itself and with what it imports first.

    It measures where `-X importtime` does, which would write thousands of lines into the application's log.
    """

    def __init__(self) -> None:
        self.thread = _thread.get_ident()
        self.importlib = sys.modules["_frozen_importlib"]
        self.find_and_load = self.importlib._find_and_load
        self.stack: list[list] = []  # name, package, start, seconds of what it imports
        self.packages: dict[str, list[float]] = {}

    def __enter__(self) -> None:
        functions: dict = {}
        exec(compile(WATCH, IMPORTLIB, "exec"), functions)
        self.importlib._find_and_load = functions["watching"](self.find_and_load, self.begin, self.end)

    def __exit__(self, *_: object) -> None:
        self.importlib._find_and_load = self.find_and_load

    def begin(self, name: str) -> list | None:
        if _thread.get_ident() != self.thread:
            return None
        place = [name, package_of(name), time.perf_counter(), 0.0]
        self.stack.append(place)
        return place

    def end(self, place: list | None) -> None:
        if place is None:
            return
        name, package, started, within = place
        seconds = time.perf_counter() - started
        while self.stack and self.stack.pop() is not place:
            pass  # a greenlet that imports may give way to another
        # What is not there to be imported cost the time of whoever tried.
        is_there = name in sys.modules
        if self.stack:
            self.stack[-1][3] += seconds if is_there else within
        if is_there:
            total = self.packages.setdefault(package, [0.0, 0.0])
            total[0] += seconds - within
            if all(other[1] != package for other in self.stack):
                total[1] += seconds

    def dearest(self) -> dict:
        packages = sorted(self.packages.items(), key=lambda item: -item[1][0])
        rows = [[name, round(own, 6), round(whole, 6)] for name, (own, whole) in packages[:MOST_PACKAGES]]
        return {"seconds": round(sum(own for own, _ in self.packages.values()), 6), "packages": rows}


def package_of(name: str) -> str:
    """The top-level package; the handler and the runtime are one, and so is all of the standard library, without a name."""
    top = name.partition(".")[0]
    if top == "wsgi_handler":
        return "wsgi_lambda"
    # What sysconfig reads is called after the machine, and not among those names.
    return "" if top in sys.stdlib_module_names or top.startswith("_sysconfigdata_") else top


def start_as_lambda() -> None:
    """What the runtime's bootstrap.py has done when it imports the handler."""
    root = os.environ["LAMBDA_TASK_ROOT"]
    minor = "%d.%d" % sys.version_info[:2]
    layers = [f"/opt/python/lib/python{minor}/site-packages", "/opt/python"]
    sys.path[:] = [root, *layers, *[folder for folder in sys.path if folder not in ("", root, *layers)]]
    sys.argv[:] = ["/var/runtime/bootstrap.py", HANDLER]
    try:
        import awslambdaric.bootstrap  # noqa: F401  # it is there before any handler
    except ImportError:
        pass  # an image that is not Lambda's


def import_handler():
    from wsgi_lambda import interface_client, loading, log

    # The handler shows a failed start in the function's log; here it is shown below, without our own frames.
    log_error, log.error = log.error, lambda *_: None
    # It may be told to start all the same; a check tells what is broken.
    loading.load_or_stand_in = loading.load
    if "awslambdaric" not in sys.modules:
        interface_client.install = lambda: None  # nothing is streamed to whom calls Invoke, as this check does
    from wsgi_handler import handler

    log.error = log_error
    return handler


def watch_django() -> list[dict]:
    """What Django answers with a 500: it prints no traceback unless LOGGING or DEBUG says so."""
    failures: list[dict] = []
    signals = sys.modules.get("django.core.signals")
    if signals is not None:

        def remember(**_: object) -> None:
            error = sys.exc_info()[1]
            if error is not None:
                failures.append(described(error))

        signals.got_request_exception.connect(remember, weak=False)
    return failures


def event(path: str, host: str) -> dict:
    """Payload format 2.0 as a Function URL sends it (Lambda developer guide, "Invoking Lambda function URLs")."""
    raw_path, _, query = path.partition("?")
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": raw_path,
        "rawQueryString": query,
        "headers": {
            "host": host,
            "accept": "*/*",
            "user-agent": "wsgi-lambda",
            "x-forwarded-proto": "https",
            "x-forwarded-port": "443",
            "x-forwarded-for": "127.0.0.1",
        },
        "requestContext": {
            "accountId": "anonymous",
            "apiId": host.partition(".")[0],
            "domainName": host,
            "domainPrefix": host.partition(".")[0],
            "http": {
                "method": "GET",
                "path": raw_path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "wsgi-lambda",
            },
            "requestId": "check",
            "routeKey": "$default",
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime()),
            "timeEpoch": int(time.time() * 1000),
        },
        "isBase64Encoded": False,
    }


class Context:
    """As Lambda's Python runtime hands it over (Lambda developer guide, "AWS Lambda context object in Python")."""

    def __init__(self, memory: int, seconds: float) -> None:
        self.aws_request_id = "check"
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.invoked_function_arn = f"arn:aws:lambda:{os.environ['AWS_REGION']}:000000000000:function:{self.function_name}"
        self.memory_limit_in_mb = str(memory)
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = None
        # Who asks so waits for a whole answer, also where the function streams its answers to others.
        self.client_context = {"custom": {"wsgi-lambda": "1"}}
        self.deadline = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.deadline - time.monotonic()) * 1000))


def mistake_in(response: object) -> str | None:
    """Why a Function URL could not send this answer on, or None."""
    if not isinstance(response, dict):
        return f"it is of type {type(response).__name__}, not an object"
    status = response.get("statusCode")
    if type(status) is not int or not 100 <= status <= 599:
        return f"its statusCode is {status!r}"
    headers, cookies, body = response.get("headers", {}), response.get("cookies", []), response.get("body")
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        return "its headers are not an object of strings"
    if not isinstance(cookies, list) or not all(isinstance(cookie, str) for cookie in cookies):
        return "its cookies are not a list of strings"
    if not isinstance(body, (str, type(None))):
        return f"its body is of type {type(body).__name__}, not a string"
    try:
        if body and response.get("isBase64Encoded"):
            binascii.a2b_base64(body)
        size = len(json.dumps(response, ensure_ascii=False).encode())
    except (TypeError, ValueError) as error:
        return f"it cannot be sent: {error}"
    return f"it has {size} bytes, and Lambda takes {MOST_ANSWER_BYTES}" if size > MOST_ANSWER_BYTES else None


def body_of(response: dict) -> str:
    body = response.get("body") or ""
    if response.get("isBase64Encoded"):
        body = binascii.a2b_base64(body).decode("utf-8", "replace")
    return body[:MOST_BODY_CHARACTERS]


def described(error: BaseException) -> dict:
    name = error.name if isinstance(error, ImportError) else None
    return {"type": type(error).__name__, "message": message_of(error), "name": name, "traceback": shown(error)}


def message_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # a broken __str__ must not hide the error that it belongs to
        return ""


def shown(error: BaseException) -> str:
    """The traceback without the frames of this file, of importlib and of our handler."""
    report = traceback.TracebackException.from_exception(error)
    part: traceback.TracebackException | None = report
    while part is not None:
        part.stack = traceback.StackSummary.from_list(theirs(part.stack))
        part = part.__cause__ or (None if part.__suppress_context__ else part.__context__)
    return "".join(report.format())


def theirs(frames: list[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    return [frame for frame in frames if is_theirs(frame.filename)]


def is_theirs(name: str) -> bool:
    return not (
        name in (OWN_NAME, "<string>")
        or name.startswith("<frozen importlib")
        or name.endswith(("/wsgi_handler.py", "/importlib/__init__.py"))
        or "/wsgi_lambda/" in name
    )


if __name__ == "__main__":
    # Threads of the application must not keep a finished check waiting.
    os._exit(main(json.loads(sys.argv.pop())))
