"""One plain HTTP request as every way into a function writes it into an event.

A shape knows three things: the event that AWS makes of a request, the request that a server in the function's place would
get (`received`), and the answer that a client gets for a result (`decoding`). A gateway is no wire: it decodes, groups and
joins. What is lost that way is `LOSSES` below, `received` has it, and nothing else may differ.

Sources: API Gateway developer guide ("Set up Lambda proxy integrations", "Create AWS Lambda proxy integrations for HTTP
APIs"), Lambda developer guide ("Invoking Lambda function URLs"), Elastic Load Balancing ("Use Lambda functions as targets"),
VPC Lattice user guide ("Lambda functions as targets"); and captures of one request through the first four, and of more paths
through an HTTP API. That payload format 1.0 has the same path there is somebody's report; nothing here is measured by us.
"""

import base64
import re
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode

import decoding

CLIENT = "203.0.113.7"  # RFC 5737; the address that the gateway was called from
STAGE = "live"
API_DOMAIN = "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com"
FUNCTION_DOMAIN = "abcdefghijklmnop.lambda-url.eu-west-1.on.aws"
BALANCER_DOMAIN = "web-1234.eu-west-1.elb.amazonaws.com"
LATTICE_DOMAIN = "orders-0285b53b2e.7d67968.vpc-lattice-svcs.eu-west-1.on.aws"
OWN_DOMAIN = "www.example.com"

_HTTP_API_TWO = ("http_api", "http_api_stage", "http_api_domain")
_HTTP_API = (*_HTTP_API_TWO, "http_api_one")

# What does not arrive as it was sent, and where. Everything that is not in here arrives as it was sent.
LOSSES = {
    # Decoded twice: %2F and %252F become a slash, what is not UTF-8 becomes U+FFFD, and the path ends at a question mark
    # that the first time brings out. A percent sign that it brings out, and that encodes nothing, is refused with 400.
    "decoded path": _HTTP_API,
    # + or %20, `x` or `x=`, and what stood between the values of one name are forgotten.
    "decoded query": ("rest", "rest_base_path", "rest_domain", "http_api_one"),
    # `x` or `x=`, and what stood between the values of one name are forgotten.
    "grouped query": ("alb", "alb_multi"),
    "last value of a name": ("alb",),
    "last value of a header": ("alb",),
    "joined headers": (*_HTTP_API_TWO, "function_url", "lattice_one"),
}


class Request(NamedTuple):
    """`path` and `query` as they stand in the request line, percent-encoded, the path below the mount. A header's value is
    latin-1, one character a byte. There is no content-length: it is the body's."""

    method: str = "GET"
    path: str = "/"
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Shape:
    """A way into a function. `mount` is what stands in the URL in front of the application's path; with `has_lists`, a
    result has every value of a header that is repeated, else one for a name."""

    name = ""
    host = OWN_DOMAIN
    mount = ""
    has_lists = False
    scheme, port = "https", "443"

    def event(self, request, *, as_base64=False):
        """The event; its body is base64 where it is no UTF-8, or where that is asked for, as a content type can."""
        raise NotImplementedError

    def received(self, request):
        """What can be known of the request behind this gateway, headers of the gateway's own included."""
        return request._replace(
            path=self._path(request.path),
            query=self._query(request.query),
            headers=tuple(self._headers(self._forwarded(request))),
        )

    def refuses(self, request):
        """Whether the gateway answers 400 by itself."""
        return False

    def answer(self, result):
        """What the client gets for the function's result. Raises `decoding.Malformed` where the gateway would."""
        raise NotImplementedError

    def _path(self, path):
        return path

    def _query(self, query):
        return query

    def _headers(self, headers):
        return headers

    def _forwarded(self, request):
        """The client's headers and the gateway's: its word counts, except that X-Forwarded-For is added to."""
        written = [value for name, value in request.headers if name.lower() == "x-forwarded-for"]
        own = {"host", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-port", "x-amzn-trace-id", "content-length"}
        return [
            ("Host", self.host),
            *((name, value) for name, value in request.headers if name.lower() not in own),
            ("X-Forwarded-For", ", ".join([*written, CLIENT])),
            ("X-Forwarded-Port", self.port),
            ("X-Forwarded-Proto", self.scheme),
            ("X-Amzn-Trace-Id", "Root=1-6a50b2c3-5b1f0e7d2f3c4a5b6c7d8e9f"),
        ]


class Rest(Shape):
    """REST API. `path` is still encoded, queries are decoded, header names keep their case, the length is not told."""

    has_lists = True

    def __init__(self, name, host, *, stage_in_url=False, base_path=""):
        self.name, self.host, self._base_path = name, host, base_path
        self._stage = f"/{STAGE}" if stage_in_url else ""
        self.mount = self._stage + base_path

    def _query(self, query):
        return urlencode([(name, value) for name, values in _decoded(query).items() for value in values])

    def event(self, request, *, as_base64=False):
        path = self._base_path + request.path
        # The greedy parameter of a route has no slash at its end.
        proxy = request.path[1:].removesuffix("/")
        resource = "/{proxy+}" if proxy else "/"
        headers, query = _listed(self._forwarded(request)), _decoded(request.query)
        body, is_base64 = _text(request.body, as_base64)
        return {
            "resource": resource,
            "path": path,
            "httpMethod": request.method,
            "headers": _last(headers),
            "multiValueHeaders": headers,
            "queryStringParameters": _last(query) or None,
            "multiValueQueryStringParameters": query or None,
            "pathParameters": {"proxy": proxy} if proxy else None,
            "stageVariables": None,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "a1b2c3d4e5",
                "authorizer": None,
                "domainName": self.host,
                "httpMethod": request.method,
                "identity": {"sourceIp": CLIENT, "userAgent": None, "userArn": None},
                "path": self._stage + path,
                "protocol": "HTTP/1.1",
                "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
                "requestTimeEpoch": 1783641600000,
                "resourcePath": resource,
                "stage": STAGE,
            },
            "body": body or None,
            "isBase64Encoded": is_base64,
        }

    def answer(self, result):
        return decoding.with_lists(result)


class DecodedPath:
    """What an HTTP API does to a path."""

    def _path(self, path):
        return quote(_decoded_path(path), safe="/!$&'()*+,;=:@-._~")

    def refuses(self, request):
        return bool(re.search("%(?![0-9A-Fa-f]{2})", _decoded_once(request.path)))


class HttpApiOne(DecodedPath, Rest):
    """HTTP API with payload format 1.0: a REST API's event, but its path is decoded. The stage is not in the URL."""

    def __init__(self, name):
        super().__init__(name, API_DOMAIN)

    def event(self, request, *, as_base64=False):
        event = super().event(request, as_base64=as_base64)
        event["path"] = event["requestContext"]["path"] = _decoded_path(request.path)
        event["requestContext"]["stage"] = "$default"
        event["headers"]["Content-Length"] = str(len(request.body))
        event["multiValueHeaders"]["Content-Length"] = [str(len(request.body))]
        return event | {"version": "1.0", "resource": "$default", "pathParameters": None}


class PayloadTwo(Shape):
    """Payload format 2.0: raw query, lower-case names, repeated headers joined, cookies in a list of their own."""

    stage = "$default"

    def _headers(self, headers):
        return _joined(headers, ",").items()

    def event(self, request, *, as_base64=False):
        body, is_base64 = _text(request.body, as_base64)
        headers = _joined(self._forwarded(request), ",") | {"content-length": str(len(request.body))}
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": self._raw_path(request.path),
            "rawQueryString": request.query,
            "headers": headers,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "a1b2c3d4e5",
                "domainName": self.host,
                "http": {
                    "method": request.method,
                    "path": self._decoded_path(request.path),
                    "protocol": "HTTP/1.1",
                    "sourceIp": CLIENT,
                    "userAgent": "",
                },
                "requestId": "JKJaXmPLvHcESHA=",
                "routeKey": "$default",
                "stage": self.stage,
                "timeEpoch": 1783641600000,
            },
            "isBase64Encoded": is_base64,
        }
        if request.query:
            joined = {name: ",".join(values) for name, values in _decoded(request.query).items()}
            event["queryStringParameters"] = joined
        if "cookie" in headers:
            event["cookies"] = headers["cookie"].split("; ")
        if body:
            event["body"] = body
        return event

    def _raw_path(self, path):
        return path

    def _decoded_path(self, path):
        return unquote(path, errors="replace")

    def answer(self, result):
        return decoding.with_cookies(result)


class HttpApi(DecodedPath, PayloadTwo):
    """HTTP API. A named stage stands in `rawPath`; it is in the URL too, except on a domain that is mapped to it."""

    def __init__(self, name, host, *, stage="$default", stage_in_url=False):
        self.name, self.host, self.stage = name, host, stage
        self._prefix = "" if stage == "$default" else f"/{stage}"
        self.mount = self._prefix if stage_in_url else ""

    def event(self, request, *, as_base64=False):
        event = super().event(request, as_base64=as_base64)
        event["headers"].pop("cookie", None)
        proxy = _decoded_path(request.path)[1:]
        if self._prefix and proxy:
            event.update(routeKey="ANY /{proxy+}", pathParameters={"proxy": proxy})
            event["requestContext"].update(routeKey="ANY /{proxy+}")
        return event

    def _raw_path(self, path):
        return self._prefix + _decoded_path(path)

    _decoded_path = _raw_path


class FunctionUrl(PayloadTwo):
    """Function URL. `rawPath` is still encoded, and the cookies are in their header as well."""

    name, host = "function_url", FUNCTION_DOMAIN


class LoadBalancer(Shape):
    """Application Load Balancer. Path and query are not decoded; names of headers are in lower case."""

    host, scheme, port = BALANCER_DOMAIN, "http", "80"

    def __init__(self, name, *, multi):
        self.name, self.has_lists = name, multi

    def _query(self, query):
        items = _grouped(query).items()
        return "&".join(f"{name}={value}" for name, values in items for value in (values if self.has_lists else values[-1:]))

    def _headers(self, headers):
        lists = _listed(headers, lower=True)
        return [(name, value) for name, values in lists.items() for value in (values if self.has_lists else values[-1:])]

    def event(self, request, *, as_base64=False):
        body, is_base64 = _text(request.body, as_base64)
        headers = _listed(self._forwarded(request), lower=True)
        if request.body:
            headers["content-length"] = [str(len(request.body))]
        query = _grouped(request.query)
        group = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/73e2d6bc24d8a067"
        event = {
            "requestContext": {"elb": {"targetGroupArn": group}},
            "httpMethod": request.method,
            "path": request.path,
            "body": body,
            "isBase64Encoded": is_base64,
        }
        if self.has_lists:
            return event | {"multiValueHeaders": headers, "multiValueQueryStringParameters": query}
        return event | {"headers": _last(headers), "queryStringParameters": _last(query)}

    def answer(self, result):
        return decoding.of_balancer(result, multi=self.has_lists)


class LatticeOne(Shape):
    """VPC Lattice, event structure V1: `raw_path` is the request's target as it came, query included."""

    name, host = "lattice_one", LATTICE_DOMAIN

    def _headers(self, headers):
        return _joined(headers, ", ").items()

    def event(self, request, *, as_base64=False):
        body, is_base64 = _text(request.body, as_base64)
        return {
            "raw_path": _target(request),
            "method": request.method,
            "headers": _joined(self._forwarded(request), ", "),
            "query_string_parameters": _last(_decoded(request.query)),
            "body": body,
            "is_base64_encoded": is_base64,
        }

    def answer(self, result):
        return decoding.with_strings(result)


class LatticeTwo(Shape):
    """VPC Lattice, event structure V2: `path` includes the query, headers are lists."""

    name, host = "lattice", LATTICE_DOMAIN

    def event(self, request, *, as_base64=False):
        body, is_base64 = _text(request.body, as_base64)
        arn = "arn:aws:vpc-lattice:eu-west-1:123456789012:"
        event = {
            "version": "2.0",
            "path": _target(request),
            "method": request.method,
            "headers": _listed(self._forwarded(request), lower=True),
            "queryStringParameters": _decoded(request.query),
            "requestContext": {
                "serviceNetworkArn": arn + "servicenetwork/sn-0bf3f2882e9cc805a",
                "serviceArn": arn + "service/svc-0a40eebed65f8d69c",
                "targetGroupArn": arn + "targetgroup/tg-6d0ecf831eec9f09",
                "identity": {"sourceVpcArn": "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0b8276c84697e7339"},
                "region": "eu-west-1",
                "timeEpoch": "1783641600000000",
            },
        }
        if body:
            # "Present only if the request body is not already a string" is what the guide says of the flag.
            event |= {"body": body, "isBase64Encoded": True} if is_base64 else {"body": body}
        return event

    def answer(self, result):
        return decoding.with_strings(result)


SHAPES = {
    shape.name: shape
    for shape in (
        Rest("rest", API_DOMAIN, stage_in_url=True),
        Rest("rest_base_path", OWN_DOMAIN, base_path="/api/v1"),
        Rest("rest_domain", OWN_DOMAIN),
        HttpApi("http_api", API_DOMAIN),
        HttpApi("http_api_stage", API_DOMAIN, stage=STAGE, stage_in_url=True),
        HttpApi("http_api_domain", OWN_DOMAIN, stage=STAGE),
        HttpApiOne("http_api_one"),
        FunctionUrl(),
        LoadBalancer("alb", multi=False),
        LoadBalancer("alb_multi", multi=True),
        LatticeOne(),
        LatticeTwo(),
    )
}


def _text(body, as_base64):
    if not as_base64:
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(body).decode(), True


def _target(request):
    return f"{request.path}?{request.query}" if request.query else request.path


def _decoded_once(path):
    return unquote(path, errors="replace").partition("?")[0]


def _decoded_path(path):
    return unquote(_decoded_once(path), errors="replace")


def _decoded(query):
    """The query's names, in their order, with the values of each."""
    lists = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="replace"):
        lists.setdefault(name, []).append(value)
    return lists


def _grouped(query):
    """The same without decoding."""
    lists = {}
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            lists.setdefault(name, []).append(value)
    return lists


def _listed(headers, *, lower=False):
    """Names in the spelling that came first, or in lower case, with the values of each."""
    spelling, lists = {}, {}
    for name, value in headers:
        name = spelling.setdefault(name.lower(), name.lower() if lower else name)
        lists.setdefault(name, []).append(value)
    return lists


def _joined(headers, separator):
    """Cookies are a list of another kind than all others (RFC 6265, 4.2.1)."""
    lists = _listed(headers, lower=True)
    return {name: ("; " if name == "cookie" else separator).join(values) for name, values in lists.items()}


def _last(lists):
    return {name: values[-1] for name, values in lists.items()}
