"""Starts the runtime interface client with the import path of Lambda's own image."""

import os
import sys

task_root = os.environ.get("LAMBDA_TASK_ROOT", "/var/task")
minor = "%d.%d" % sys.version_info[:2]
standard = [path for path in sys.path if path != "/var/runtime"]
sys.path = [task_root, "/opt/python/lib/python%s/site-packages" % minor, "/opt/python", "/var/runtime", *standard]
os.chdir(task_root)

from awslambdaric.__main__ import main  # noqa: E402

main(["bootstrap.py", os.environ["_HANDLER"]])
