#!/bin/sh
# make-tree.sh SUITE MINOR TREE MIRROR CACHE: a root file system laid out like Lambda's Python image, of Debian packages.
# The C library is newer than Lambda's; no compiler. Needs root and debootstrap.
set -eu
suite=$1 minor=$2 tree=$3 mirror=$4 cache=$5
here=$(dirname "$0")
export DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"

echo "Debian $suite with Python $minor"
mkdir -p "$cache"
debootstrap --variant=minbase --cache-dir="$cache" \
  --include="python$minor,python3-pip-whl,ca-certificates" "$suite" "$tree" "$mirror"

echo "Python $minor in /var/lang"
lang=$tree/var/lang library=$tree/var/lang/lib/python$minor site=$tree/var/lang/lib/python$minor/site-packages
mkdir -p "$lang/bin" "$lang/lib"
# A link would make /usr the prefix.
cp "$tree/usr/bin/python$minor" "$lang/bin/"
cp -a "$tree/usr/lib/python$minor" "$lang/lib/"
ln -s "python$minor" "$lang/bin/python3"
ln -s python3 "$lang/bin/python"
rm -f "$library/EXTERNALLY-MANAGED"
# Debian moves what pip installs to local/lib/…/dist-packages; Lambda's Python has the upstream layout.
for file in "$library/sysconfig.py" "$library/sysconfig/__init__.py"; do # a package from 3.13 on
  if [ -f "$file" ]; then sed -i "s/prefix_scheme = 'posix_local'/prefix_scheme = 'posix_prefix'/" "$file"; fi
done
rm -f "$library/sitecustomize.py" # a link into /etc; `site` itself is frozen into the interpreter
echo "import site; site.addsitedir('/var/lang/lib/python$minor/site-packages')" >"$library/sitecustomize.py"
find "$library" -name __pycache__ -prune -exec rm -rf {} +
mkdir -p "$site"
wheel=$(cd "$tree" && ls usr/share/python-wheels/pip-*.whl)
chroot "$tree" env "PYTHONPATH=/$wheel" "/var/lang/bin/python$minor" -m pip install --quiet --no-index --no-deps \
  --no-compile --root-user-action=ignore --find-links /usr/share/python-wheels pip

echo 'Debian packages of Python removed: only the one in /var/lang is left'
chroot "$tree" dpkg --purge --force-depends python3-pip-whl "python$minor" "python$minor-minimal" \
  "libpython$minor-stdlib" "libpython$minor-minimal" >/dev/null 2>&1
# Nothing asks for the purged packages any more: apt takes the rest as complete.
chroot "$tree" apt-get check >/dev/null

echo 'The layout of the Lambda image'
mkdir -p "$tree/var/runtime" "$tree/var/task" "$tree/opt" "$tree/usr/local/bin"
cp "$here/lambda-entrypoint.sh" "$tree/lambda-entrypoint.sh"
sed "s/@MINOR@/$minor/g" "$here/bootstrap" >"$tree/var/runtime/bootstrap"
cp "$here/bootstrap.py" "$tree/var/runtime/bootstrap.py"
chmod 0755 "$tree/lambda-entrypoint.sh" "$tree/var/runtime/bootstrap"
echo 'sbx_user1051:x:993:990::/home/sbx_user1051:/sbin/nologin' >>"$tree/etc/passwd"
echo 'sbx_user1051:x:990:' >>"$tree/etc/group"

rm -rf "$tree/usr/share/doc" "$tree/usr/share/man" "$tree/usr/share/locale" "$tree/usr/share/info" \
  "$tree"/var/lib/apt/lists/* "$tree"/var/cache/apt/* "$tree"/var/log/* "$tree/etc/resolv.conf" "$tree/etc/hostname"
mkdir -p "$tree/var/cache/apt/archives/partial" "$tree/var/lib/apt/lists/partial"
