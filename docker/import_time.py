"""Import one module of an unpacked artifact as Lambda will, for `python -X importtime` to tell how long each part takes.

    python -I -S -B -X importtime import_time.py FOLDER MODULE

The times are on standard error, below the line that says where the import starts: what stands above it belongs to
Python's own start. The last line of standard output is the seconds that it took. Exit code 1, with the traceback on
standard error below another line, when the module cannot be imported. Imports next to nothing itself: what it had
imported would cost the application nothing.
"""

import os
import sys
from time import perf_counter


def main() -> int:
    folder, module = sys.argv[1:3]
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
    # Threads of the application must not keep a finished measurement waiting.
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
