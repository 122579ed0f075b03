import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from battery_registry.domain.code import PublicCode, mint, show, url
from battery_registry.services.label_drawing import (
    LabelPlaceError,
    Placing,
    label_sheet_pdf,
    label_sheet_pngs,
    qr_png,
    qr_svg,
)
from battery_registry.services.label_layout import (
    SCAN_LINE_EN,
    SCAN_LINE_ZH,
    LabelText,
    LabelTextRoomError,
    LabelTooSmallError,
    lay_out,
)
from battery_registry.services.label_sheets import (
    TEMPLATES,
    Carries,
    TemplateSizeError,
    UnknownTemplateError,
    check,
    get_template,
    single,
)
from battery_registry.services.qr_symbol import SMALLEST_MODULE_MM
from battery_registry.services.typeface import MM_PER_PT, MissingGlyphError, width_mm

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAGE = Image.Image
ADDRESS = "https://b.example.cn/b/2smt-2xd2-cs6r-rsqt"


def make_label(number: int = 1, *, caption: str = "西城检测站 XC-01") -> LabelText:
    code = mint(number.to_bytes(2) * 5)
    return LabelText(
        code=code, url=url("https://b.example.cn", code=code), caption=caption
    )


def decoded(image: PAGE) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


def rendered(pdf: bytes, *, dots_per_inch: int = 150) -> list[PAGE]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dots_per_inch / 72).to_pil() for page in document]
    finally:
        document.close()


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def test_the_png_decodes_to_the_address_at_level_q() -> None:
    image = Image.open(io.BytesIO(qr_png(ADDRESS)))
    (found,) = zxingcpp.read_barcodes(image)
    assert found.text == ADDRESS
    assert found.ec_level == "Q"


def test_the_png_is_041_modules_with_its_quiet_zone_at_half_a_millimetre() -> None:
    image = Image.open(io.BytesIO(qr_png(ADDRESS, module_px=4)))
    assert image.size == (41 * 4, 41 * 4)
    assert image.info["dpi"] == pytest.approx((203.2, 203.2), abs=0.1)
    for edge in (
        (0, 0, 164, 16),
        (0, 148, 164, 164),
        (0, 0, 16, 164),
        (148, 0, 164, 164),
    ):
        assert image.crop(edge).convert("L").getextrema() == (255, 255)


def test_the_svg_draws_the_very_modules_of_the_png() -> None:
    svg = qr_svg(ADDRESS).decode()
    assert 'width="20.5mm"' in svg
    assert 'viewBox="0 0 41 41"' in svg
    drawn = Image.new("L", (41, 41), 255)
    dark = svg.split("<path")[2]
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", dark)
    assert len(runs) == dark.count("M")
    for column, row, length in runs:
        left, top = int(column), int(row)
        drawn.paste(0, (left, top, left + int(length), top + 1))
    png = Image.open(io.BytesIO(qr_png(ADDRESS, module_px=1))).convert("L")
    assert drawn.tobytes() == png.tobytes()


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_label_of_every_sheet_decodes_to_its_own_address(name: str) -> None:
    template = get_template(name)
    labels = [make_label(n) for n in range(template.columns * template.rows + 1)]
    pdf = label_sheet_pdf(labels, template=template, made_at=NOW)
    first, second = rendered(pdf)
    assert sorted(decoded(first)) == sorted(label.url for label in labels[:-1])
    assert decoded(second) == [labels[-1].url]


@pytest.mark.parametrize("name", TEMPLATES)
def test_labels_stay_on_the_page_and_off_each_other(name: str) -> None:
    sheet = get_template(name)
    assert sheet.column_pitch_mm >= sheet.label_width_mm
    assert sheet.row_pitch_mm >= sheet.label_height_mm
    right_mm = sheet.left_mm + (sheet.columns - 1) * sheet.column_pitch_mm
    bottom_mm = sheet.top_mm + (sheet.rows - 1) * sheet.row_pitch_mm
    assert right_mm + sheet.label_width_mm <= sheet.page_width_mm
    assert bottom_mm + sheet.label_height_mm <= sheet.page_height_mm
    assert 20.5 <= sheet.qr_side_mm <= sheet.label_height_mm
    assert check(sheet) == sheet


def test_the_text_beside_the_qr_can_be_read_and_says_no_result() -> None:
    label = make_label()
    pdf = label_sheet_pdf([label], template=get_template("a4-2x7"), made_at=NOW)
    assert text_of(pdf).splitlines() == [
        show(label.code),
        SCAN_LINE_ZH,
        SCAN_LINE_EN,
        "西城检测站 XC-01",
    ]


def test_a_wide_code_keeps_to_its_line_and_a_long_caption_takes_two() -> None:
    label = LabelText(
        code=PublicCode("wmwmwmwmwmwmwmwm"),
        url=ADDRESS,
        caption="北京市西城区春树馆街道电池检测站（第一检测点） XC-01",  # noqa: RUF001 - Chinese brackets
    )
    pdf = label_sheet_pdf([label], template=get_template("a4-3x7"), made_at=NOW)
    lines = text_of(pdf).splitlines()
    assert lines[0] == "wmwm-wmwm-wmwm-wmwm"
    assert "".join(lines[-2:]) == label.caption


def test_the_printing_is_black_and_white_so_that_no_colour_can_be_misread() -> None:
    pdf = label_sheet_pdf([make_label()], template=TEMPLATES["a4-3x7"], made_at=NOW)
    (page,) = rendered(pdf)
    pixels = page.convert("HSV").getchannel("S").getextrema()
    assert pixels == (0, 0)


def test_a_label_without_a_caption_is_drawn() -> None:
    label = make_label(caption="")
    pdf = label_sheet_pdf([label], template=TEMPLATES["a4-3x7"], made_at=NOW)
    assert decoded(rendered(pdf)[0]) == [label.url]


def test_the_same_labels_make_the_same_file() -> None:
    files = {
        label_sheet_pdf([make_label()], template=TEMPLATES["a4-3x8"], made_at=NOW)
        for _ in range(2)
    }
    assert len(files) == 1


def test_a_character_that_the_font_lacks_is_refused_and_named() -> None:
    label = make_label(caption="ok \N{BATTERY}\N{CJK UNIFIED IDEOGRAPH-9F98}")
    with pytest.raises(MissingGlyphError) as refusal:
        label_sheet_pdf([label], template=TEMPLATES["a4-3x7"], made_at=NOW)
    assert "\N{BATTERY}" in str(refusal.value.params["characters"])


def test_an_address_too_long_for_the_sheet_is_refused_not_shrunk() -> None:
    label = LabelText(
        code=make_label().code, url="https://registry.example.cn/" + "x" * 60
    )
    with pytest.raises(LabelTooSmallError) as refusal:
        label_sheet_pdf([label], template=TEMPLATES["a4-3x8"], made_at=NOW)
    # 87 bytes at level Q: version 8, 49 modules and the quiet zone.
    assert refusal.value.params["needed_mm"] == (49 + 8) * 0.5


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_code_in_letters_stands_on_every_label(name: str) -> None:
    label = make_label()
    pdf = label_sheet_pdf([label], template=get_template(name), made_at=NOW)
    assert show(label.code) in "".join(text_of(pdf).split())


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("code", ["wmwmwmwmwmwmwmwm", "1111111111111111"])
def test_nothing_leaves_its_label_or_lies_on_the_symbol(name: str, code: str) -> None:
    template = get_template(name)
    label = LabelText(code=PublicCode(code), url=ADDRESS, caption="西城检测站 XC-01")
    laid = lay_out(label, template=template)
    side_mm = template.qr_side_mm
    for line in laid.lines:
        right_mm = line.left_mm + width_mm(line.text, size_pt=line.size_pt)
        top_mm = line.baseline_mm - line.size_pt * MM_PER_PT * 0.75
        assert line.left_mm >= 0
        assert right_mm <= template.label_width_mm
        assert line.baseline_mm <= template.label_height_mm
        beside = line.left_mm >= laid.qr_left_mm + side_mm - 4 * laid.module_mm
        assert beside or top_mm >= laid.qr_top_mm + side_mm - 0.01
    assert laid.module_mm >= SMALLEST_MODULE_MM


def test_a_started_sheet_is_used_up_and_a_printers_shift_is_kept() -> None:
    template = get_template("a4-3x8")
    labels = [make_label(number) for number in range(3)]
    placing = Placing(first=23, right_mm=1.5, down_mm=-0.25)
    first, second = label_sheet_pngs(labels, template=template, placing=placing)
    assert decoded(Image.open(io.BytesIO(second))) == [labels[2].url]
    page = Image.open(io.BytesIO(first))
    assert (page.width, page.height) == (2480, 3508)
    found = {each.text: each.position for each in zxingcpp.read_barcodes(page)}
    assert set(found) == {labels[0].url, labels[1].url}
    plain, _ = label_sheet_pngs(labels, template=template, placing=Placing(first=23))
    (unmoved,) = (
        each.position.top_left
        for each in zxingcpp.read_barcodes(Image.open(io.BytesIO(plain)))
        if each.text == labels[0].url
    )
    moved = found[labels[0].url].top_left
    assert moved.x - unmoved.x == pytest.approx(1.5 / 25.4 * 300, abs=2)
    assert moved.y - unmoved.y == pytest.approx(-0.25 / 25.4 * 300, abs=2)


@pytest.mark.parametrize(
    "placing",
    [
        Placing(first=0),
        Placing(first=25),
        Placing(right_mm=20.1),
        Placing(down_mm=float("nan")),
    ],
)
def test_a_place_that_no_page_has_is_refused(placing: Placing) -> None:
    with pytest.raises(LabelPlaceError):
        label_sheet_pdf(
            [make_label()],
            template=get_template("a4-3x8"),
            made_at=NOW,
            placing=placing,
        )


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("columns", {"columns": 4}),
        ("rows", {"rows": 0}),
        ("rows", {"rows": 9}),
        ("label_width_mm", {"label_width_mm": 71.0}),
        ("qr_side_mm", {"qr_side_mm": float("nan")}),
        ("qr_side_mm", {"qr_side_mm": 37.5}),
        ("left_mm", {"left_mm": -1.0}),
        ("page_width_mm", {"page_width_mm": 501.0}),
    ],
)
def test_measures_that_do_not_fit_each_other_are_refused(
    field: str, changes: dict[str, float]
) -> None:
    with pytest.raises(TemplateSizeError) as refusal:
        check(replace(get_template("a4-3x8"), **changes))  # type: ignore[arg-type]  # fields of both kinds
    assert refusal.value.field == field


def test_a_code_without_room_is_refused_not_left_out() -> None:
    template = single(22, 22, qr_side_mm=21, carries=Carries.ADDRESS)
    with pytest.raises(LabelTextRoomError):
        lay_out(make_label(), template=template)


def test_an_unknown_sheet_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownTemplateError) as refusal:
        get_template("a5-1x1")
    assert refusal.value.extra == {"templates": sorted(TEMPLATES)}


def test_the_font_comes_with_its_licence() -> None:
    fonts = Path(__file__).parents[2] / "battery_registry" / "services" / "fonts"
    assert {file.name for file in fonts.glob("*.ttf")} == {"NotoSansSC-Regular.ttf"}
    assert "SIL OPEN FONT LICENSE" in (fonts / "LICENSE-NotoSansSC.txt").read_text(
        encoding="utf-8"
    )
