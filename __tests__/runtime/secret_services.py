"""Systems Manager and Secrets Manager on loopback, as far as reading goes: both speak AWS JSON 1.1.

Source: the API references of the two, "GetParameters" and "GetSecretValue".
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ACCOUNT = "123456789012"


class Refused(Exception):
    def __init__(self, code, message="it is not allowed"):
        self.answer = {"__type": code, "message": message}


class SecretServices:
    """Context manager. `parameters` and `secrets` are what is stored: text, bytes, or Refused. `calls` are the requests."""

    def __init__(self):
        self.parameters, self.secrets, self.calls = {}, {}, []

    def __enter__(self):
        services = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                region = self.headers["Authorization"].split("/")[2]
                action = self.headers["X-Amz-Target"].rpartition(".")[2]
                services.calls.append((region, action, asked))
                try:
                    status, answer = 200, getattr(services, action)(region, **asked)
                except Refused as refusal:
                    status, answer = 400, refusal.answer
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = "http://127.0.0.1:%d" % self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def environment(self):
        """What points boto3 here."""
        return {
            "AWS_ENDPOINT_URL_SSM": self.address,
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": self.address,
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_CONFIG_FILE": "/nowhere",
            "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def GetParameters(self, region, Names, WithDecryption):
        assert WithDecryption and len(Names) <= 10
        found, missing = [], []
        for asked in Names:
            arn, _, name = asked.partition(":parameter")
            name, _, selector = (name if arn.startswith("arn:") else asked).partition(":")
            value = self.parameters.get(name + (f":{selector}" if selector else ""))
            if isinstance(value, Refused):  # one that is not allowed spoils all
                raise value
            if value is None:
                missing.append(asked)
                continue
            full = f"arn:aws:ssm:{region}:{ACCOUNT}:parameter/{name.lstrip('/')}"
            more = {"Selector": f":{selector}"} if selector else {}
            found.append({"Name": name, "Value": value, "ARN": full, "Type": "SecureString", **more})
        return {"Parameters": found, "InvalidParameters": missing}

    def GetSecretValue(self, region, SecretId):
        value = self.secrets.get(SecretId, Refused("ResourceNotFoundException", "can't find the specified secret"))
        if isinstance(value, Refused):
            raise value
        return {"Name": SecretId, ("SecretBinary" if isinstance(value, bytes) else "SecretString"): _plain(value)}


def _plain(value):
    return "c2VjcmV0" if isinstance(value, bytes) else value
