"""The function's handler, `wsgi_handler.handler`, for the application that wsgi_lambda.json names.

The file stands beside this one; in a container image, where this module is installed, in the task's root.
"""

import os
import sys

from wsgi_lambda import configuration, loading, make_handler

try:
    _configuration = configuration.read(
        os.path.dirname(os.path.abspath(__file__)), os.environ.get("LAMBDA_TASK_ROOT", os.getcwd())
    )
    wsgi_app = loading.load(_configuration.app, _configuration.root)
    handler = make_handler(wsgi_app, **_configuration.options)
except BaseException as error:
    # Lambda shows one line of an ImportError or a SyntaxError; the log gets all of it before the initialisation fails.
    sys.excepthook(type(error), error, error.__traceback__)
    if isinstance(error, SystemExit):
        raise RuntimeError(f"The application called sys.exit({error.code!r}) while it was imported.") from error
    raise
