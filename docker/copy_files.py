"""copy_files.py FOLDER PATTERN…: copies the files of the image that match, links as what they lead to, to FOLDER/NUMBER/, the
pattern's number from 0. Prints, as JSON, the patterns that match nothing."""

import glob
import json
import os
import shutil
import sys


def matches(pattern):
    """Of the names of one file, the shortest: libmagic.so.1 is what a program asks for, libmagic.so.1.0.0 what it is."""
    by_file = {}
    for path in sorted(glob.glob(pattern), key=len):
        by_file.setdefault(os.path.realpath(path), path)
    return [path for path in by_file.values() if os.path.exists(path)]


def copy(path, folder):
    target = os.path.join(folder, os.path.basename(path))
    if os.path.isdir(path):
        shutil.copytree(path, target, ignore_dangling_symlinks=True)
    else:
        shutil.copyfile(path, target)
        shutil.copymode(path, target)


def main(root, patterns):
    missing = []
    for number, pattern in enumerate(patterns):
        found = matches(pattern)
        folder = os.path.join(root, str(number))
        os.makedirs(folder)
        for path in found:
            copy(path, folder)
        if not found:
            missing.append(pattern)
    print(json.dumps(missing))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
