"""The function's handler, `wsgi_handler.handler`, for the application that wsgi_lambda.json names.

The file stands beside this one; in a container image, where this module is installed, in the task's root.
"""

import os

from wsgi_lambda import configuration, loading, make_handler

try:
    if os.environ.get("WSGI_LAMBDA_DATABASES"):
        # This version may read what the application must never have: it is not imported.
        from wsgi_lambda import databases

        handler = databases.handler
    else:
        _configuration = configuration.read(
            os.path.dirname(os.path.abspath(__file__)), os.environ.get("LAMBDA_TASK_ROOT", os.getcwd())
        )
        if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
            from wsgi_lambda import snapshot

            snapshot.register()
        if _configuration.secrets or os.environ.get("WSGI_LAMBDA_SECRETS"):
            from wsgi_lambda import secrets

            secrets.resolve(_configuration.secrets)
        _load = loading.load_or_stand_in if _configuration.on_import_error == "serve" else loading.load
        wsgi_app = _load(_configuration.app, _configuration.root)
        handler = make_handler(wsgi_app, **_configuration.options)
except BaseException as error:
    from wsgi_lambda import log

    # Lambda shows one line of an ImportError or a SyntaxError; the log gets all of it before the initialisation fails.
    log.error("the function could not be started", "", error)
    if isinstance(error, SystemExit):
        raise RuntimeError(f"The application called sys.exit({error.code!r}) while it was imported.") from error
    raise
