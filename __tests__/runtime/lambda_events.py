"""Events as each integration sends them, written from the tables of what AWS documents and what captures show."""

import copy

EXECUTE_API = "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com"
FUNCTION_URL = "abcdefghijklmnop.lambda-url.eu-west-1.on.aws"

_REST = {
    "resource": "/{proxy+}",
    "path": "/some/path",
    "httpMethod": "GET",
    "headers": {"Host": EXECUTE_API, "X-Forwarded-For": "6.6.6.6, 203.0.113.7", "X-Forwarded-Port": "443",
                "X-Forwarded-Proto": "https", "accept": "*/*"},
    "multiValueHeaders": {"Host": [EXECUTE_API], "X-Forwarded-For": ["6.6.6.6, 203.0.113.7"],
                          "X-Forwarded-Port": ["443"], "X-Forwarded-Proto": ["https"], "accept": ["*/*"]},
    "queryStringParameters": None,
    "multiValueQueryStringParameters": None,
    "pathParameters": {"proxy": "some/path"},
    "stageVariables": None,
    "requestContext": {
        "authorizer": None, "domainName": EXECUTE_API, "httpMethod": "GET", "path": "/live/some/path",
        "identity": {"sourceIp": "203.0.113.7", "userArn": ""}, "protocol": "HTTP/1.1",
        "requestId": "rest-request", "resourcePath": "/{proxy+}", "stage": "live",
    },
    "body": None,
    "isBase64Encoded": False,
}  # fmt: skip

_TWO = {
    "version": "2.0",
    "routeKey": "$default",
    "rawPath": "/some/path",
    "rawQueryString": "",
    "headers": {"accept": "*/*", "content-length": "0", "x-forwarded-for": "6.6.6.6, 203.0.113.7",
                "x-forwarded-port": "443", "x-forwarded-proto": "https"},
    "requestContext": {
        "http": {"method": "GET", "path": "/some/path", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7"},
        "requestId": "two-request", "routeKey": "$default", "stage": "$default",
    },
    "isBase64Encoded": False,
}  # fmt: skip

_ALB = {
    "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/t/1"}},
    "httpMethod": "GET",
    "path": "/some/path",
    "queryStringParameters": {},
    "headers": {"host": "web-1.eu-west-1.elb.amazonaws.com", "x-forwarded-for": "6.6.6.6, 203.0.113.7",
                "x-forwarded-port": "80", "x-forwarded-proto": "http"},
    "body": "",
    "isBase64Encoded": False,
}  # fmt: skip


def rest(*, path=None, method=None, multi=True, headers=None, stage="live", **fields):
    event = copy.deepcopy(_REST)
    if path is not None:
        event["path"] = path
        event["pathParameters"] = {"proxy": path[1:]}
        event["requestContext"]["path"] = f"/{stage}{path}"
    event["requestContext"]["stage"] = stage
    _method(event, method)
    for name, values in (headers or {}).items():
        event["multiValueHeaders"][name] = values if isinstance(values, list) else [values]
        event["headers"][name] = event["multiValueHeaders"][name][-1]
    if not multi:
        event["multiValueHeaders"] = None
    return _merge(event, fields)


def rest_on(domain, *, path, resource, parameters, **fields):
    """A REST API behind a custom domain: both paths have the base path and neither has the stage."""
    event = rest(path=path, headers={"Host": domain}, **fields)
    event.update(resource=resource, pathParameters=parameters)
    event["requestContext"].update(domainName=domain, path=path)
    return event


def http_api(*, path=None, method=None, headers=None, domain=EXECUTE_API, stage="$default", **fields):
    event = _two(path, method, headers, domain)
    event["requestContext"]["stage"] = stage
    return _merge(event, fields)


def function_url(*, path=None, method=None, headers=None, **fields):
    return _merge(_two(path, method, headers, FUNCTION_URL), fields)


def alb(*, path=None, method=None, headers=None, multi=False, query=None, **fields):
    event = copy.deepcopy(_ALB)
    if path is not None:
        event["path"] = path
    _method(event, method)
    if query is not None:
        event["queryStringParameters"] = query
    for name, value in (headers or {}).items():
        event["headers"][name] = value
    if multi:
        as_lists = {k: v if isinstance(v, list) else [v] for k, v in event["headers"].items()}
        lists = {k: v if isinstance(v, list) else [v] for k, v in event["queryStringParameters"].items()}
        event.update(headers=None, multiValueHeaders=as_lists, queryStringParameters=None)
        event["multiValueQueryStringParameters"] = lists
    return _merge(event, fields)


def alb_multi(**fields):
    return alb(multi=True, **fields)


ALL = {"rest": rest, "http_api": http_api, "function_url": function_url, "alb": alb, "alb_multi": alb_multi}


def _two(path, method, headers, domain):
    event = copy.deepcopy(_TWO)
    event["headers"]["host"] = event["requestContext"]["domainName"] = domain
    if path is not None:
        event["rawPath"] = path
    if method:
        event["requestContext"]["http"]["method"] = method
    event["headers"].update(headers or {})
    return event


def _method(event, method):
    if method:
        event["httpMethod"] = method


def _merge(event, fields):
    for name, value in fields.items():
        if name == "context":
            event["requestContext"].update(value)
        else:
            event[name] = value
    return event
