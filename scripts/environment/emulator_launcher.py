"""Starts MiniStack, an emulator of AWS, with Python functions that run as they do on Lambda.

Stock MiniStack calls Python handlers in its own interpreter, with its own libraries at hand and in error shapes of its own. Here
they run under AWS's runtime client and the interpreter that the function's `Runtime` names, over MiniStack's Runtime API for
custom runtimes.

Argument: a JSON object {"ministack": VERSION, "runtimes": {"python3.13": {"python": EXECUTABLE, "client": FOLDER}}}. The names
patched below are private to MiniStack, so any other version is refused.
"""

from __future__ import annotations

import base64
import contextvars
import functools
import importlib.metadata
import io
import json
import os
import re
import signal
import stat
import sys
import threading
import time
import uuid
import zipfile

SETTINGS = json.loads(sys.argv[1])
RUNTIMES = SETTINGS["runtimes"]

# What a function must not see of the emulator's own environment. It keeps the address of the emulator: nothing may reach AWS.
OWN_VARIABLES = set(os.environ) - {"PATH", "TMPDIR", "AWS_ENDPOINT_URL"}

# PYTHONPATH, LD_LIBRARY_PATH: AWS Lambda developer guide, "Defined runtime environment variables". Bytecode is never written: the
# code is read-only on Lambda, and shared by all environments of one zip here.
BOOTSTRAP = """#!/bin/sh
if [ -z "$EMULATED_PYTHON" ]; then echo "no interpreter for $AWS_EXECUTION_ENV was found on this machine" >&2; exit 1; fi
python=$EMULATED_PYTHON; unset EMULATED_PYTHON
export PYTHONPATH="$LAMBDA_RUNTIME_DIR${PYTHONPATH:+:$PYTHONPATH}" PYTHONDONTWRITEBYTECODE=1
export LD_LIBRARY_PATH="$LAMBDA_TASK_ROOT:$LAMBDA_TASK_ROOT/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
exec "$python" -m awslambdaric "$_HANDLER"
"""


def require_version() -> None:
    version = importlib.metadata.version("ministack")
    if version != SETTINGS["ministack"]:
        sys.exit(f"emulator_launcher.py was written for ministack {SETTINGS['ministack']}, and this is {version}.")


def run_python_on_runtime_client() -> None:
    import ministack.core.lambda_runtime as runtime
    import ministack.services.cloudwatch_logs as cloudwatch
    import ministack.services.lambda_svc as service

    for module, names in {
        runtime: ("_worker_class_for", "ProvidedWorker", "ProvidedRuntimeError"),
        service: (
            "_provided_runtime_code_dir",
            "_provided_worker_env",
            "_execute_function_warm",
            "_execute_function_provided_warm",
            "_invoke",
            "_emit_lambda_logs",
            "_resolve_layer_zip",
        ),
        cloudwatch: ("_log_groups", "_append_log_events", "_make_group_arn"),
    }.items():
        missing = [name for name in names if not hasattr(module, name)]
        if missing:
            sys.exit(f"{module.__name__} of ministack has no {', '.join(missing)}.")

    unpack = service._provided_runtime_code_dir
    worker_environment = service._provided_worker_env
    call_on_runtime_api = service._execute_function_provided_warm
    call_node = service._execute_function_warm
    worker_class = runtime._worker_class_for
    emit_logs = service._emit_lambda_logs

    def is_python(config: dict) -> bool:
        return str(config.get("Runtime", "")).startswith("python")

    @functools.wraps(unpack)
    def unpack_with_bootstrap(code: bytes) -> str:
        folder = unpack(code)
        restore_links(code, folder)
        bootstrap = os.path.join(folder, "bootstrap")
        if not os.path.exists(bootstrap):
            with service._provided_code_lock:  # no fork may inherit this file while it is open for writing
                with open(bootstrap, "w") as file:
                    file.write(BOOTSTRAP)
                os.chmod(bootstrap, 0o755)
        return folder

    def unpacked_layers(config: dict) -> list[str]:
        zips = [service._resolve_layer_zip(layer) for layer in config.get("Layers") or []]
        return [unpack(code) for code in zips if code]

    @functools.wraps(worker_environment)
    def lambda_environment(config: dict, folder: str, port: int) -> dict:
        environment = worker_environment(config, folder, port)
        if not is_python(config):
            return environment
        chosen = (config.get("Environment") or {}).get("Variables") or {}
        for name in OWN_VARIABLES - set(chosen):
            if environment.get(name) == os.environ.get(name):
                environment.pop(name, None)
        name = config["Runtime"]
        found = RUNTIMES.get(name, {})
        environment.update(
            {
                "AWS_EXECUTION_ENV": f"AWS_Lambda_{name}",
                "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
                "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{config.get('FunctionName')}",
                "EMULATED_PYTHON": found.get("python", ""),
                "LAMBDA_RUNTIME_DIR": found.get("client", ""),
            }
        )
        environment["AWS_LAMBDA_LOG_STREAM_NAME"] = starting.log_stream
        modules = [os.path.join(layer, "python") for layer in unpacked_layers(config)]
        if modules:
            environment["PYTHONPATH"] = ":".join([*modules, *filter(None, [environment.get("PYTHONPATH")])])
        environment.setdefault("LANG", "en_US.UTF-8")
        environment.setdefault("TZ", ":UTC")
        return environment

    class LiveLog:
        """The stream of one environment. It has a line as soon as it was printed; MiniStack writes all when the invocation has ended."""

        def __init__(self, config: dict) -> None:
            version = config.get("Version", "$LATEST")
            self.name = f"{time.strftime('%Y/%m/%d', time.gmtime())}/[{version}]{uuid.uuid4().hex}"
            now = time.time_ns() // 1_000_000
            group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config.get('FunctionName')}"
            if group not in cloudwatch._log_groups:
                cloudwatch._log_groups[group] = {
                    "arn": cloudwatch._make_group_arn(group),
                    "creationTime": now,
                    "retentionInDays": None,
                    "tags": {},
                    "subscriptionFilters": {},
                    "streams": {},
                }
            self.stream = {
                "events": [],
                "uploadSequenceToken": "1",
                "creationTime": now,
                "firstEventTimestamp": None,
                "lastEventTimestamp": None,
                "lastIngestionTime": None,
            }
            cloudwatch._log_groups[group]["streams"][self.name] = self.stream

        def append(self, *lines: str) -> None:
            now = time.time_ns() // 1_000_000
            events = [{"timestamp": now, "message": line, "ingestionTime": now} for line in lines]
            cloudwatch._append_log_events(self.stream, events)

        def readline(self, source) -> bytes:
            raw = source.readline()
            if raw:
                self.append(raw.decode(errors="replace").rstrip("\r\n"))
            return raw

    class Tee:
        def __init__(self, source, log: LiveLog) -> None:
            self.source, self.log = source, log
            self.close = source.close

        def readline(self) -> bytes:
            return self.log.readline(self.source)

    # By request; and what the environment that a thread starts is told of its stream.
    logs: dict[str, LiveLog] = {}
    starting = threading.local()

    @functools.wraps(emit_logs)
    def emit(func: dict, request_id: str, text: str, error: bool, duration: int, **keywords) -> None:
        log = logs.pop(request_id, None)
        if log is None:
            emit_logs(func, request_id, text, error, duration, **keywords)
            return
        memory = (func.get("config") or func).get("MemorySize", 128)
        time.sleep(0.02)  # its last lines may still be on their way
        log.append(
            f"END RequestId: {request_id}",
            f"REPORT RequestId: {request_id}\tDuration: {duration} ms\tBilled Duration: {duration} ms\t"
            f"Memory Size: {memory} MB\tMax Memory Used: 70 MB",
        )

    # The log of an environment that failed to start: MiniStack drops it, AWS shows it with the answer.
    start_log = threading.local()

    # What the caller of Invoke says of itself, as JSON: MiniStack takes no notice of it.
    client_context = contextvars.ContextVar("client_context", default="")
    invoke_by_caller = service._invoke

    @functools.wraps(invoke_by_caller)
    async def invoke_with_client_context(name, event, headers, *arguments, **keywords):
        given = {key.lower(): value for key, value in headers.items()}
        # Lambda API reference, "Invoke": for synchronous invocations only.
        is_waited_for = given.get("x-amz-invocation-type", "RequestResponse") == "RequestResponse"
        encoded = given.get("x-amz-client-context", "") if is_waited_for else ""
        client_context.set(base64.b64decode(encoded).decode("latin-1"))  # bytes, as http.server writes them
        return await invoke_by_caller(name, event, headers, *arguments, **keywords)

    class PythonWorker(runtime.ProvidedWorker):
        exit_status = None
        client_context = ""

        def _build_handler_class(self, *arguments):
            worker = self

            class Handler(super()._build_handler_class(*arguments)):
                def end_headers(self):
                    if self.command == "GET" and worker.client_context:
                        self.send_header("Lambda-Runtime-Client-Context", worker.client_context)
                    super().end_headers()

            return Handler

        def _pump_output(self, stream, *arguments):
            super()._pump_output(Tee(stream, self.live_log), *arguments)

        def _await_init(self, *arguments, **keywords):
            try:
                return super()._await_init(*arguments, **keywords)
            except RuntimeError:
                start_log.text = self._drain_stderr_bounded(first_line_wait=0.2)
                error = self._init_error
                if not isinstance(error, dict):
                    raise
                raise runtime.ProvidedRuntimeError(
                    error.get("errorMessage", ""), error.get("errorType", "Runtime.Unknown")
                ) from None

        def _teardown(self):
            if self._proc is not None:
                self.exit_status = self._proc.poll()
            return super()._teardown()

        def invoke(self, event, request_id, **keywords):
            # A worker is leased to one invocation at a time.
            self.client_context = client_context.get()
            if self._proc is None or self._proc.poll() is not None:
                self.live_log = LiveLog(self.config)
            starting.log_stream = self.live_log.name
            logs[request_id] = self.live_log
            self.live_log.append(f"START RequestId: {request_id} Version: {self.config.get('Version', '$LATEST')}")
            result = super().invoke(event, request_id, **keywords)
            payload = result.get("error_payload")
            kind = payload.get("errorType") if isinstance(payload, dict) else None
            if kind == "Runtime.ExitError":
                payload["errorMessage"] = f"RequestId: {request_id} Error: {exit_reason(self.exit_status)}"
                self.live_log.append(payload["errorMessage"])
            elif kind == "Sandbox.Timedout":
                moment = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
                self.live_log.append(f"{moment} {request_id} {payload['errorMessage']}")
                payload["errorMessage"] = f"RequestId: {request_id} Error: {payload['errorMessage']}"
            return result

    @functools.wraps(call_node)
    def call(func: dict, event: dict, request_id: str) -> dict:
        if not is_python(func.get("config") or func):
            return call_node(func, event, request_id)
        start_log.text = ""
        result = call_on_runtime_api(func, event, request_id)
        if not result.get("log") and start_log.text:
            result["log"] = start_log.text
        return result

    service._provided_runtime_code_dir = unpack_with_bootstrap
    service._provided_worker_env = lambda_environment
    service._execute_function_warm = call
    service._invoke = invoke_with_client_context
    service._emit_lambda_logs = emit
    runtime._worker_class_for = lambda config: PythonWorker if is_python(config) else worker_class(config)


def restore_links(code: bytes, folder: str) -> None:
    """Symbolic links of the zip, which zipfile unpacks as plain files (APPNOTE 4.4.15: the mode is in the high 16 bits)."""
    with zipfile.ZipFile(io.BytesIO(code)) as archive:
        for entry in archive.infolist():
            if stat.S_ISLNK(entry.external_attr >> 16):
                path = os.path.join(folder, entry.filename)
                target = archive.read(entry).decode()
                if os.path.islink(path):
                    continue
                os.remove(path)
                os.symlink(target, path)


def exit_reason(status: int | None) -> str:
    if status is None or status == 0:
        return "Runtime exited without providing a reason"
    if status < 0:
        return f"Runtime exited with error: signal: {signal.Signals(-status).name.removeprefix('SIG').lower()}"
    return f"Runtime exited with error: exit status {status}"


def find_log_groups_by_tags() -> None:
    """MiniStack keeps the tags of log groups, and its Resource Groups Tagging API leaves them out."""
    import ministack.services.cloudwatch_logs as cloudwatch
    import ministack.services.tagging as tagging

    expected = {cloudwatch: ("_log_groups", "_make_group_arn"), tagging: ("_COLLECTORS", "_matches_type_filters")}
    for module, names in expected.items():
        missing = [name for name in names if not hasattr(module, name)]
        if missing:
            sys.exit(f"{module.__name__} of ministack has no {', '.join(missing)}.")

    def collect():
        for name, group in cloudwatch._log_groups.items():
            tags = [{"Key": key, "Value": value} for key, value in (group.get("tags") or {}).items()]
            yield cloudwatch._make_group_arn(name).removesuffix(":*"), tags

    matches = tagging._matches_type_filters
    tagging._COLLECTORS["logs"] = collect
    # The name of a group may have slashes; its type ends before that.
    tagging._matches_type_filters = lambda arn, filters: matches(re.sub(":log-group:.*", ":log-group", arn), filters)


require_version()
find_log_groups_by_tags()
if RUNTIMES:
    run_python_on_runtime_client()

from ministack.app import main  # noqa: E402

sys.argv = ["ministack"]
main()
