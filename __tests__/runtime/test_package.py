import os
import re

from conftest import RUNTIME

import wsgi_lambda


def read(*parts):
    with open(os.path.join(RUNTIME, *parts), encoding="utf-8") as file:
        return file.read()


def test_one_version():
    assert re.search(r'^version = "(.+)"$', read("pyproject.toml"), re.MULTILINE)[1] == wsgi_lambda.__version__


def test_the_licence_goes_with_the_package():
    assert read("LICENSE") == read("..", "LICENSE")


def test_types_are_published():
    assert read("wsgi_lambda", "py.typed") == ""
