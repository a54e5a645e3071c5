"""What every way into the function has in common: from an event to the application, and from its answer to a result."""

from __future__ import annotations

from . import application, response
from .application import REQUEST_ID, TENANT_ID
from .environ import request_id_of, tenant_id_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
    from typing import Any

    from .options import Options
    from .response import Response

    Event = dict[str, Any]  # JSON that a gateway, or anybody else, wrote


class Integration:
    """A way into the function. A subclass reads its event and writes its result; sizes are in bytes."""

    name = "Lambda"
    # "Lambda quotas": 6 MB for a synchronous response. To the byte it is what Lambda and its emulator say in their error:
    # "exceeded maximum allowed payload size (6291556 bytes)".
    limit_bytes = 6 * 1024 * 1024 + 100
    # A gateway may hand base64 on undecoded (a REST API without `binaryMediaTypes`): then text must stay text.
    decodes_base64_always = True

    def __init__(self) -> None:
        self.surely_fits = self.limit_bytes // 6 - 100

    def environ(self, event: Event, context: object, options: Options) -> WSGIEnvironment:
        """The request as WSGI has it. Whatever it raises means that no gateway sent the event."""
        raise NotImplementedError

    def head(self, answer: Response, event: Event) -> dict[str, object]:
        """The result without its body."""
        raise NotImplementedError

    def answer(self, app: WSGIApplication, event: Event, context: object, options: Options) -> object:
        """The result of the function: the answer of the application, or one that says why there is none."""
        try:
            environ = self.environ(event, context, options)
        except Exception as error:
            return self.bad_request(error, event, context)
        return self.result(application.call(app, environ), environ, event, options)

    def result(
        self, answer: Response, environ: WSGIEnvironment, event: Event, options: Options
    ) -> dict[str, object]:
        """The answer as the integration wants it; a 500 that says why where it is too large."""
        headers = answer.headers
        status = answer.status
        has_content = status >= 200 and status not in (204, 304)  # RFC 9110, 6.4.1
        if answer.body and (environ["REQUEST_METHOD"] == "HEAD" or not has_content):
            answer.body = b""
        body = answer.body
        try:
            if "content-encoding" in headers or options.binary_types or len(body) > response.LARGE:
                text = response.as_text(answer, options)
            else:
                text = body.decode()
        except UnicodeDecodeError:
            text = None
        if "content-type" not in headers and has_content:
            # Without one, API Gateway and function URLs say application/json.
            kind = "application/octet-stream" if text is None else "text/plain; charset=utf-8"
            headers["content-type"] = ("Content-Type", [kind])
        result = self.head(answer, event)
        # In JSON a character takes 6 bytes at most, and a header 30 more: only what may be too large is looked at closely.
        if len(body) + 6 * answer.head_size > self.surely_fits:
            return self._limited(result, answer, text, environ, event)
        if text is None:
            result["body"] = response.base64(body)
            result["isBase64Encoded"] = True
        else:
            result["body"] = text
            result["isBase64Encoded"] = False
        return result

    def _limited(
        self, result: dict[str, object], answer: Response, text: str | None, environ: WSGIEnvironment, event: Event
    ) -> dict[str, object]:
        """Text where it is short enough, else base64 where that is (an escape is longer: 6 bytes against 4)."""
        size = 0
        if text is not None:
            result.update(body=text, isBase64Encoded=False)
            size = response.encoded_size(result)
            if size <= self.limit_bytes:
                return result
        if text is None or self.decodes_base64_always:
            result.update(body="", isBase64Encoded=True)
            size = response.encoded_size(result) + (len(answer.body) + 2) // 3 * 4
            if size <= self.limit_bytes:
                result["body"] = response.base64(answer.body)
                return result
        return self._too_large(size, environ, event)

    def _too_large(self, size: int, environ: WSGIEnvironment, event: Event) -> dict[str, object]:
        from . import log

        request_id = environ[REQUEST_ID]
        log.error(
            f"request {request_id}: the response to {environ['REQUEST_METHOD']} {environ['RAW_URI']} is {size} bytes as "
            f"JSON, and {self.name} takes {self.limit_bytes}. Answer with a redirect to a file in S3, or in pages.",
            request_id,
            tenant_id=environ.get(TENANT_ID, ""),
        )
        return self._plain(response.too_large(self.limit_bytes, self.name, request_id), event, environ["REQUEST_METHOD"])

    def bad_request(self, error: Exception, event: Event, context: object) -> dict[str, object]:
        from . import log

        request_id = request_id_of(event, context)
        message = f"request {request_id}: {self.name} does not send events like this one"
        log.error(message, request_id, error, tenant_id=tenant_id_of(context))
        return self._plain(response.bad_request(request_id), event, "GET")

    def _plain(self, answer: Response, event: Event, method: str) -> dict[str, object]:
        body = "" if method == "HEAD" else answer.body.decode()
        return {**self.head(answer, event), "body": body, "isBase64Encoded": False}
