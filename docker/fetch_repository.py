"""fetch_repository.py FILE FOLDER: clones the repository whose address stands in FILE, as pip writes it
(git+https://…@revision#subdirectory=…), and prints the commit. ${VARIABLES} of the address are filled in here: neither the
command nor the log shows them."""

import os
import re
import subprocess
import sys


def split_address(address):
    """(address for git, revision). pip, "VCS Support": the revision follows the last @ of the path."""
    plain = address.strip().partition("#")[0]
    plain = plain[len("git+") :] if plain.startswith("git+") else plain
    scheme, separator, rest = plain.partition("://")
    host, slash, path = rest.partition("/")
    path, at, revision = path.rpartition("@") if "@" in path else (path, "", "")
    return scheme + separator + host + slash + path, revision or "HEAD"


def fill_in(address):
    """Names in capitals only, as pip does. A variable that is not set stays as it is written."""
    return re.sub(r"\$\{([A-Z0-9_]+)\}", lambda match: os.environ.get(match[1]) or match[0], address)


def git(folder, *arguments):
    subprocess.run(["git", "-C", folder, "-c", "advice.detachedHead=false", *arguments], check=True, stdout=sys.stderr)


def fetch(address, folder):
    repository, revision = split_address(fill_in(address))
    if revision.startswith("-") or repository.startswith("-"):
        sys.exit("An address that git would take for an option: %s" % address.strip())
    # The history stays: version numbers are made of tags. Files of other commits do not come where the server can leave
    # them out.
    git(".", "clone", "--quiet", "--no-checkout", "--filter=blob:none", repository, folder)
    try:
        git(folder, "checkout", "--quiet", revision)
    except subprocess.CalledProcessError:
        git(folder, "fetch", "--quiet", "origin", revision)  # On no branch: a pull request's, say.
        git(folder, "checkout", "--quiet", "FETCH_HEAD")
    git(folder, "submodule", "update", "--quiet", "--init", "--recursive")
    return subprocess.run(
        ["git", "-C", folder, "rev-parse", "HEAD"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as given:
        wanted = given.read()
    try:
        print(fetch(wanted, sys.argv[2]))
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
