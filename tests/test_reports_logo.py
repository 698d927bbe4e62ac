"""The logo is a picture or is refused: no other file's bytes, nothing that acts."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path

import pytest

from analysis.errors import AnalysisError
from analysis.page.document import plain_frame, source_of
from analysis.page.typesetter import compile_pdf
from analysis.reports.logo import MAX_BYTES, logo
from analysis.settings import Practice, Settings

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" width="10" '
    'height="10" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'
)
BOX = '<rect width="9" height="9"/>'


def png(width: int = 2, height: int = 2) -> bytes:
    """A small black PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return (
            struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))
        )

    rows = (b"\x00" + b"\x00" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def read(folder: Path, content: bytes | str, name: str = "logo.svg") -> str:
    data = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(data)
    return logo(Settings(practice=Practice(logo=name), folder=folder))


def printed(svg: str) -> bytes:
    """A page with the logo in its head."""
    frame = plain_frame("x", language="en", paper="A4") | {"logo_svg": svg}
    return compile_pdf(source_of(frame, []))


def test_no_logo_is_no_mistake(tmp_path: Path) -> None:
    assert logo(Settings(folder=tmp_path)) == ""


@pytest.mark.parametrize("name", ["logo.svg", "logo.PNG", "logo"])
def test_what_the_file_holds_decides_and_not_its_name(
    tmp_path: Path, name: str
) -> None:
    assert BOX in read(tmp_path, SVG.format(BOX), name)
    assert "data:image/png;base64," in read(tmp_path, png(), name)
    assert printed(read(tmp_path, png(), name)).startswith(b"%PDF")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"client_id,name\nA-1,Zq Jones\n", id="an export"),
        pytest.param(b"\x89PNG Zq", id="only the start of a PNG"),
        pytest.param(b"\xff\xd8\xff Zq", id="only the start of a JPEG"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(b"<html><body>Zq</body></html>", id="a web page"),
        pytest.param(b"", id="empty"),
        pytest.param(b" " * (MAX_BYTES + 1), id="too large"),
        pytest.param(
            b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
            + SVG.format("<text>&b;</text>").encode(),
            id="entities",
        ),
        pytest.param(
            b'<!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
            + SVG.format("<text>&e;</text>").encode(),
            id="entity of a file",
        ),
    ],
)
def test_what_is_no_picture_is_refused_without_its_bytes(
    tmp_path: Path, content: bytes
) -> None:
    with pytest.raises(AnalysisError, match=r"logo\.svg named in settings\.toml") as e:
        read(tmp_path, content)
    assert "Zq" not in str(e.value)


@pytest.mark.parametrize("name", ["none.svg", "folder"])
def test_what_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(AnalysisError, match="is not there"):
        logo(Settings(practice=Practice(logo=name), folder=tmp_path))


@pytest.mark.parametrize(
    "inside",
    [
        '<image xlink:href="http://127.0.0.1:9/x.png" width="9" height="9"/>',
        "<image href='file:///etc/hostname' width='9' height='9'/>",
        '<image href="secret.png" width="9" height="9"/>',
        '<use href="http://127.0.0.1:9/x#y"/>',
        '<a xlink:href="http://127.0.0.1:9/">' + BOX + "</a>",
    ],
)
def test_nothing_outside_the_drawing_is_asked_for(tmp_path: Path, inside: str) -> None:
    svg = read(tmp_path, SVG.format(inside + BOX))
    assert "127.0.0.1" not in svg
    assert "file:" not in svg
    assert "secret" not in svg
    assert printed(svg).startswith(b"%PDF")


def test_a_drawing_within_the_drawing_leads_nowhere_either(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(png(40, 40))
    inner = SVG.format(f'<image href="{tmp_path}/secret.png" width="9" height="9"/>')
    coded = base64.b64encode(inner.encode()).decode()
    outer = '<image width="9" height="9" href="data:image/svg+xml;base64,{}"/>'
    empty = base64.b64encode(SVG.format("").encode()).decode()
    pages = [
        printed(read(tmp_path, SVG.format(outer.format(part))))
        for part in (coded, empty)
    ]
    assert b"/Subtype/Image" not in pages[0].replace(b" ", b"")
    assert abs(len(pages[0]) - len(pages[1])) < 50
