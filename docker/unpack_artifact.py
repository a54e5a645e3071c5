"""Unpack an artifact as Lambda does: its files, with their modes and dates.

    python -I -S -c "$(cat unpack_artifact.py)" ARTIFACT.zip FOLDER

A file that is not what the zip says (CRC, size) ends it with an error.
"""

import calendar
import os
import sys
import zipfile


def unpack(path: str, folder: str) -> None:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            unpacked = archive.extract(entry, folder)
            os.chmod(unpacked, 0o755 if entry.is_dir() or entry.external_attr >> 16 & 0o100 else 0o644)
            # A zip has no time zone, and Lambda's is UTC. Bytecode may depend on the date of its source.
            modified = calendar.timegm(entry.date_time)
            os.utime(unpacked, (modified, modified))


if __name__ == "__main__":
    os.umask(0o022)
    unpack(*sys.argv[1:])
