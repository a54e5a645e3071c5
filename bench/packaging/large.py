"""Writes wheels that make a large artifact, and the requirements that name them with their hashes.

    large.py FOLDER MEGABYTES

Each distribution has 11 MB: modules of Python, text, and data that does not compress. The same bytes every time.
"""

import base64
import hashlib
import os
import random
import sys
import zipfile

DISTRIBUTION_BYTES = 11_000_000
MODULES = 50


def main() -> None:
    folder, megabytes = sys.argv[1], int(sys.argv[2])
    os.makedirs(folder, exist_ok=True)
    lines = [wheel(folder, index) for index in range(megabytes * 1_000_000 // DISTRIBUTION_BYTES)]
    with open(os.path.join(folder, "requirements.txt"), "w") as file:
        file.write("".join(lines))


def wheel(folder: str, index: int) -> str:
    name = f"bench_large_{index}"
    path = os.path.join(folder, f"{name}-1.0-py3-none-any.whl")
    files = {**contents(name, index), **metadata(name)}
    record = "".join(f"{file},sha256={digest(content)},{len(content)}\n" for file, content in files.items())
    info = f"{name}-1.0.dist-info/RECORD"
    files[info] = f"{record}{info},,\n".encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in files.items():
            entry = zipfile.ZipInfo(file, (2020, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    with open(path, "rb") as file:
        return f"{name.replace('_', '-')}==1.0 --hash=sha256:{hashlib.sha256(file.read()).hexdigest()}\n"


def contents(name: str, index: int) -> dict[str, bytes]:
    numbers = random.Random(index)
    modules = {f"{name}/module_{number}.py": module(numbers) for number in range(MODULES)}
    left = DISTRIBUTION_BYTES - sum(map(len, modules.values()))
    text = ("a line of text that compresses well, as data often does\n" * (left // 112)).encode()
    data = numbers.randbytes(left - len(text))
    return {f"{name}/__init__.py": b"", **modules, f"{name}/data.bin": data, f"{name}/data.txt": text}


def module(numbers: random.Random) -> bytes:
    functions = [
        f"def function_{number}(value):\n    if value > {numbers.randrange(10**6)}:\n"
        f"        return [value, {numbers.randrange(10**6)}, 'text {numbers.randrange(10**6)}']\n    return None\n\n\n"
        for number in range(150)
    ]
    return "".join(functions).encode()


def metadata(name: str) -> dict[str, bytes]:
    folder = f"{name}-1.0.dist-info"
    return {
        f"{folder}/METADATA": f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 1.0\n".encode(),
        f"{folder}/WHEEL": b"Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }


def digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


if __name__ == "__main__":
    main()
