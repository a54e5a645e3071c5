"""Strip symbols that no loader needs from the shared objects of wheels.

    python strip_wheel.py OUTPUT_FOLDER WHEEL [WHEEL ...]

Writes each wheel under its own name into the folder, with RECORD to match (PEP 427). A shared object that the program
strip refuses, or that does not become smaller, stays as it is.
"""

import base64
import csv
import hashlib
import io
import os
import re
import subprocess
import sys
import tempfile
import zipfile

SHARED_OBJECT = re.compile(r"\.so(?:\.\d+)*$")
# The zip format's first day: the time of the build is no part of a wheel.
DATE = (1980, 1, 1, 0, 0, 0)


def main() -> None:
    folder, *wheels = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    for wheel in wheels:
        strip_wheel(wheel, os.path.join(folder, os.path.basename(wheel)))


def strip_wheel(wheel: str, output: str) -> None:
    changed: dict[str, bytes] = {}
    with zipfile.ZipFile(wheel) as source:
        for info in source.infolist():
            if SHARED_OBJECT.search(info.filename):
                content = source.read(info)
                stripped = strip(content)
                if len(stripped) < len(content):
                    changed[info.filename] = stripped
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
            for info in source.infolist():
                content = changed.get(info.filename)
                if content is None:
                    content = source.read(info)
                if info.filename.endswith(".dist-info/RECORD"):
                    content = with_digests(content.decode(), changed).encode()
                copied = zipfile.ZipInfo(info.filename, DATE)
                copied.compress_type = zipfile.ZIP_DEFLATED
                copied.external_attr = info.external_attr
                target.writestr(copied, content)


def strip(content: bytes) -> bytes:
    with tempfile.NamedTemporaryFile(suffix=".so") as file:
        file.write(content)
        file.flush()
        # It writes a new file under the name: what is open still is the old one.
        if subprocess.run(["strip", "--strip-unneeded", file.name], capture_output=True).returncode != 0:
            return content
        with open(file.name, "rb") as stripped:
            return stripped.read()


def with_digests(record: str, changed: dict[str, bytes]) -> str:
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    for path, digest, size in csv.reader(io.StringIO(record)):
        content = changed.get(path)
        if content is not None:
            hashed = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            digest, size = f"sha256={hashed}", str(len(content))
        writer.writerow([path, digest, size])
    return output.getvalue()


if __name__ == "__main__":
    main()
