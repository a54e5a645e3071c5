"""Unpack an artifact as Lambda does: its files, with their modes.

    python -I -S -c "$(cat unpack_artifact.py)" ARTIFACT.zip FOLDER

A file that is not what the zip says (CRC, size), or would land outside of the folder, ends it with an error.
"""

import os
import sys
import zipfile


def unpack(path: str, folder: str) -> None:
    made = {folder}
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if entry.is_dir():
                continue
            target = os.path.join(folder, entry.filename)
            parent = os.path.dirname(target)
            if parent not in made:
                if ".." in target.split("/") or not target.startswith(f"{folder}/"):
                    raise zipfile.BadZipFile(f"{entry.filename} leads out of the folder")
                os.makedirs(parent, exist_ok=True)
                made.add(parent)
            # Much faster than `extract`, which looks at each part of each path. The whole file in memory is what Python
            # will do with it too.
            mode = 0o755 if entry.external_attr >> 16 & 0o100 else 0o644
            with open(target, "wb", opener=lambda name, flags, mode=mode: os.open(name, flags, mode)) as file:
                file.write(archive.read(entry))


if __name__ == "__main__":
    os.umask(0o022)
    unpack(*sys.argv[1:])
