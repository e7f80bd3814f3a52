"""Which parts of a story an answer has: situation, task, action, result; pure.

Cues, not understanding: it only steers which of the guide's probes is asked, never a score.
"""

import re

PARTS = ("situation", "task", "action", "result")

_CUES = {
    "situation": (
        r"\b(?:when|while|at the time|back then|last (?:year|month|week|summer|quarter)|ago|"
        r"(?:at|in) my (?:previous|last|former|current)?\s*(?:company|job|team|role)|we were|"
        r"there was|there were|in (?:19|20)\d\d|during)\b|"
        r"당시|그때|때였|했을 때|이었을 때|작년|지난|전에|회사에서|팀에서|상황|있었는데|중이었|년에"
    ),
    "task": (
        r"\b(?:had to|needed to|my (?:job|task|goal|role|responsibility)|responsible for|asked me|"
        r"was asked|the goal|the aim|supposed to|in charge of|deadline|target|the problem)\b|"
        r"해야|목표|과제|맡|담당|요구|요청|책임|마감|문제는|문제였"
    ),
    "action": (
        r"\bi (?:then |also |first |personally |therefore |finally )?(?!was\b|had\b|am\b)"
        r"(?:\w+ed|built|wrote|made|led|took|set|ran|found|went|spoke|told|gave|chose|drew|held|"
        r"did|began|cut|split|put|sat|got|taught|brought|sent|kept)\b|"
        r"(?:했습니다|했어요|했고|하여|만들었|만들어|작성|설계했|개선했|제안했|도입했|분석했|설득|"
        r"조율|나눴|나누었|바꿨|바꾸었|옮겼|고쳤|찾았|확인했|적용했|진행했|추가했)"
    ),
    "result": (
        r"\b(?:as a result|in the end|finally|eventually|outcome|turned out|ended up|which (?:led|"
        r"meant|saved|reduced|cut)|per ?cent|reduced|increased|improved|saved|dropped|faster|fewer|"
        r"grew|won|lost|succeeded|failed|learned|learnt|since then)\b|\d\s*%|"
        r"결과|결국|덕분|퍼센트|줄었|줄였|늘었|늘렸|빨라|개선되|향상|단축|성공|실패|배웠|깨달|달성|감소|증가"
    ),
}
_COMPILED = {part: re.compile(cues, re.IGNORECASE) for part, cues in _CUES.items()}


def parts(text: str) -> set[str]:
    """The parts that ``text`` has a cue of, in either language."""
    return {part for part, cues in _COMPILED.items() if cues.search(text)}


def missing(text: str) -> list[str]:
    """The parts that it has none of, as a probe names them (``star:result``)."""
    there = parts(text)
    return [f"star:{part}" for part in PARTS if part not in there]
