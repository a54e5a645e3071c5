"""Import an application as Lambda will, and show its own traceback when that fails.

    python -I -S -B check_import.py APPLICATION_FOLDER DEPENDENCIES_FOLDER

Without `site`, as on Lambda: nothing but the artifact and the standard library can be imported. Exit code 0 when the
handler imports; 1 when it does not, with the traceback on standard error and one JSON object as the last line of
standard output: {"type": str, "message": str, "name": str | null}.
"""

import json
import os
import sys
import traceback


def main() -> int:
    application, dependencies = sys.argv[1:3]
    sys.path[:0] = [application, dependencies]
    os.environ.setdefault("LAMBDA_TASK_ROOT", application)
    os.chdir(application)
    try:
        from wsgi_lambda import loading, log

        # The handler shows a failed start in the function's log; here it is shown below, without our own frames.
        log.error = lambda *_: None
        # It may be told to start all the same; a build tells what is broken.
        loading.load_or_stand_in = loading.load
        import wsgi_handler  # noqa: F401
    except BaseException as error:
        show(error, (application, dependencies))
        name = error.name if isinstance(error, ImportError) else None
        print(json.dumps({"type": type(error).__name__, "message": str(error), "name": name}), flush=True)
        return 1
    return 0


def show(error: BaseException, folders: tuple[str, ...]) -> None:
    """The traceback without the frames of this file, of importlib and of our handler; paths as on Lambda."""
    report = traceback.TracebackException.from_exception(error)
    chain: list[traceback.TracebackException] = []
    part: traceback.TracebackException | None = report
    while part is not None:
        chain.append(part)
        part = part.__cause__ or (None if part.__suppress_context__ else part.__context__)
    for part in chain:
        own = [frame for frame in part.stack if is_theirs(frame.filename)]
        part.stack = traceback.StackSummary.from_list(own or list(part.stack))
    text = "".join(report.format())
    for folder in folders:
        text = text.replace(folder.rstrip("/") + "/", "/var/task/")
    sys.stderr.write(text)
    sys.stderr.flush()


def is_theirs(filename: str) -> bool:
    name = filename.replace(os.sep, "/")
    return not (
        name == __file__
        or name.startswith("<frozen importlib")
        or name.endswith(("/wsgi_handler.py", "/importlib/__init__.py"))
        or "/wsgi_lambda/" in name
    )


if __name__ == "__main__":
    # Threads of the application must not keep a finished check waiting.
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
