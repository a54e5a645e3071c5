"""A form with a text beyond ASCII and a binary file, as a browser sends it."""

import base64

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) + b"\r\n--almost"


def upload(make, path):
    body = (
        b'--frontier,1\r\nContent-Disposition: form-data; name="title"\r\n\r\n' + "世界".encode() + b"\r\n"
        b'--frontier,1\r\nContent-Disposition: form-data; name="file"; filename="p.png"\r\n'
        b"Content-Type: image/png\r\n\r\n" + PNG + b"\r\n--frontier,1--\r\n"
    )
    return make(
        method="POST",
        path=path,
        headers={"content-type": 'multipart/form-data; boundary="frontier,1"'},
        body=base64.b64encode(body).decode(),
        isBase64Encoded=True,
    )
