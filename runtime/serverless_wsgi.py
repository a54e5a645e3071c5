"""The module that applications written for serverless-wsgi import, on top of wsgi_lambda."""

from wsgi_lambda import handle_request
from wsgi_lambda.response import TEXT_MIME_TYPES

__all__ = ["TEXT_MIME_TYPES", "handle_request"]
