"""The text of an uploaded document, told by its content and never by its name.

Runs as a process of its own (``python -m interviews.extraction < file``), started by
``documents.py``: a hostile file can at worst end that process. Imports no Django.
"""

import io
import json
import re
import sys
import unicodedata
import zipfile
from collections.abc import Iterator

CPU_SECONDS = 10
MEMORY_BYTES = 1 << 30
MAX_PAGES = 60
MAX_UNPACKED_BYTES = 60 * 2**20
MAX_ZIP_ENTRIES = 2000

PDF_MAGIC = b"%PDF-"
ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


class Unreadable(Exception):
    """No text can be had. ``code``: unknown, old_office, encrypted, damaged, too_big, no_text."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def extract(data: bytes) -> str:
    """Text of a PDF, DOCX, plain text or Markdown file; raises ``Unreadable``."""
    if PDF_MAGIC in data[:1024]:
        text = pdf_text(data)
    elif data.startswith(ZIP_MAGIC):
        text = docx_text(data)
    elif data.startswith(OLE_MAGIC):
        raise Unreadable("old_office")
    else:
        text = plain_text(data)
    text = tidy(text)
    if not text:
        raise Unreadable("no_text")
    return text


def pdf_text(data: bytes) -> str:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        # Many files are locked against changes only: they open with an empty password.
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("encrypted")
        if len(reader.pages) > MAX_PAGES:
            raise Unreadable("too_big")
        return "\n\n".join(page.extract_text() for page in reader.pages)
    except (DependencyError, FileNotDecryptedError):
        raise Unreadable("encrypted") from None
    except (LimitReachedError, MemoryError, RecursionError):
        raise Unreadable("too_big") from None
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, OSError):
        # pypdf answers broken structure with whatever its parser stumbles over.
        raise Unreadable("damaged") from None


def docx_text(data: bytes) -> str:
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Unreadable("damaged") from None
    if "word/document.xml" not in {entry.filename for entry in entries}:
        raise Unreadable("unknown")
    # zipfile never reads more of an entry than it declares, so the declared sizes are the bound.
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ZIP_ENTRIES or unpacked > MAX_UNPACKED_BYTES:
        raise Unreadable("too_big")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("encrypted")
    try:
        return "\n".join(docx_lines(Document(io.BytesIO(data))))
    except MemoryError:
        raise Unreadable("too_big") from None
    except (OpcError, LxmlError, zipfile.BadZipFile, ValueError, KeyError, AttributeError, OSError):
        raise Unreadable("damaged") from None


def docx_lines(container) -> Iterator[str]:
    """Paragraphs and table rows in reading order; a merged cell is read once."""
    from docx.table import Table

    for item in container.iter_inner_content():
        if not isinstance(item, Table):
            yield item.text
            continue
        for row in item.rows:
            cells = {id(cell._tc): cell for cell in row.cells}
            yield " | ".join(
                " ".join(line for line in docx_lines(cell) if line) for cell in cells.values()
            )


def plain_text(data: bytes) -> str:
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp949"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not UNPRINTABLE.search(text):
            return text
    raise Unreadable("unknown")


def tidy(text: str) -> str:
    """NFC (macOS writes Hangul in parts), no control characters, no runs of empty lines."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = UNPRINTABLE.sub("", text)
    # Lone surrogates come out of broken fonts; no database stores them.
    text = text.encode("utf-8", "ignore").decode("utf-8")
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def main() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        answer = {"text": extract(sys.stdin.buffer.read())}
    except Unreadable as error:
        answer = {"error": error.code}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
