"""What requests cost once a handler is warm, with all handlers in one process: `warm.py small|large RIVALS OURS`.

Prints, as JSON in the last line, the CPU time of a request for each case and handler: least and median of its rounds.
"""

import gc
import itertools
import json
import random
import statistics
import sys
from base64 import b64encode
from time import process_time

part, rivals, ours = sys.argv[1:]
sys.path[:0] = [__file__.rpartition("/")[0], ours, rivals]

from application import ANSWERS, DEFAULT, application  # noqa: E402
from client import new_context, problem_with  # noqa: E402
from events import SHAPES, event  # noqa: E402
from handlers import HANDLERS  # noqa: E402

MEGABYTE = 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(4 * MEGABYTE - 8)
ASCII = (b"The quick brown fox jumps over the lazy dog.\n" * MEGABYTE)[: 4 * MEGABYTE]
CJK = ("敏捷的棕色狐狸跳過了懶狗。\n" * MEGABYTE).encode()[: 4 * MEGABYTE].decode(errors="ignore").encode()

numbers = itertools.count(1)


def main():
    handlers = {name: make(application) for name, make in HANDLERS.items()}
    gc.freeze()  # a collection between rounds is short
    cases = small_cases() if part == "small" else large_cases()
    rows = [{"work": work, "shape": shape, "costs": costs(handlers, shape, *case)} for work, shape, *case in cases]
    print("\n" + json.dumps(rows))


def small_cases():
    """Each is the work, the shape, the request, the right body of its answer, rounds, and requests in a round."""
    for shape in SHAPES:
        yield "request", shape, {}, DEFAULT[1], 40, 100


def large_cases():
    ANSWERS.update(
        png=("image/png", PNG),
        ascii=("text/html; charset=utf-8", ASCII),
        cjk=("text/html; charset=utf-8", CJK),
        upload=("text/plain", None),
    )
    base64_png = b64encode(PNG).decode()
    for shape in ("rest", "http-api"):
        yield "upload", shape, {"path": "/upload", "body": base64_png}, b"%d" % len(PNG), 50, 1
        for work in ("png", "ascii", "cjk"):
            yield work, shape, {"path": f"/{work}"}, ANSWERS[work][1], 50, 1


def costs(handlers, shape, fields, body, rounds, calls):
    """Interleaved and in rotating order, so that a busy moment of the machine meets all handlers."""
    problems = {name: first_problem(handler, shape, fields, body) for name, handler in handlers.items()}
    able = [name for name in handlers if problems[name] is None]
    spent = {name: [] for name in able}
    for _ in range(rounds):
        for name in able:
            spent[name].append(cpu_milliseconds(handlers[name], shape, fields, calls))
        able = able[1:] + able[:1]
    return {name: times(spent[name]) if name in spent else {"problem": problems[name]} for name in handlers}


def times(milliseconds):
    return {"cpuMs": {"min": min(milliseconds), "median": statistics.median(milliseconds)}}


def cpu_milliseconds(handler, shape, fields, calls):
    """Of one request."""
    requests = [(event(shape, next(numbers), **fields), new_context()) for _ in range(calls)]
    gc.collect()
    gc.disable()
    started = process_time()
    for request, context in requests:
        handler(request, context)
    spent = process_time() - started
    gc.enable()
    return spent * 1000 / calls


def first_problem(handler, shape, fields, body):
    try:
        return problem_with(handler(event(shape, next(numbers), **fields), new_context()), body)
    except Exception as error:
        return repr(error)


main()
