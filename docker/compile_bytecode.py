"""Compile every module below some folders to unchecked-hash bytecode (PEP 552), as it will stand in /var/task.

    python compile_bytecode.py --jobs 2 FOLDER [FOLDER ...]

Each file is compiled in a child forked from one clean parent: what the process compiled before can change the bytes
of a later file, and the artifact must not depend on it. A file that does not compile (a template, Python 2) is left
without bytecode, as pip does. Prints one JSON object: {"compiled": int, "failed": [path, ...]}. Ends with an error when
a file could not be read or written, or a child was killed: bytecode must not be missing by accident.
"""

import argparse
import gc
import json
import os
import py_compile
import sys
import traceback

TASK_ROOT = "/var/task"
# What a child ends with.
COMPILED, DOES_NOT_COMPILE, BROKEN = 0, 1, 2


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("folders", nargs="+")
    options = parser.parse_args()
    modules = sorted(
        (os.path.join(folder, path), path) for folder in options.folders for path in modules_below(folder)
    )
    failed = compile_all(modules, max(1, options.jobs))
    print(json.dumps({"compiled": len(modules) - len(failed), "failed": sorted(failed)}))


def modules_below(folder: str) -> list[str]:
    """Paths relative to `folder`. Tests are left out: those of dependencies are not shipped, and none run on Lambda."""
    found = []
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in ("__pycache__", "tests") and not name.endswith(".dist-info")]
        found += [os.path.relpath(os.path.join(parent, name), folder) for name in files if name.endswith(".py")]
    return found


def compile_all(modules: list[tuple[str, str]], jobs: int) -> list[str]:
    if not hasattr(os, "fork"):
        return [path for source, path in modules if not compile_one(source, path)]
    running: dict[int, str] = {}
    failed: list[str] = []
    # Objects that no collection touches stay in pages that parent and children share.
    gc.disable()
    gc.freeze()

    def wait_for_one() -> None:
        pid, status = os.wait()
        path = running.pop(pid)
        code = os.waitstatus_to_exitcode(status)
        if code == DOES_NOT_COMPILE:
            failed.append(path)
        elif code != COMPILED:
            raise SystemExit(f"{path}: the process that compiled it ended with {code}")

    for source, path in modules:
        if len(running) >= jobs:
            wait_for_one()
        pid = os.fork()
        if pid == 0:
            try:
                os._exit(COMPILED if compile_one(source, path) else DOES_NOT_COMPILE)
            except BaseException:
                traceback.print_exc()
                sys.stderr.flush()
                os._exit(BROKEN)
        running[pid] = path
    while running:
        wait_for_one()
    return failed


def compile_one(source: str, path: str) -> bool:
    try:
        py_compile.compile(
            source,
            dfile=f"{TASK_ROOT}/{path}",
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    except py_compile.PyCompileError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
