"""Zips a folder as `sam package` does: in the order of os.walk, without dates.

    sam_zip.py FOLDER ZIP

`sam package` itself needs a bucket.
"""

import os
import sys
import zipfile


def main() -> None:
    folder, path = sys.argv[1:]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for root, _, files in os.walk(folder):
            for file in files:
                full = os.path.join(root, file)
                info = zipfile.ZipInfo(os.path.relpath(full, folder))
                info.external_attr = os.stat(full).st_mode << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                with open(full, "rb") as content:
                    archive.writestr(info, content.read())


if __name__ == "__main__":
    main()
