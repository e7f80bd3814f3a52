import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from interviews.documents import read_document
from interviews.tests.documents import pdf, word, zip_bomb


def read(data: bytes, name: str = "resume.pdf") -> str:
    return read_document(SimpleUploadedFile(name, data))


def refusal(data: bytes, name: str = "resume.pdf") -> str | None:
    with pytest.raises(ValidationError) as caught:
        read(data, name)
    return caught.value.code


def test_a_pdf_is_read():
    assert read(pdf("Ten years of Python")) == "Ten years of Python"


def test_a_word_file_is_read_with_its_tables():
    data = word("홍길동 이력서", row=("2019–2024", "백엔드 개발자"))
    assert read(data, "resume.docx") == "홍길동 이력서\n2019–2024 | 백엔드 개발자"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_korean_text_is_read_in_every_usual_encoding(encoding):
    assert read("지원 동기\r\n면접".encode(encoding), "resume.txt") == "지원 동기\n면접"


def test_hangul_written_in_parts_is_joined():
    assert read(unicodedata.normalize("NFD", "이력서").encode(), "resume.md") == "이력서"


def test_the_content_counts_and_not_the_name():
    assert read(word("A Word file"), "resume.pdf") == "A Word file"
    assert refusal(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "resume.pdf") == "unknown"
    assert refusal(b"MZ\x90\0\x03\0\0\0", "resume.docx") == "unknown"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(pdf("secret", password="1234"), "encrypted", id="encrypted"),
        pytest.param(pdf(), "no_text", id="scanned"),
        pytest.param(b"", "no_text", id="empty"),
        pytest.param(b"%PDF-1.7\n%%broken", "damaged", id="broken PDF"),
        pytest.param(word("whole")[:400], "damaged", id="cut DOCX"),
        pytest.param(zip_bomb(), "too_big", id="zip bomb"),
        pytest.param(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old_office", id="DOC or HWP"
        ),
        pytest.param(b"word " * 5000, "too_long", id="too long"),
        pytest.param(b"x" * (5 * 2**20 + 1), "too_large", id="too large"),
    ],
)
def test_a_file_that_cannot_serve_is_refused_by_its_reason(data, code):
    assert refusal(data) == code
