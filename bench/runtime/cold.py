"""One cold start, in a fresh process: `cold.py HANDLER SHAPE RIVALS TASK`.

Prints, as JSON in the last line, what it costs to import the handler from the folder TASK and make it, and what it has
cost when the first request is answered. AWS's runtime client, out of the folder RIVALS, is loaded before.
"""

import sys
from time import perf_counter, process_time

name, shape, rivals, task = sys.argv[1:]
standard_library = sys.path[:]
sys.path[:0] = [__file__.rpartition("/")[0], rivals]

import json  # noqa: E402

from application import DEFAULT, application  # noqa: E402
from client import new_context, problem_with  # noqa: E402
from events import event  # noqa: E402
from handlers import HANDLERS  # noqa: E402

sys.path[:] = [task, *standard_library]
sys.path_importer_cache.pop(task, None)  # nobody finds the folder listed already


def readings():
    return process_time(), perf_counter(), len(sys.modules)


def since(start):
    cpu, wall, modules = (now - then for now, then in zip(readings(), start, strict=True))
    return {"cpuMs": cpu * 1000, "wallMs": wall * 1000, "modules": modules}


request, context = event(shape, 1), new_context()
start = readings()
handler = HANDLERS[name](application)
made = since(start)
try:
    answer = handler(request, context)
    answered = since(start)
    problem = problem_with(answer, DEFAULT[1])
except Exception as error:
    problem = repr(error)
print("\n" + json.dumps({"made": made, "answered": {"problem": problem} if problem else answered}))
