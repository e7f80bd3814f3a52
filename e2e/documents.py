"""Documents as candidates upload them, made where they are needed."""

import io
from collections.abc import Sequence
from pathlib import Path

import docx
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas


def pdf(path: Path, lines: Sequence[str]) -> Path:
    """In the PDF's own fonts, which have no Hangul."""
    page = canvas.Canvas(str(path), pagesize=A4)
    for number, line in enumerate(lines):
        page.drawString(60, 780 - 40 * number, line)
    page.save()
    return path


def word(path: Path, lines: Sequence[str]) -> Path:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    made = io.BytesIO()
    document.save(made)
    path.write_bytes(made.getvalue())
    return path


def text(path: Path, lines: Sequence[str]) -> Path:
    path.write_text("\n\n".join(lines), encoding="utf-8")
    return path
