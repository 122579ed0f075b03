"""A photo of a printout, as it may leave the station: pixels and nothing else.

A telephone writes place and time into every photo; the registry refuses those.
"""

import io
import warnings
from pathlib import Path

from PIL import Image, ImageOps

from instruments.station.checklist import ChecklistError

_MOST_BYTES = 30 * 1024 * 1024
_LONGEST_SIDE = 2400
_QUALITY = 85
_FORMATS = ("JPEG", "PNG", "WEBP")


def read_photo(path: Path) -> bytes:
    """A photo drawn anew: upright, JPEG, at most 2400 pixels a side.

    Raises:
        ChecklistError: It cannot be opened, or is no JPEG, PNG or WebP.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ChecklistError(f"{path.name} is larger than {_MOST_BYTES >> 20} MiB")
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS) as photo:
                upright = ImageOps.exif_transpose(photo)
                upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
                seen = upright.convert("RGBA")
    except (
        OSError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        message = f"{path.name} is no JPEG, PNG or WebP that can be read"
        raise ChecklistError(message, "photo_refs") from error
    plain = Image.new("RGB", seen.size, "white")
    plain.paste(seen, mask=seen)
    drawn = io.BytesIO()
    plain.save(drawn, "JPEG", quality=_QUALITY)
    return drawn.getvalue()
