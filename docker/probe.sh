#!/bin/sh
# probe.sh MINOR: what this image has for building Lambda packages of Python MINOR, as name=value lines. Changes nothing.
minor=$1
export PATH="$PATH:/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"

for manager in dnf microdnf yum apt-get; do
  if command -v "$manager" >/dev/null 2>&1; then
    echo "package-manager=$manager"
    break
  fi
done

echo "machine=$(uname -m)"
getconf GNU_LIBC_VERSION 2>/dev/null | sed -n 's/^glibc /glibc=/p'
ldd --version 2>/dev/null | sed -n '1s/.* \([0-9][0-9.]*\)$/glibc=\1/p'

for program in git ssh gcc g++ make cargo; do
  command -v "$program" >/dev/null 2>&1 && echo "program=$program"
done

for name in "/var/lang/bin/python$minor" "python$minor" python3 python; do
  python=$(command -v "$name" 2>/dev/null) || continue
  found=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
  if [ "$found" != "$minor" ]; then
    echo "other-python=$found"
    continue
  fi
  echo "python=$python"
  "$python" -c 'import platform; print("python-version=" + platform.python_version())'
  "$python" -c 'import os; print("glibc=" + os.confstr("CS_GNU_LIBC_VERSION").split()[1])' 2>/dev/null
  "$python" -m pip --version >/dev/null 2>&1 && echo 'pip=yes'
  headers=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))' 2>/dev/null)
  [ -f "$headers/Python.h" ] && echo 'headers=yes'
  break
done
exit 0
