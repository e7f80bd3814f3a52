"""The packages of requirements-guard.txt themselves, behind our Protocol."""

import subprocess
import sys
from typing import Any

import pytest

from voice.adapters import korcen, profanity_check
from voice.adapters.korcen import Korcen
from voice.adapters.phrases import Phrases
from voice.adapters.profanity_check import ProfanityCheck
from voice.engines import Moderator, Verdict
from voice.panel import Panel


async def test_english_abuse_by_its_probability() -> None:
    moderator: Moderator = ProfanityCheck()
    await moderator.warm()
    verdict = await moderator.judge("you are a fucking asshole", "en")
    assert (verdict.level, verdict.categories) == (1, ("profanity",))
    assert 0.9 < verdict.confidence <= 1
    assert await moderator.judge("I moved our tests to another machine.", "en") == Verdict()
    assert await moderator.judge("  ", "en") == Verdict()
    await moderator.close()


async def test_english_abuse_as_it_is_configured() -> None:
    text = "What the hell was that?"
    share = (await ProfanityCheck(least=0.01).judge(text, "en")).confidence
    assert 0.01 < share < 1
    strict = ProfanityCheck(least=share + 0.001, languages=[])
    assert await strict.judge(text, "ko") == Verdict()
    lenient = ProfanityCheck(least=share - 0.001, level=2, category="harassment", languages=[])
    assert (await lenient.judge(text, "ko")).categories == ("harassment",)
    assert (await lenient.judge(text, "ko")).level == 2
    with pytest.raises(ValueError):
        ProfanityCheck(level=4)


async def test_korean_abuse_by_the_list_that_it_is_in() -> None:
    moderator: Moderator = Korcen()
    await moderator.warm()
    for text, level, categories in [
        ("병신 같은 질문이네요.", 1, ("profanity",)),
        ("ㅅㅂ 이걸 왜 물어봐요", 1, ("profanity",)),
        ("짱깨들이랑은 일 못 해요.", 2, ("discrimination",)),
        ("시발 짱깨들", 2, ("discrimination", "profanity")),
    ]:
        verdict = await moderator.judge(text, "ko")
        assert (verdict.level, verdict.categories) == (level, categories), text
        assert verdict.confidence == 0.5
    assert await moderator.judge("테스트를 추가하고 배포했습니다.", "ko") == Verdict()
    assert await moderator.judge("", "ko") == Verdict()
    await moderator.close()


async def test_korean_abuse_as_it_is_configured() -> None:
    text = "짱깨들이랑은 일 못 해요."
    moderator = Korcen(groups={"race": [3, "hatred"]}, confidence=0.7, languages=["ko", "en"])
    assert await moderator.judge(text, "en") == Verdict(3, ("hatred",), 0.7)
    assert await moderator.judge("병신 같은 질문이네요.", "ko") == Verdict()
    assert await moderator.judge(text, "fr") == Verdict()
    for groups in ({"race": [0, "x"]}, {"check": [1, "x"]}):
        with pytest.raises(ValueError):
            Korcen(groups=groups)


async def test_each_keeps_to_its_language() -> None:
    assert await ProfanityCheck().judge("you are a fucking asshole", "ko") == Verdict()
    assert await Korcen().judge("병신 같은 질문이네요.", "en") == Verdict()


async def test_beside_the_phrase_lists_the_gravest_counts() -> None:
    panel = Panel({"phrases": Phrases(), "en": ProfanityCheck(), "ko": Korcen()})
    await panel.warm()
    assert (await panel.judge("I want to die, you fucking asshole.", "en")).level == 3
    # What only the package finds, rightly or not, is marked too: the price of a panel.
    assert (await Phrases().judge("필요시 발송 시간을 조정했습니다.", "ko")).level == 0
    assert (await panel.judge("필요시 발송 시간을 조정했습니다.", "ko")).level == 1


def test_standard_output_stays_the_processs_own() -> None:
    """The package wraps it for coloured text, and never takes that back."""
    script = (
        "import asyncio, sys; out = sys.stdout\n"
        "from voice.adapters.korcen import Korcen\n"
        "asyncio.run(Korcen().warm()); assert sys.stdout is out"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize(("module", "made"), [(profanity_check, ProfanityCheck), (korcen, Korcen)])
def test_a_package_that_is_not_there_is_named_when_the_process_starts(
    module: Any, made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=rf"{module.PACKAGE}.*requirements-guard\.txt"):
        made()
