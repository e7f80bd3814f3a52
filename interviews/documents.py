"""Uploaded résumés and job descriptions: read once for their text, never stored."""

import json
import subprocess
import sys

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

SECONDS = 20

REASONS = {
    "unknown": _(
        "This file is neither a PDF, a DOCX nor a text file, whatever its name says."
        " Save it as one of these, or paste the text instead."
    ),
    "old_office": _(
        "This is an older Word (DOC) or Hangul (HWP) file. Save it as PDF or DOCX,"
        " or paste the text instead."
    ),
    "encrypted": _(
        "This file is protected by a password. Remove the protection, or paste the text instead."
    ),
    "damaged": _(
        "This file is damaged and cannot be opened. Save it again, or paste the text instead."
    ),
    "too_big": _("This file holds too much to read. Paste the part that matters instead."),
    "no_text": _(
        "There is no text in this file: it is empty, or its pages are scanned pictures."
        " Paste the text instead."
    ),
}


def read_document(upload: UploadedFile) -> str:
    """The upload's text; ``ValidationError`` says what to do instead."""
    if upload.size is None or upload.size > settings.MAX_DOCUMENT_BYTES:
        raise ValidationError(
            _(
                "This file is larger than %(limit)s. Choose a smaller one,"
                " or paste the text instead."
            ),
            code="too_large",
            params={"limit": filesizeformat(settings.MAX_DOCUMENT_BYTES)},
        )
    text = extracted(upload.read())
    if len(text) > settings.MAX_DOCUMENT_CHARACTERS:
        raise ValidationError(
            _("This file has more than %(limit)s characters. Paste the part that matters instead."),
            code="too_long",
            params={"limit": f"{settings.MAX_DOCUMENT_CHARACTERS:,}"},
        )
    return text


def extracted(data: bytes) -> str:
    try:
        process = subprocess.run(
            [sys.executable, "-m", "interviews.extraction"],
            input=data,
            capture_output=True,
            cwd=settings.BASE_DIR,
            timeout=SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise ValidationError(REASONS["too_big"], code="too_big") from None
    except subprocess.CalledProcessError as error:
        # Killed by its own limits, or a bug of the reader: either way this file is not for us.
        raise ValidationError(REASONS["damaged"], code="damaged") from error
    answer = json.loads(process.stdout)
    if code := answer.get("error"):
        raise ValidationError(REASONS[code], code=code)
    return answer["text"]
