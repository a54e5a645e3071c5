"""Pictures that people upload."""

from io import BytesIO


def make_thumbnail(file, longest_side: int = 480) -> bytes:
    """A small JPEG of the picture in `file`, turned as the camera held it."""
    from PIL import Image, ImageOps  # here, because most processes never see a picture and start faster without it

    with Image.open(file) as image:
        image.draft("RGB", (longest_side, longest_side))
        image = ImageOps.exif_transpose(image).convert("RGBA")
        image.thumbnail((longest_side, longest_side))
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, mask=image.getchannel("A"))
        output = BytesIO()
        flat.save(output, "JPEG", quality=82, optimize=True)
    return output.getvalue()
