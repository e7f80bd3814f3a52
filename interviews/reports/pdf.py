"""The report as a PDF, in Pretendard, which has both scripts and is embedded in the file."""

import io
from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext
from reportlab.graphics.shapes import Circle, Drawing, Group, Line, Polygon, Rect, String
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer

from interviews.reports.radar import Radar
from interviews.reports.report import CompetencyResult, Report
from interviews.templatetags.interview import interviewer_name, moment, paragraphs

FOLDER = Path(settings.BASE_DIR) / "static" / "vendor" / "pretendard-1.3.9-ttf"
REGULAR, BOLD = "Pretendard", "Pretendard-Bold"
INK, SOFT, ACCENT, LINE = map(HexColor, ("#1b1e22", "#585d66", "#12608f", "#d5d1c8"))
WIDTH = A4[0] - 40 * mm


class FontsMissing(Exception):
    """The fonts that the PDF needs are not installed (``make`` copies them from npm)."""


@cache
def _fonts() -> None:
    try:
        pdfmetrics.registerFont(TTFont(REGULAR, FOLDER / "Pretendard-Regular.ttf"))
        pdfmetrics.registerFont(TTFont(BOLD, FOLDER / "Pretendard-Bold.ttf"))
    except (OSError, TTFError) as error:
        raise FontsMissing(str(error)) from error
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR)


def pdf(report: Report) -> bytes:
    """A4, in the reader's language. Raises ``FontsMissing``."""
    _fonts()
    made = io.BytesIO()
    title = str(report.interview.snapshot["title"])
    document = SimpleDocTemplate(
        made,
        pagesize=A4,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        topMargin=18 * mm,
        bottomMargin=18 * mm,
        title=title,
        author=str(report.interview.candidate),
        lang=get_language() or "en",
    )
    document.build(list(_flow(report, title)), onFirstPage=_foot, onLaterPages=_foot)
    return made.getvalue()


def _style(name: str, **changes: Any) -> ParagraphStyle:
    values = {"fontName": REGULAR, "fontSize": 10, "leading": 15, "textColor": INK, **changes}
    return ParagraphStyle(name, **values)


BODY = _style("body", spaceAfter=4)
NOTE = _style("note", fontSize=8.5, leading=12, textColor=SOFT, spaceAfter=3)
TITLE = _style("title", fontName=BOLD, fontSize=20, leading=26, spaceAfter=2)
HEADING = _style("heading", fontName=BOLD, fontSize=13, leading=18, spaceBefore=14, spaceAfter=5)
NAME = _style("name", fontName=BOLD, fontSize=11, leading=16, spaceBefore=9, spaceAfter=1)
QUESTION = _style("question", fontName=BOLD, spaceBefore=4)
QUOTE = _style(
    "quote", leftIndent=10, borderColor=ACCENT, textColor=INK, fontSize=9.5, leading=14,
    spaceAfter=3,
)  # fmt: skip


def _text(words: object, style: ParagraphStyle = BODY) -> Paragraph:
    return Paragraph(escape(str(words)).replace("\n", "<br/>"), style)


def _flow(report: Report, title: str) -> Iterator[Flowable]:
    interview = report.interview
    for_candidate = report.audience == "candidate"
    audience = gettext("Report for the candidate") if for_candidate else ""
    yield _text(audience or gettext("Report for the reviewer"), NOTE)
    yield _text(title, TITLE)
    facts = [
        interview.candidate.name or interview.candidate.email,
        gettext("with %(name)s") % {"name": interviewer_name(interview)},
        moment(interview.started_at) if interview.started_at else "",
    ]
    yield _text(" · ".join(filter(None, facts)), NOTE)
    if interview.summary:
        yield _text(gettext("Summary"), HEADING)
        for question, text in paragraphs(interview.summary):
            yield KeepTogether(
                [_text(question, QUESTION), _text(text)] if question else [_text(text)]
            )
    if report.sees == "transcript":
        yield _text(
            gettext(
                "Of this interview the candidate is shown the transcript; how it is judged is not"
                " part of this report."
            )
        )
    if radar := report.radar:
        yield _text(gettext("At a glance"), HEADING)
        yield _radar(radar)
    if strengths := report.strengths:
        yield _text(gettext("Strengths"), HEADING)
        for each in strengths:
            yield _text(f"{each.name}: {each.anchor}" if each.anchor else each.name)
    if timeline := report.timeline:
        yield _text(gettext("Timeline"), HEADING)
        for step in timeline:
            line = f"{step['clock']}  {step['text']} ({step['length']})"
            yield KeepTogether([_bar(step["x"], step["width"]), _text(line, NOTE), Spacer(1, 3)])
    if report.shown:
        yield _text(gettext("Competencies and evidence"), HEADING)
        yield _text(
            gettext(
                "Every level rests on words that were said. Voice, face, accent and pauses are not"
                " judged. A person decides what follows from it."
            ),
            NOTE,
        )
        for each in report.shown:
            yield from _competency(report, each)
    yield from _unassessed(report)


def _competency(report: Report, each: CompetencyResult) -> Iterator[Flowable]:
    head = [_text(each.name, NAME)]
    if each.hidden:
        head.append(
            _text(
                gettext(
                    "Ratings are blind here: levels of this competency are shown once yours is in."
                ),
                NOTE,
            )
        )
    elif each.level and each.levels_shown:
        level = gettext("Level %(level)s of 5") % {"level": each.level}
        head.append(_text(f"{level}. {each.anchor}".strip()))
        head.append(_text(_origin(each), NOTE))
    elif each.levels_shown and each.reason:
        head.append(_text(f"{gettext('Not assessed')}: {each.reason}", NOTE))
    yield KeepTogether(head)
    if report.audience == "reviewer" and not each.hidden:
        if each.disagrees:
            levels = ", ".join(str(level or "–") for level in each.passes)
            yield _text(f"{gettext('Two independent readings differ:')} {levels}", NOTE)
        if each.tampered:
            words = gettext("Words in the answers speak to the scorer. They were left out.")
            yield _text(words, NOTE)
    if each.rationale and each.levels_shown and not each.hidden:
        yield _text(each.rationale)
    for point in each.points:
        mark = "✓" if point["covered"] else "–"
        yield _text(f"{mark} {point['text']}", NOTE)
    for evidence in each.evidence:
        yield _text(f"“{evidence.quote}” ({evidence.clock})", QUOTE)
    for rating in each.ratings:
        blind = f" · {gettext('blind')}" if rating.blind else ""
        who = f"{rating.level or '–'} · {rating.reviewer or '–'} · {moment(rating.created_at)}"
        yield _text(f"{who}{blind}: {rating.reason}", NOTE)


def _origin(each: CompetencyResult) -> str:
    if each.by_person:
        given = gettext("Given by a reviewer")
        if each.model_level:
            told = gettext("the model gave %(level)s") % {"level": each.model_level}
            return f"{given} · {told}"
        return given
    given = gettext("Given by a model")
    if each.percent is None:
        return given
    return f"{given} · " + gettext("confidence %(percent)s %%") % {"percent": each.percent}


def _unassessed(report: Report) -> Iterator[Flowable]:
    if not report.unassessed and not report.flaws:
        return
    yield _text(gettext("What could not be assessed"), HEADING)
    for each in report.unassessed:
        yield _text(f"{each.name}: {each.reason}")
    for flaw in report.flaws:
        yield _text(f"{flaw['clock']}  {flaw['reason']}", NOTE)


def _radar(radar: Radar) -> Drawing:
    height = 2.7 * radar.radius
    drawing = Drawing(WIDTH, height)
    # A page counts y downward, a PDF upward.
    chart = Group(transform=(1, 0, 0, -1, WIDTH / 2, height / 2))
    for ring in radar.rings:
        flat = [number for point in ring for number in point]
        chart.add(Polygon(flat, fillColor=None, strokeColor=LINE, strokeWidth=0.6))
    for axis in radar.axes:
        chart.add(Line(0, 0, axis.tip_x, axis.tip_y, strokeColor=LINE, strokeWidth=0.6))
    if len(radar.shape) > 2:
        flat = [number for point in radar.shape for number in point]
        fill = Color(ACCENT.red, ACCENT.green, ACCENT.blue, alpha=0.2)
        chart.add(Polygon(flat, fillColor=fill, strokeColor=ACCENT, strokeWidth=1.5))
    for axis in radar.axes:
        if axis.level:
            chart.add(Circle(axis.x, axis.y, 3, fillColor=ACCENT, strokeColor=None))
    drawing.add(chart)
    for axis in radar.axes:
        drawing.add(
            String(
                WIDTH / 2 + axis.label_x,
                height / 2 - axis.label_y - 3,
                f"{axis.label} · {axis.level or '–'}",
                fontName=REGULAR,
                fontSize=9,
                fillColor=INK,
                textAnchor=axis.anchor,
            )
        )
    return drawing


def _bar(x: float, width: float) -> Drawing:
    drawing = Drawing(WIDTH, 5)
    drawing.add(Rect(0, 0, WIDTH, 4, fillColor=LINE, strokeColor=None))
    drawing.add(
        Rect(WIDTH * x / 100, 0, WIDTH * width / 100, 4, fillColor=ACCENT, strokeColor=None)
    )
    return drawing


def _foot(canvas: Any, document: Any) -> None:
    canvas.saveState()
    canvas.setFont(REGULAR, 8)
    canvas.setFillColor(SOFT)
    canvas.drawRightString(A4[0] - 20 * mm, 10 * mm, str(document.page))
    canvas.restoreState()
