"""Compile modules to unchecked-hash bytecode (PEP 552), as they will stand in /var/task.

    PYTHONHASHSEED=0 python -s -S compile_bytecode.py PLAN.json

The plan: {"jobs": int, "units": [{"source": path, "output": path, "modules": [[path in /var/task, offset, bytes], ...]}]}.
A source file holds the texts of a unit's modules one after the other. An output file holds, for each of them in the
same order, a length (4 bytes, little-endian) and the .pyc; the length 0 stands for a module that does not compile
(a template, Python 2), which is left without bytecode, as pip does. Prints the index of each unit that is done.

What a process compiled before can change the bytes of a later module, through the strings that both share. So each unit
is compiled in a child of its own, forked from one clean parent: the same unit gives the same bytes, whatever else is
compiled, and with any number of jobs. Ends with an error when a file could not be read or written or a child was killed:
bytecode must not be missing by accident.
"""

import gc
import json
import marshal
import os
import sys
import traceback
from importlib.util import MAGIC_NUMBER, source_hash

TASK_ROOT = "/var/task"
# PEP 552: the source is not looked at; its hash is there for who wants to compare.
UNCHECKED_HASH = (1).to_bytes(4, "little")
# What a child ends with.
DONE, BROKEN = 0, 1


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    units = plan["units"]
    if not hasattr(os, "fork"):
        raise SystemExit("Python cannot fork on this system")
    running: dict[int, int] = {}
    # Objects that no collection touches stay in pages that parent and children share.
    gc.disable()
    gc.freeze()
    for index, unit in enumerate(units):
        if len(running) >= plan["jobs"]:
            wait_for_one(running)
        pid = os.fork()
        if pid == 0:
            try:
                compile_unit(unit)
                os._exit(DONE)
            except BaseException:
                traceback.print_exc()
                sys.stderr.flush()
                os._exit(BROKEN)
        running[pid] = index
    while running:
        wait_for_one(running)


def wait_for_one(running: dict[int, int]) -> None:
    pid, status = os.wait()
    index = running.pop(pid)
    code = os.waitstatus_to_exitcode(status)
    if code != DONE:
        raise SystemExit(f"unit {index}: the process that compiled it ended with {code}")
    print(index, flush=True)


def compile_unit(unit: dict) -> None:
    with open(unit["source"], "rb") as source, open(unit["output"], "wb") as output:
        for path, offset, length in unit["modules"]:
            source.seek(offset)
            bytecode = compile_module(source.read(length), f"{TASK_ROOT}/{path}")
            output.write(len(bytecode).to_bytes(4, "little"))
            output.write(bytecode)


def compile_module(text: bytes, path: str) -> bytes:
    try:
        code = marshal.dumps(compile(text, path, "exec", dont_inherit=True, optimize=0))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return b""  # The parser says MemoryError of what is nested too deeply; too little memory ends the process.
    return MAGIC_NUMBER + UNCHECKED_HASH + source_hash(text) + code


if __name__ == "__main__":
    main()
