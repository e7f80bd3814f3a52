"""How Korean reads out what is not Hangul: numbers with their counters, Latin words, signs; pure.

``read("API 3개, 99.9%")`` -> ``"에이피아이 세 개, 구십구 점 구 퍼센트"``
"""

import re
import unicodedata
from pathlib import Path

_DIGITS = "영일이삼사오육칠팔구"
_PLACES = ("", "십", "백", "천")
_MYRIADS = ("", "만", "억", "조", "경")
_NATIVE_ONES = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")
_NATIVE_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
_LARGEST_NATIVE = 99

_SINO_COUNTER = "개월|분의|주일"
_NATIVE_COUNTER = "번째|시간|가지|군데|마리|사람|차례|개|명|번|시|살|달|권|잔|대|장|곳|배|줄|팀"

_NUMBER = re.compile(
    rf"(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.(?P<fraction>\d+))?"
    rf"(?:\s?(?:(?P<sino>{_SINO_COUNTER})|(?P<native>{_NATIVE_COUNTER}))|(?P<unit>[a-zA-Z]{{1,2}}\b)?)"
)
_MONTHS = {"6월": "유월", "10월": "시월"}
_MONTH = re.compile(r"(?<!\d)(?:6|10)월")
_RANGE = re.compile(r"(?<=\d)\s?[~∼–]\s?(?=\d)")
_PHONE = re.compile(r"(?<!\d)0\d+(?:-\d+)+|(?<![\d.,])0\d+")

_UNITS = {
    "ms": "밀리초", "s": "초", "kg": "킬로그램", "g": "그램", "km": "킬로미터", "m": "미터",
    "cm": "센티미터", "mm": "밀리미터", "KB": "킬로바이트", "MB": "메가바이트", "GB": "기가바이트",
    "TB": "테라바이트", "K": "케이", "M": "엠", "D": "디",
}  # fmt: skip
_SIGNS = {
    "%": " 퍼센트", "&": " 앤드 ", "@": " 골뱅이 ", "=": " 는 ", "℃": " 도", "₩": "원 ",
    "$": "달러 ",
    "/": " ", "·": ", ", "→": ", ", "~": ", ", "–": ", ", "—": ", ", "。": ".",
}  # fmt: skip

_LETTERS = {
    "a": "에이", "b": "비", "c": "씨", "d": "디", "e": "이", "f": "에프", "g": "지", "h": "에이치",
    "i": "아이", "j": "제이", "k": "케이", "l": "엘", "m": "엠", "n": "엔", "o": "오", "p": "피",
    "q": "큐", "r": "알", "s": "에스", "t": "티", "u": "유", "v": "브이", "w": "더블유",
    "x": "엑스", "y": "와이", "z": "제트",
}  # fmt: skip
_TABLE = Path(__file__).with_name("latin_words.tsv").read_text(encoding="utf-8")
WORDS = dict(line.split("\t") for line in _TABLE.splitlines() if not line.startswith("#"))
"""Latin words of interviews that are said as words; keys in lower case."""

_LATIN = re.compile(r"(?i)c\+\+|c#|\.net\b|node\.js|[a-z]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def read(text: str) -> str:
    """``text`` with all that is not Hangul or punctuation spelled out in Hangul."""
    text = unicodedata.normalize("NFKC", text)
    text = _MONTH.sub(lambda match: _MONTHS[match[0]], text)
    text = _RANGE.sub("에서 ", text)
    text = _PHONE.sub(lambda match: _one_by_one(match[0]), text)
    text = _NUMBER.sub(_number, text)
    text = _LATIN.sub(lambda match: _latin(match[0]), text)
    return "".join(_SIGNS.get(character, character) for character in text)


def sino(number: int) -> str:
    """``2024`` -> ``이천이십사``, the myriads apart; digit by digit above 경."""
    if number == 0:
        return _DIGITS[0]
    if number >= 10 ** (4 * len(_MYRIADS)):
        return _one_by_one(str(number))
    groups = []
    for myriad in _MYRIADS:
        number, group = divmod(number, 10_000)
        if group:
            said = "" if group == 1 and myriad == "만" and not number else _up_to_myriad(group)
            groups.append(said + myriad)
    return " ".join(reversed(groups))


def native(number: int) -> str:
    """``21`` -> ``스물한``, as before a counter; 1 to 99."""
    tens, ones = divmod(number, 10)
    if number == 20:
        return "스무"
    return _NATIVE_TENS[tens] + _NATIVE_ONES[ones]


def _up_to_myriad(number: int) -> str:
    said = ""
    for place, digit in zip(_PLACES, map(int, reversed(str(number))), strict=False):
        if digit:
            said = ("" if digit == 1 and place else _DIGITS[digit]) + place + said
    return said


def _one_by_one(digits: str) -> str:
    return "".join("공" if d == "0" else _DIGITS[int(d)] if d.isdigit() else " " for d in digits)


def _number(match: re.Match[str]) -> str:
    number, counter = int(match["digits"].replace(",", "")), match["native"]
    if match["fraction"]:
        said = f"{sino(number)} 점 " + "".join(_DIGITS[int(d)] for d in match["fraction"])
    elif (number, counter) == (1, "번째"):
        said = "첫"
    elif counter and _is_native(number, counter):
        said = native(number)
    else:
        said = sino(number)
    unit = match["unit"] or ""
    after = counter or match["sino"] or _UNITS.get(unit)
    return f"{said} {after}" if after else said + unit


def _is_native(number: int, counter: str) -> bool:
    if counter == "대" and number % 10 == 0:
        return False  # an age group: 삼십 대
    return 1 <= number <= (12 if counter == "시" else _LARGEST_NATIVE)


def _latin(word: str) -> str:
    if said := WORDS.get(word.lower()):
        return said
    humps = _HUMP.split(word)
    if len(humps) > 1:
        return " ".join(map(_latin, humps))
    # Ignoring case, a pattern's a-z also takes "İ" and "ſ", which have no name here.
    return "".join(_LETTERS.get(letter, "") for letter in word.lower())
