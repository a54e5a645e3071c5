#!/bin/sh
# setup.sh PYTHON FOLDER: installs the pinned uv of FOLDER/uv.txt, checked by hash, as FOLDER/bin/uv.
set -eu
python=$1 folder=$2
"$python" -m pip --no-cache-dir --disable-pip-version-check install --no-deps --only-binary :all: --no-compile \
  --root-user-action=ignore --require-hashes --target "$folder" --requirement "$folder/uv.txt"
rm -rf "$folder/.lock" "$folder/bin/uvx"
"$folder/bin/uv" --version
