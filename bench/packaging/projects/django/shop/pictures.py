import io

from PIL import Image


def thumbnail(content: bytes) -> bytes:
    image = Image.open(io.BytesIO(content))
    image.thumbnail((160, 160))
    output = io.BytesIO()
    image.save(output, "PNG")
    return output.getvalue()
