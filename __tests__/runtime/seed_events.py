"""Events as serverless-wsgi took them, and the environ that it made of each: what applications may have come to rely on."""

from urllib.parse import urlencode

EDGE = {
    "Accept": "text/html",
    "Accept-Encoding": "br, gzip",
    "CloudFront-Viewer-Country": "SE",
    "User-Agent": "curl/8.9.1",
    "Via": "2.0 0123456789abcdef.cloudfront.net (CloudFront)",
    "X-Amzn-Trace-Id": "Root=1-6a50b2c3-5b1f0e7d2f3c4a5b6c7d8e9f",
    "X-Forwarded-For": "198.51.100.9, 203.0.113.80",
    "X-Forwarded-Port": "443",
    "X-Forwarded-Proto": "https",
    "Host": "k1l2m3n4o5.execute-api.eu-north-1.amazonaws.com",
}


def rest():
    """A REST API's, without the maps of lists, as older gateways and local emulators send it."""
    return {
        "resource": "/{proxy+}",
        "path": "/shelf/books",
        "httpMethod": "GET",
        "headers": {**EDGE, "Cookie": "READER=ann; SHELF=7", "cache-control": "max-age=0"},
        "queryStringParameters": {"by": "title", "from": "a b&c"},
        "pathParameters": {"proxy": "shelf/books"},
        "requestContext": {
            "authorizer": {"principalId": "ann"},
            "httpMethod": "GET",
            "identity": {"sourceIp": "198.51.100.9", "userArn": None},
            "requestId": "11111111-2222-3333-4444-555555555555",
            "resourcePath": "/{proxy+}",
            "stage": "dev",
        },
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }


def http_api():
    """Payload format 2.0, from a named stage: it stands in front of the path, as AWS sends it."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/dev/shelf/books",
        "rawQueryString": "by=title&from=a&from=b",
        "cookies": ["READER=ann", "SHELF=7"],
        "headers": {name.lower(): value for name, value in EDGE.items()},
        "queryStringParameters": {"by": "title", "from": "a,b"},
        "requestContext": {
            "authorizer": {"principalId": "ann"},
            "domainName": EDGE["Host"],
            "http": {
                "method": "GET",
                "path": "/dev/shelf/books",
                "protocol": "HTTP/1.1",
                "sourceIp": "198.51.100.9",
                "userAgent": EDGE["User-Agent"],
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "dev",
        },
        "isBase64Encoded": False,
    }


def balancer():
    return {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:eu-north-1:1:targetgroup/books/1"}},
        "httpMethod": "GET",
        "path": "/shelf",
        "queryStringParameters": {},
        "headers": {
            "host": "books-1.eu-north-1.elb.amazonaws.com",
            "user-agent": "curl/8.9.1",
            "x-forwarded-for": "198.51.100.9",
            "x-forwarded-port": "80",
            "x-forwarded-proto": "http",
        },
        "body": "",
        "isBase64Encoded": False,
    }


def non_proxy():
    """What the Serverless Framework's mapping template makes of a request (`integration: lambda`)."""
    return {
        "requestPath": "/shelf/{kind}",
        "path": {"kind": "books"},
        "query": {"by": "title"},
        "method": "GET",
        "headers": {**EDGE, "Authorization": "Bearer 0123"},
        "body": {},
        "stage": "dev",
        "principalId": "ann",
        "enhancedAuthContext": {"principalId": "ann", "team": "readers"},
        "identity": {"sourceIp": "198.51.100.9", "userArn": ""},
        "stageVariables": {},
    }


def environ(event, context, **differing):
    """What the seed set for a GET without a body: every key of it, and values that are the same for these events."""
    headers = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in event["headers"].items()}
    return {
        **headers,
        "CONTENT_LENGTH": "0",
        "CONTENT_TYPE": "",
        "PATH_INFO": "/shelf/books",
        "QUERY_STRING": urlencode(event.get("queryStringParameters") or event.get("query") or {}),
        "REMOTE_ADDR": "198.51.100.9",
        "REMOTE_USER": "ann",
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "/dev",
        "SERVER_NAME": EDGE["Host"],
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.multiprocess": False,
        "wsgi.multithread": False,
        "wsgi.run_once": False,
        "wsgi.url_scheme": "https",
        "wsgi.version": (1, 0),
        "serverless.authorizer": {"principalId": "ann"},
        "serverless.context": context,
        "serverless.event": event,
        **differing,
    }
