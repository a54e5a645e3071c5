"""Run collectstatic of a Django project on its finished artifact, and tell what came of it.

    python -c RUN "$(cat collect_static.py)" REQUEST

REQUEST is a JSON object: {"root": where the artifact is, "output": a folder that may be written}. Files come to output/files,
the manifest of hashed names to output/manifest, with its names sorted: no order of a file system stays in it. One JSON object
is printed, alone on standard output: {"problem": null | "no-django" | "no-staticfiles" | "no-folder" | "failed", "detail": str,
"root": where the application expects the files | null, "manifest": where it reads the manifest | null}.
"""

from __future__ import annotations

import json
import os
import re
import sys
import traceback

OWN_NAME = "collect_static.py"
SETTINGS = "DJANGO_SETTINGS_MODULE"
NAMED_IN_SOURCE = re.compile(rf"{SETTINGS}['\"](?:\s*,|\]\s*=)\s*['\"]([\w.]+)['\"]")


def main(request: dict) -> int:
    output = os.dup(1)
    os.dup2(2, 1)
    answer = {"problem": None, "detail": "", "root": None, "manifest": None}
    try:
        answer.update(collect(request["root"], request["output"]))
    except BaseException as error:
        answer.update(problem="failed", detail=shown(error))
    sys.stdout.flush()
    with os.fdopen(output, "w") as stream:
        stream.write(json.dumps(answer) + "\n")
    return 0 if answer["problem"] is None else 1


def collect(root: str, output: str) -> dict:
    enter(root)
    try:
        import django
    except ModuleNotFoundError:
        return {"problem": "no-django"}
    load_settings(root)
    django.setup()
    from django.apps import apps

    if not apps.is_installed("django.contrib.staticfiles"):
        return {"problem": "no-staticfiles"}
    return collect_files(os.path.join(output, "files"), os.path.join(output, "manifest"))


def enter(root: str) -> None:
    """What the runtime's bootstrap.py has done when it imports the handler."""
    minor = "%d.%d" % sys.version_info[:2]
    layers = [f"/opt/python/lib/python{minor}/site-packages", "/opt/python"]
    sys.path[:] = [root, *layers, *[folder for folder in sys.path if folder not in ("", root, *layers)]]
    sys.argv[:] = ["manage.py", "collectstatic", "--noinput"]
    os.chdir(root)


def load_settings(root: str) -> None:
    """The settings that the application has on Lambda: its own module names them, else manage.py does.

    The application itself is imported only where neither does, for it may ask for a manifest that is not there yet.
    """
    with open(os.path.join(root, "wsgi_lambda.json")) as file:
        app = json.load(file)["app"]
    folder, _, name = app.rpartition("/")
    if folder:
        sys.path.insert(0, os.path.join(root, folder))
    module = name.partition(":")[0] if ":" in name else name.rpartition(".")[0]
    path = os.path.join(root, folder, *module.split("."))
    if SETTINGS in os.environ:
        return
    for source in (f"{path}.py", os.path.join(path, "__init__.py"), os.path.join(root, "manage.py")):
        found = named_in(source)
        if found is not None:
            os.environ[SETTINGS] = found
            return
    from wsgi_lambda import loading

    loading.load(app, root)


def named_in(source: str) -> str | None:
    try:
        with open(source, encoding="utf-8") as file:
            found = NAMED_IN_SOURCE.search(file.read())
    except OSError:
        return None
    return found and found[1]


def collect_files(files: str, manifests: str) -> dict:
    from django.contrib.staticfiles.storage import staticfiles_storage
    from django.core.files.storage import FileSystemStorage
    from django.core.management import call_command

    if not isinstance(staticfiles_storage, FileSystemStorage):
        return {"problem": "no-folder", "detail": staticfiles_storage.__class__.__qualname__}
    root = staticfiles_storage.location
    storage = staticfiles_storage._wrapped  # what stands behind the lazy object, now that it was asked
    keeper = getattr(storage, "manifest_storage", None)
    name = getattr(storage, "manifest_name", None)
    place = None
    if keeper is not None and name is not None:
        if keeper is not storage and not isinstance(keeper, FileSystemStorage):
            return {"problem": "no-folder", "detail": type(keeper).__qualname__}
        place = keeper.location and os.path.join(keeper.location, name)
    for folder in (files, manifests):
        os.makedirs(folder, exist_ok=True)
    lead_to(storage, files)
    if keeper is not None and keeper is not storage:
        lead_to(keeper, manifests)
    call_command("collectstatic", interactive=False, verbosity=0)
    if name is None:
        return {"root": root}
    written = os.path.join(files if keeper is storage else manifests, name)
    if not os.path.exists(written):
        return {"root": root}
    with open(written, encoding="utf-8") as file:
        manifest = json.load(file)
    os.remove(written)
    with open(os.path.join(manifests, "manifest.json"), "w", encoding="utf-8") as file:
        json.dump(manifest, file, sort_keys=True, separators=(",", ":"))
    return {"root": root, "manifest": place or ""}


def lead_to(storage, folder: str) -> None:
    """Over the cached properties of FileSystemStorage: wherever its location came from, it is this one now."""
    storage.base_location = storage.location = folder


def shown(error: BaseException) -> str:
    """The traceback without the frames of this file and of importlib."""
    report = traceback.TracebackException.from_exception(error)
    part: traceback.TracebackException | None = report
    while part is not None:
        part.stack = traceback.StackSummary.from_list([frame for frame in part.stack if is_theirs(frame.filename)])
        part = part.__cause__ or (None if part.__suppress_context__ else part.__context__)
    return "".join(report.format())


def is_theirs(name: str) -> bool:
    return not (
        os.path.basename(name) == OWN_NAME
        or name == "<string>"
        or name.startswith("<frozen importlib")
        or name.endswith("/importlib/__init__.py")
    )


if __name__ == "__main__":
    code = main(json.loads(sys.argv.pop()))
    sys.stderr.flush()
    # Threads of the application must not keep a finished collection waiting.
    os._exit(code)
