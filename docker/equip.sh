#!/bin/sh
# equip.sh PYTHON FOLDER: makes the headers of PYTHON found, and installs the pinned tools of FOLDER/build-tools.txt,
# checked by hash, below FOLDER/build.
set -eu
python=$1 folder=$2

# A distribution's headers are not where an interpreter of another prefix looks for them.
headers=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
packaged=/usr/include/$(basename "$headers")
if [ ! -e "$headers/Python.h" ] && [ -e "$packaged/Python.h" ]; then
  mkdir -p "$(dirname "$headers")"
  ln -sfn "$packaged" "$headers"
fi

"$python" -m pip --no-cache-dir --disable-pip-version-check install --no-deps --only-binary :all: --no-compile \
  --root-user-action=ignore --require-hashes --target "$folder/build" --requirement "$folder/build-tools.txt"
rm -rf "$folder/build/.lock"
