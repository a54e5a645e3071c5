"""The part of AWS's runtime client: what it has loaded before a handler is, the context, and a look at the answer."""

import http  # noqa: F401 - the client loads it late; that it counts as loaded is in the rivals' favour
import sys
import time

from awslambdaric.__main__ import LambdaConfigProvider, LambdaRuntimeClient
from awslambdaric.lambda_context import LambdaContext

# As the client itself starts. On some versions of Python it polls on a thread, and loads concurrent.futures for that.
_config = LambdaConfigProvider(sys.argv[:1] + ["function.handler"])
LambdaRuntimeClient(_config.api_address, _config.use_thread_polling)


def new_context():
    deadline_milliseconds = int(time.time() * 1000) + 30_000
    function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:bench"
    return LambdaContext(
        "8476a536-e9f4-11e8-9739-2dfe598c3fcd", None, None, deadline_milliseconds, function_arn, None
    )


def problem_with(answer, body):
    """What is wrong with the answer to a request that asked for `body`, or None."""
    from base64 import b64decode  # not at the top: some handlers load it themselves, and pay for it

    if int(answer["statusCode"]) != 200:
        return f"answers {answer['statusCode']}"
    sent = b64decode(answer["body"]) if answer.get("isBase64Encoded") else answer["body"].encode()
    return None if sent == body else "answers another body"
