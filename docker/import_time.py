"""Import one module of an artifact as Lambda will, for `python -X importtime` to tell how long each part takes.

    python -I -S import_time.py unpack ARTIFACT.zip FOLDER
    python -I -S -B -X importtime import_time.py import FOLDER MODULE

The first unpacks it with the dates that Lambda gives its files. The second imports: the times are on standard error,
below the line that says where the import starts, since what stands above it belongs to Python's own start. The last line
of standard output is the seconds that it took. Exit code 1, with the traceback on standard error below another line,
when the module cannot be imported. It imports next to nothing itself: what it had imported would cost the application
nothing.
"""

import os
import sys
from time import perf_counter


def unpack(path: str, folder: str) -> None:
    import calendar
    import zipfile

    os.umask(0o022)
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            unpacked = archive.extract(entry, folder)
            # A zip has no time zone, and Lambda's is UTC. Bytecode may depend on the date of its source.
            modified = calendar.timegm(entry.date_time)
            os.utime(unpacked, (modified, modified))


def import_module(folder: str, module: str) -> int:
    sys.path.insert(0, folder)
    os.environ["LAMBDA_TASK_ROOT"] = folder
    os.chdir(folder)
    say("the import starts here")
    started = perf_counter()
    try:
        __import__(module)
    except BaseException:
        say("the import ends here")
        import traceback

        sys.stderr.write(traceback.format_exc().replace(folder.rstrip("/") + "/", "/var/task/"))
        return 1
    seconds = perf_counter() - started
    sys.stdout.write(f"\n{seconds:.6f}\n")
    return 0


def say(text: str) -> None:
    sys.stderr.write(f"\nwsgi-lambda: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    step, first, second = sys.argv[1:]
    if step == "unpack":
        unpack(first, second)
        sys.exit()
    code = import_module(first, second)
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads of the application must not keep a finished measurement waiting.
    os._exit(code)
