"""The runtime behind AWS's emulator of Lambda: its limits, its time, and the end of the process."""

import json

from lambda_events import function_url
from runtime_interface import Emulator, artifact, needs_client, needs_emulator

pytestmark = [needs_client, needs_emulator]

APP = """
import os, sys

def application(environ, start_response):
    action = environ["PATH_INFO"].rpartition("/")[2]
    if action == "exit":
        sys.exit(3)
    if action == "die":
        os._exit(3)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]
"""


def process_id(emulator):
    _, body = emulator.invoke(function_url())
    return int(json.loads(body)["body"])


def test_the_process_survives_sys_exit_and_is_replaced_when_it_dies(tmp_path):
    with Emulator(artifact(tmp_path, APP)) as emulator:
        first = process_id(emulator)
        status, body = emulator.invoke(function_url(path="/exit"))
        assert (status, json.loads(body)["statusCode"]) == (200, 500)
        assert process_id(emulator) == first
        status, body = emulator.invoke(function_url(path="/die"))
        assert (status, json.loads(body)["errorType"]) == (502, "Runtime.ExitError")
        assert process_id(emulator) != first
