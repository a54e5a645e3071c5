"""One request of a browser as each integration sends it, with the names, cases, encodings and empty fields of AWS.

Nothing is imported that AWS's runtime client has not loaded: a handler's start must not find it there.
"""

import json

_API = "a1b2c3d4e5"
_EXECUTE_API = f"{_API}.execute-api.eu-west-1.amazonaws.com"
_URL_ID = "abcdefghijklmnopqrstuvwxyz012345"
_FUNCTION_URL = f"{_URL_ID}.lambda-url.eu-west-1.on.aws"
_LOAD_BALANCER = "web-1234567890.eu-west-1.elb.amazonaws.com"
_TARGET_GROUP = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef"
_USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_ADDRESS = "203.0.113.7"
_TIME = "10/Jul/2026:19:19:05 +0000"
_TIME_EPOCH = 1783711145766

# REST APIs write the names of their own headers in this way and leave those of the client alone.
_TITLE_CASE = {"host", "user-agent", "x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"}
_CERTIFICATE = {
    "clientCertPem": "", "subjectDN": "", "issuerDN": "", "serialNumber": "",
    "validity": {"notBefore": "", "notAfter": ""},
}  # fmt: skip


class Request:
    """A GET, or a POST of `body` (base64). `number` makes query, cookies and identifiers differ from the last ones."""

    def __init__(self, number, path="/orders/open%20items", body=None):
        self.path = path
        self.decoded_path = path.replace("%20", " ")
        self.method = "GET" if body is None else "POST"
        self.body = body
        self.query = {"page": [str(number)], "q": ["red+shoes"], "tag": ["new", "sale"]}
        self.decoded_query = {**self.query, "q": ["red shoes"]}
        self.raw_query = "&".join(f"{name}={value}" for name, values in self.query.items() for value in values)
        self.cookies = [f"csrftoken=Zx8Kq2vN7mPw4RtYb6{number:06}", f"sessionid=q1w2e3r4t5y6u7i8o9p0{number:06}"]
        self.id = f"7c2af7db-31f3-42b5-8a6d-{number:012}"

    def headers(self, host, scheme="https", port="443"):
        content = {} if self.body is None else {"content-type": "application/octet-stream", **self._content_length()}
        return {
            "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "accept-encoding": "gzip, deflate, br, zstd",
            "accept-language": "en-GB,en;q=0.7,de;q=0.3",
            **content,
            "cookie": "; ".join(self.cookies),
            "host": host,
            "referer": f"https://{host}/orders",
            "sec-fetch-mode": "navigate",
            "sec-fetch-site": "same-origin",
            "user-agent": _USER_AGENT,
            "x-amzn-trace-id": f"Root=1-6a5145a9-{self.id[-12:]}92ec92d5d943",
            "x-forwarded-for": _ADDRESS,
            "x-forwarded-port": port,
            "x-forwarded-proto": scheme,
        }

    def _content_length(self):
        return {"content-length": str(len(self.body) // 4 * 3 - self.body.count("=", -2))}


def rest(request):
    headers = {
        name.title() if name in _TITLE_CASE else name: value for name, value in request.headers(_EXECUTE_API).items()
    }
    headers.pop("content-length", None)
    return {
        "resource": "/{proxy+}",
        "path": request.path,
        "httpMethod": request.method,
        "headers": headers,
        "multiValueHeaders": _lists(headers),
        "queryStringParameters": _last_values(request.decoded_query),
        "multiValueQueryStringParameters": request.decoded_query,
        "pathParameters": {"proxy": request.path[1:]},
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": _API,
            "authorizer": None,
            "domainName": _EXECUTE_API,
            "domainPrefix": _API,
            "extendedRequestId": "ATfSdF7nPHcErRA=",
            "httpMethod": request.method,
            "identity": {
                "accessKey": "", "accountId": "", "apiKey": "", "apiKeyId": "", "caller": "",
                "cognitoAuthenticationProvider": "", "cognitoAuthenticationType": "", "cognitoIdentityId": "",
                "cognitoIdentityPoolId": "", "principalOrgId": "", "sourceIp": _ADDRESS, "user": "",
                "userAgent": _USER_AGENT, "userArn": "", "clientCert": _CERTIFICATE,
            },
            "operationName": "",
            "path": f"/live{request.path}",
            "protocol": "HTTP/1.1",
            "requestId": request.id,
            "requestTime": _TIME,
            "requestTimeEpoch": _TIME_EPOCH,
            "resourceId": "al6gqb",
            "resourcePath": "/{proxy+}",
            "stage": "live",
        },
        "body": request.body,
        "isBase64Encoded": request.body is not None,
    }  # fmt: skip


def http_api(request):
    headers = request.headers(_EXECUTE_API)
    del headers["cookie"]
    return _format_2(request, headers, request.decoded_path, "123456789012", _API)


def function_url(request):
    headers = {
        **request.headers(_FUNCTION_URL),
        "x-amzn-tls-cipher-suite": "TLS_AES_128_GCM_SHA256",
        "x-amzn-tls-version": "TLSv1.3",
    }
    return _format_2(request, headers, request.path, "anonymous", _URL_ID)


def _format_2(request, headers, path, account, api):
    body = {} if request.body is None else {"body": request.body}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": request.raw_query,
        "cookies": request.cookies,
        "headers": headers,
        "queryStringParameters": {name: ",".join(values) for name, values in request.decoded_query.items()},
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "accountId": account,
            "apiId": api,
            "authentication": {"clientCert": _CERTIFICATE},
            "authorizer": {
                "jwt": {"claims": None, "scopes": None},
                "iam": {
                    "accessKey": "", "accountId": "", "callerId": "",
                    "cognitoIdentity": {"amr": None, "identityId": "", "identityPoolId": ""},
                    "principalOrgId": "", "userArn": "", "userId": "",
                },
            },
            "domainName": headers["host"],
            "domainPrefix": api,
            "http": {
                "method": request.method,
                "path": request.decoded_path,
                "protocol": "HTTP/1.1",
                "sourceIp": _ADDRESS,
                "userAgent": _USER_AGENT,
            },
            "requestId": request.id,
            "routeKey": "$default",
            "stage": "$default",
            "time": _TIME,
            "timeEpoch": _TIME_EPOCH,
        },
        **body,
        "isBase64Encoded": request.body is not None,
    }  # fmt: skip


def alb_multi(request):
    headers, query = _lists(_alb_headers(request)), request.query
    return _alb(request, None, query=None, multiValueHeaders=headers, multiValueQueryStringParameters=query)


def alb_single(request):
    return _alb(request, _alb_headers(request), query=_last_values(request.query))


def _alb_headers(request):
    return request.headers(_LOAD_BALANCER, "http", "80")


def _alb(request, headers, *, query, **multi_values):
    return {
        "requestContext": {"elb": {"targetGroupArn": _TARGET_GROUP}},
        "httpMethod": request.method,
        "path": request.path,
        "queryStringParameters": query,
        "headers": headers,
        **multi_values,
        "body": request.body or "",
        "isBase64Encoded": request.body is not None,
    }


def _lists(headers):
    return {name: [value] for name, value in headers.items()}


def _last_values(query):
    return {name: values[-1] for name, values in query.items()}


SHAPES = {
    "rest": rest,
    "http-api": http_api,
    "function-url": function_url,
    "alb-multi": alb_multi,
    "alb-single": alb_single,
}


def event(shape, number, **fields):
    """As the runtime client hands it over: parsed this moment, so that no two requests share an object."""
    return json.loads(json.dumps(SHAPES[shape](Request(number, **fields))))
