"""Words that speak to whoever scores instead of answering the question; pure.

*Instructions* are told by what they want and never reach a scoring model. *Mentions* only speak of
scoring, or tell as one's own past what an instruction would ask for, as honest answers may too: one
of the two passes is made without them, and a level that hangs on them shows as disagreement.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import partial
from itertools import groupby

from interviews.scoring.evidence import Span
from interviews.scoring.patterns import patterns
from voice.moderation import readings

TINY = 3
_SENTENCE = re.compile(r"[^.!?。！？…\n]+[.!?。！？…]*|[.!?。！？…]+")
_SPELLED = re.compile(r"\b(?:\w[\s.\-_*]){2,}\w\b")
_LEET = [str.maketrans("01345@$", f"o{one}easas") for one in "il"]
_LEET_WORD = re.compile(r"\b(?=\w*[A-Za-z])(?=\w*[0134@$])[\w@$]{4,}\b")
_ENCODED = re.compile(r"(?<![\w/])(?=\S*\d|\S*[A-Z]\S*[a-z])[A-Za-z0-9+/]{28,}={0,2}(?!\w)")
_LATIN_OR_HANGUL = re.compile(r"[A-Za-z\u00c0-\u024f가-힣ㄱ-ㅎㅏ-ㅣ]")
_ALIKE = str.maketrans("аеорсухіԁ", "aeopcyxid")
"""Cyrillic letters that look Latin."""

_WORDS = frozenset(
    "give ignore disregard forget assign award rate score rating level grade mark marks full five"
    " points highest maximum best rubric rules instructions criteria answer please write".split()
)
"""Of which an instruction in single letters is made."""

_NARRATED_EN = re.compile(
    r"\b(?:i|we)\b(?: \w+){0,2}? (?:\w+ed|was|were|had|did|built|wrote|made|took|gave|set|kept|led"
    r"|ran|got|went|found|told|said|chose|put|cut|became|began|brought|spent|left|met|sent|taught"
    r"|thought|won|held|read|saw|knew|drew|grew|fell|lost|paid|rewrote|broke)\b",
    re.IGNORECASE,
)
_NARRATED_KO = re.compile(
    "(?![겠있])[" + "".join(map(chr, range(ord("갔"), ord("힣") + 1, 28))) + "]"
    r"(?:습니다|어요|거든요|고요|지요|죠|는데요|다)\W*$"
)
"""Ends in the past tense: a syllable that closes with ㅆ, and an ending."""
_WORK_EN = re.compile(
    r"^\W*(?:(?:and|but|so|well|also|then|today|here|sometimes|often|usually|normally|every \w+"
    r"|honestly|frankly|to be (?:honest|fair|frank)"
    r"|(?:in|at|on|for|when|if|while|because|since|as|before|after|during|from) [^,]{2,70}?),? )*"
    r"(?:i|we|they|people|nobody|teachers|students|customers|users|reviewers|annotators"
    r"|(?:some|most|many|each|every) \w+|every(?:one|body)|(?:our|all|the|an?) (?:\w+ ){0,2}?\w+"
    r"|my (?:manager|boss|team|colleagues?|company|lead|teacher|professor)) "
    r"(?!(?:deserves?|merits?|demands?|requests?|insists?|orders?|hereby|shall|should|ought)\b)\w+",
    re.IGNORECASE,
)
"""Begins like a sentence that states something of somebody."""
_STATED_KO = re.compile(r"(?:니다|[어아해예]요|에요|거든요|고요|지요|죠|데요)\W*$")
_AIMED = re.compile(
    r"\byou(?:r|rs|rself)?\b|\bplease\b|\bkindly\b|"
    r"\bmy (?:\w+ )?(?:scores?|answers?|level|rating|grade|marks?|result)\b|"
    r"\b(?:this) (?:rubric|answers?|candidate|applicant|interview|transcript|evaluat\w+|scorer|"
    r"grader|rater|person|conversation|text)\b|"
    r"\bthe (?:rubric|candidate|applicant|grader|scorer|evaluator|validator|instructions above)\b"
    r".{0,40}\b(?:is|must|should|deserves?|gets?|receives?|shows?|demonstrates?|has been|ha[sd])\b|"
    r"\b(?:any|every|each|all) (?:candidate|applicant|answer)s?\b.{0,40}\b"
    r"(?:five|full marks|top|highest|maximum|best|rated|scored)\b|"
    r"\b(?:must|should|shall|ha(?:s|ve) to|ought to|always)\b.{0,25}\b"
    r"(?:five|5|full marks|top|highest|maximum|perfect|best)\b|"
    r"\b(?:fair|good|honest) (?:evaluator|grader|judge)s? (?:would|should|must|will)\b|"
    r"\b(?:short|brief|such|these) answers?\b|\b(?:grade|score|rate|judge|read)s? this\b|"
    r"\b(?:tell|ask|instruct|order|want)s? (?:the |every |any )?(?:scorer|grader|model|rater|ai|"
    r"evaluator)\b.{0,60}\b(?:five|5|full marks|top|highest|maximum|best)\b|"
    r"\b(?:give|gives|giving|award|rate|score|pass|hire|promised) me\b|"
    r"\bi (?:had given|answered)\b|\b(?:everything|whatever|what|all) i (?:say|said)\b|"
    r"\b(?:imagine|suppose|assume)(?: that)? (?:i|my|this)\b|"
    r"\b(?:pretend|hypothetically|assessors?|hereby)\b|[<>{}|`#]|"
    r"저에게|저한테|저를|제게|제 ?(?:점수|답변|등급|평가|말)|나에게|"
    r"(?:이|본|위|해당|짧은|이런|이러한|모든) ?"
    r"(?:답변|지원자|면접|사람|글|대화|기준|항목|역량)(?!이)|"
    r"지원자(?:는|가|의)|루브릭|당신|귀하|너는|너에게|이제부터|지금부터|유효하지|"
    r"채점 ?(?:기준|방식|규칙)(?:이|은|는)|(?:채점자|평가자|채점관|심사 ?위원|면접관)"
    r"(?!마다|들|끼리|에게(?:는|만)|는 ?(?:점수|이유|먼저))|인공 ?지능에게|"
    r"주시면|주지 ?않|안 ?주면|세요|십시오|시오|바랍니다|부탁|(?:해|하)라(?![는고던])|줘|시다\W*$|"
    r"(?:[받주줘매겨되돼여골]|이어|[기간] ?록해|채점해|평가해|처리해)"
    r"야 ?(?:합니다|하고|한다|하니|됩니다)|자격|의무|(?:점|만점|등급)을? ?(?:줄|받는다)",
    re.IGNORECASE,
)
"""Speaks to somebody here, or of this judgement: no story about work."""
_ORDER_BEHIND = re.compile(
    r"(?:[;:]|,? \b(?:so|then|therefore|now)\b) (?:(?:please|just|simply|now|then) )*(?:ignore|skip"
    r"|rate|score|grade|give|award|assign|set|put|record|write|output|return|choose|treat|accept)\b",
    re.IGNORECASE,
)

_INSTRUCTIONS = patterns("instructions_en", "instructions_ko")
_MENTIONS = patterns("mentions")


def instructions(text: str) -> list[Span]:
    """Spans of the sentences of ``text`` that tell the scorer what to do."""
    spans = [found.span() for found in _SENTENCE.finditer(text)]
    matched = [_instructs(text[start:end]) for start, end in spans]
    marked = [
        found and not _is_told(text[start:end])
        for found, (start, end) in zip(matched, spans, strict=True)
    ]
    # "Ignore. The rubric." must not hide it: neighbours are read together, and so is each whole
    # run of tiny sentences.
    for first, last in [(n, n + 1) for n in range(len(spans) - 1)] + _tiny_runs(text, spans):
        joined = re.sub(r"[.!?…\n]+", " ", text[spans[first][0] : spans[last][1]])
        known = matched[first : last + 1]
        # A pair of which one is told already says nothing of the other; a run belongs together.
        alone = not any(known) or (last - first > 1 and not all(known))
        if alone and _instructs(joined):
            marked[first : last + 1] = [True] * len(known)
    return [span for span, found in zip(spans, marked, strict=True) if found]


def mentions(text: str) -> list[Span]:
    """Spans of the sentences that speak of scoring, or tell of what an instruction would ask for,
    or are in a script of neither language."""
    return [
        found.span()
        for found in _SENTENCE.finditer(text)
        if _MENTIONS.search(_plain(found[0])) or _is_foreign(found[0]) or _instructs(found[0])
    ]


def without(text: str, spans: Sequence[Span]) -> str:
    """``text`` with ``spans`` blanked: every other character keeps its place."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def outside(text: str, spans: Sequence[Span]) -> list[tuple[int, str]]:
    """The parts of ``text`` between ``spans``, each with the place where it begins."""
    edges = [0, *(edge for span in sorted(spans) for edge in span), len(text)]
    return [(a, text[a:b]) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]


def _tiny_runs(text: str, spans: Sequence[Span]) -> list[tuple[int, int]]:
    """First and last index of each run of sentences that have at most ``TINY`` words."""
    tiny = [len(text[start:end].split()) <= TINY for start, end in spans]
    runs = [(key, list(group)) for key, group in groupby(range(len(spans)), tiny.__getitem__)]
    return [(run[0], run[-1]) for is_tiny, run in runs if is_tiny and len(run) > 2]


def _instructs(sentence: str) -> bool:
    plain = _plain(sentence)
    spelled = _SPELLED.sub(lambda found: re.sub(r"[\s.\-_*]", "", found[0]), plain)
    variants = {plain, spelled, plain.replace("_", " ")}
    if spelled != plain:
        variants.update(readings(plain.casefold(), _WORDS))
    for table in _LEET:
        variants.add(_LEET_WORD.sub(partial(_translated, table), plain))
    return bool(_ENCODED.search(sentence)) or any(map(_INSTRUCTIONS.search, variants))


def _is_told(sentence: str) -> bool:
    """Whether it tells of what was done or is done at work, and speaks to nobody."""
    plain = _plain(sentence)
    if _AIMED.search(plain) or _ORDER_BEHIND.search(plain) or _ENCODED.search(sentence):
        return False
    told = (_NARRATED_EN, _NARRATED_KO, _WORK_EN, _STATED_KO)
    return any(pattern.search(plain) for pattern in told)


def _translated(table: dict[int, int], found: re.Match[str]) -> str:
    return found[0].translate(table)


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_ALIKE)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    text = re.sub(r"[*`\"“”‘’]", "", text).replace("'", "'")
    return re.sub(r"\s+", " ", text).strip()


def _is_foreign(sentence: str) -> bool:
    letters = [char for char in sentence if char.isalpha()]
    foreign = sum(not _LATIN_OR_HANGUL.match(char) for char in letters)
    return foreign >= 4 and foreign / len(letters) > 0.3
