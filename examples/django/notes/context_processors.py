"""What the foot of each page says about who served it."""

import os
import platform

import django
from django.db import connection


def served_by(request) -> dict:
    return {
        "django_version": django.__version__,
        "python_version": platform.python_version(),
        "database": connection.display_name,
        "function_name": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""),
        "function_version": os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", ""),
    }
