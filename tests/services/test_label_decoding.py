"""Every label on bad paper, turned, before two readers that share no code."""

from collections.abc import Callable
from datetime import UTC, datetime

import cv2
import numpy as np
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from battery_registry.domain.code import mint
from battery_registry.services import labels
from battery_registry.services.label_drawing import DOTS_PER_INCH, label_sheet_pdf
from battery_registry.services.label_sheets import TEMPLATES, get_template
from battery_registry.services.labels import Printer

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOISE_FRAC = 0.05
TURNED_DEGREES = 10
TABLE_PX = 120
Noise = Callable[[Image.Image, np.random.Generator], Image.Image]


def seen(name: str, *, address: str) -> tuple[str, Image.Image]:
    """What a label's symbol says, and the label as a camera sees it."""
    template = get_template(name)
    printer = Printer(base_url=address, signing_key=b"k" * 32, caption="西城检测站")
    (text,) = labels.texts(
        [mint(name[:10].ljust(10).encode())], template=template, printer=printer
    )
    pdf = label_sheet_pdf([text], template=template, made_at=NOW)
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0].render(scale=DOTS_PER_INCH / 72).to_pil().convert("L")
    corner = (template.left_mm, template.top_mm)
    far = (
        template.left_mm + template.label_width_mm,
        template.top_mm + template.label_height_mm,
    )
    box = tuple(round(each / 25.4 * DOTS_PER_INCH) for each in (*corner, *far))
    label = page.crop(box)
    table = Image.new(
        "L", (label.width + 2 * TABLE_PX, label.height + 2 * TABLE_PX), 255
    )
    table.paste(label, (TABLE_PX, TABLE_PX))
    turned = table.rotate(
        TURNED_DEGREES,
        resample=Image.Resampling.BICUBIC,
        expand=True,
        fillcolor=255,
    )
    return text.url, turned


def speckled(image: Image.Image, random: np.random.Generator) -> Image.Image:
    """One pixel in twenty black or white, as a camera's own filter leaves it."""
    pixels = np.array(image)
    hit = random.random(pixels.shape) < NOISE_FRAC
    pixels[hit] = random.choice([0, 255], size=int(hit.sum()))
    return Image.fromarray(pixels).filter(ImageFilter.MedianFilter(3))


def grainy(image: Image.Image, random: np.random.Generator) -> Image.Image:
    """Every pixel off by a twentieth of the range."""
    pixels = np.array(image) + random.normal(0, NOISE_FRAC * 255, image.size[::-1])
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("noise", [speckled, grainy])
@pytest.mark.parametrize("address", ["https://b.example.cn", "http://127.0.0.1:8000"])
@pytest.mark.parametrize("name", TEMPLATES)
def test_two_readers_read_the_very_text(name: str, address: str, noise: Noise) -> None:
    told, image = seen(name, address=address)
    bad = noise(image, np.random.default_rng(20261123))
    assert [found.text for found in zxingcpp.read_barcodes(bad)] == [told]
    assert cv2.QRCodeDetectorAruco().detectAndDecode(np.array(bad))[0] == told
