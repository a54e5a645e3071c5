"""Builds with aws-lambda-builders, the library that SAM builds with: its pip workflow.

    sam_builder.py SITE ARTIFACTS SCRATCH RUNTIME
"""

import os
import shutil
import sys

from aws_lambda_builders.builder import LambdaBuilder


def main() -> None:
    site, artifacts, scratch = map(os.path.abspath, sys.argv[1:4])
    shutil.rmtree(artifacts, ignore_errors=True)
    for folder in (artifacts, scratch):
        os.makedirs(folder, exist_ok=True)
    LambdaBuilder("python", "pip", None).build(
        site,
        artifacts,
        scratch,
        os.path.join(site, "requirements.txt"),
        runtime=sys.argv[4],
        architecture="x86_64",
    )


if __name__ == "__main__":
    main()
