"""Photos of printouts and batteries: what is taken, and what must not be in them.

A telephone writes place, time and owner into a photo. Those never reach the
store: a page's photo is drawn anew from its pixels, a station's own one is
refused as long as it carries them.
"""

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PIL import Image, UnidentifiedImageError

from battery_registry.domain import RegistryError
from battery_registry.services import photo_parts

LARGEST_BYTES: Final = 6 * 1024 * 1024
_MOST_PIXELS: Final = 50_000_000
_LONGEST_SIDE: Final = 2400
_QUALITY: Final = 85
_MEDIA_TYPES: Final = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
}
# Where each format may say more than pixels; colour profiles and sizes are none.
_TELLING: Final = frozenset(
    {"exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop", "mp"}
)

_ORIENTATION: Final = 0x0112
# Exif 3.0, 4.6.5.1.6: how the first row and column stand.
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class NotAPhotoError(RegistryError):
    """It is no JPEG, PNG or WebP, or a damaged one."""

    code = "photo_unreadable"


class PhotoTooLargeError(RegistryError):
    """The photo has too many bytes or pixels."""

    code = "photo_too_large"


class PhotoTellsMoreError(RegistryError):
    """The photo carries place, time or words beside its pixels."""

    code = "photo_tells_more"


def clean(content: bytes, *, field: str) -> bytes:
    """Draw a photo anew: a JPEG of its pixels, upright, and nothing else.

    Args:
        content: As it was sent.
        field: What to name in a refusal.

    Raises:
        NotAPhotoError: It is no photo.
        PhotoTooLargeError: It has more than 6 MiB or 50 million pixels.
    """
    with _opened(content, field) as photo:
        upright = _turned(photo)
        upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
        plain = Image.new("RGB", upright.size, "white")
        seen = upright.convert("RGBA")
        plain.paste(seen, mask=seen)
    drawn = io.BytesIO()
    plain.save(drawn, "JPEG", quality=_QUALITY)
    return drawn.getvalue()


def _turned(photo: Image.Image) -> Image.Image:
    """Turn a photo upright, as far as its own word for that can be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            turn = _TURNS.get(int(photo.getexif().get(_ORIENTATION, 1)))
    except (SyntaxError, OSError, ValueError, TypeError, KeyError, struct.error):
        turn = None
    return photo if turn is None else photo.transpose(turn)


def check(content: bytes, *, field: str) -> str:
    """Check a photo that a station has cleaned itself; returns its media type.

    Raises:
        NotAPhotoError: It is no photo.
        PhotoTooLargeError: It has more than 6 MiB or 50 million pixels.
        PhotoTellsMoreError: It carries more than its pixels.
    """
    with _opened(content, field) as photo:
        # Text chunks of a PNG come as texts, whatever they are called.
        words = {name for name, said in photo.info.items() if isinstance(said, str)}
        telling = (_TELLING & photo.info.keys()) | words
        form = str(photo.format)
        if telling or photo_parts.tells_more(content, form=form):
            raise PhotoTellsMoreError(field=field)
        return _MEDIA_TYPES[form]


@contextmanager
def _opened(content: bytes, field: str) -> Iterator[Image.Image]:
    if len(content) > LARGEST_BYTES:
        raise PhotoTooLargeError(field=field, mib=LARGEST_BYTES >> 20)
    try:
        with warnings.catch_warnings():
            # Pillow warns of many pixels, and of words it cannot read; ours is
            # a refusal, just below.
            warnings.simplefilter("ignore")
            photo = Image.open(io.BytesIO(content), formats=tuple(_MEDIA_TYPES))
        if photo.width * photo.height > _MOST_PIXELS:
            raise PhotoTooLargeError(field=field, mib=LARGEST_BYTES >> 20)
        photo.load()
    except Image.DecompressionBombError as error:
        raise PhotoTooLargeError(field=field, mib=LARGEST_BYTES >> 20) from error
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        struct.error,
        zlib.error,
    ) as error:
        raise NotAPhotoError(field=field) from error
    with photo:
        yield photo
