"""describe_source.py PATH: what a source distribution or a folder holds, as JSON: the names of its files, relative to its
root, and the text of its pyproject.toml. Unpacks nothing."""

import json
import os
import sys
import tarfile
import zipfile

PYPROJECT = "pyproject.toml"


def describe(path):
    if os.path.isdir(path):
        return describe_folder(path)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return described(archive.namelist(), archive.read)
    with tarfile.open(path) as archive:
        names = [member.name for member in archive if member.isfile()]
        return described(names, lambda name: archive.extractfile(name).read())


def describe_folder(path):
    names = []
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if name != ".git"]
        names += [os.path.relpath(os.path.join(folder, name), path) for name in files]
    pyproject = os.path.join(path, PYPROJECT)
    text = open(pyproject, encoding="utf-8").read() if os.path.isfile(pyproject) else None
    return {"names": names, "pyproject": text}


def described(names, read):
    """A source distribution has one folder at its root, which carries its name and version."""
    pyproject = next((name for name in names if name.count("/") == 1 and name.endswith("/" + PYPROJECT)), None)
    return {
        "names": [name.split("/", 1)[-1] for name in names],
        "pyproject": None if pyproject is None else read(pyproject).decode("utf-8", "replace"),
    }


if __name__ == "__main__":
    print(json.dumps(describe(sys.argv[1])))
