"""What the shipped phrase lists find, however it is written, and what they leave alone."""

from pathlib import Path

import pytest

from voice.adapters.phrases import Phrases
from voice.engines import Verdict
from voice.errors import EngineError
from voice.moderation import plain, uncovered
from voice.phrases import PhraseList, compiled


async def level(text: str, language: str = "en") -> int:
    return (await Phrases().judge(text, language)).level


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I want to die.", 3),
        ("I'll kill you", 3),
        ("죽고 싶어요", 3),
        ("죽고싶다", 3),
        ("너 죽여버릴 거야", 3),
        ("I know where you live", 2),
        ("You are such an idiot", 2),
        ("여자가 무슨 개발을 해요", 2),
        ("밤길 조심해", 2),
        ("what a bullshit question", 1),
        ("my password is Winter2024", 1),
        ("개새끼 같은 팀장", 1),
        ("900101-1234567", 1),
        ("비번은 qwer1234 예요", 1),
        ("Thank you, that was a good question.", 0),
        ("네, 좋은 질문 감사합니다.", 0),
        ("", 0),
    ],
)
async def test_three_levels_in_two_languages(text: str, expected: int) -> None:
    assert await level(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "f u c k", "f.u.c.k", "fuuuuck", "FUCK", "ｆｕｃｋ", "f\u200bu\u200bc\u200bk", "f**k",
        "fuсk", "fück", "sh1t", "$hit", "5h1t", "b1tch", "a55hole", "씨발", "시 발", "씨 발",
        "시1발", "시.발", "씨@발", "씨이이발", "씨바아알", "ㅅㅂ", "ㅅ ㅂ", "ㅆㅂㅋㅋ",
        "ㅅㅣㅂㅏㄹ", "씨ㅂㅏㄹ", "씨바ㄹ", "병 신", "ㅂㅅ", "ㄱㅅㄲ", "개 새 끼", "ssibal",
        "\u110a\u1175\u1107\u1161\u11af",
    ],
)  # fmt: skip
async def test_hidden_words_are_found(text: str) -> None:
    assert await level(text) == 1
    assert await level(f"그건 {text} 음") == 1
    assert await level(f"well, {text} then") == 1


@pytest.mark.parametrize(
    "text",
    [
        "kill the zombie process", "master/slave replication", "execute the child process",
        "Scunthorpe", "classic assessment of the cocktail and the peacock", "shiitake", "Sussex",
        "I shot myself in the foot", "I'd rather shoot you an email",
        "I will die on that hill, no", "AWS KMS", "I don't want to live in Busan",
        "what doesn't kill you makes you stronger", "the password is hashed", "Dick Johnson",
        "i18n and k8s and e2e", "4111 rows in 1111 ms", "시발점", "시발역", "새끼손가락",
        "새끼발가락", "강아지 새끼들", "다시 발표하겠습니다", "회의 시 발표",
        "프로세스를 죽이고 싶었지만", "서버가 꺼져 있었습니다", "위기가 닥쳐도", "두고 봐야",
        "죽어라 공부했습니다", "모텔 가격", "나랑 자주", "코드를 손봐 주면", "비밀번호는 해시로",
        "십팔 퍼센트", "ㅋㅋ", "ㅎㅎ ㅠㅠ", "날씨 발표", "역시 발전했습니다", "자살 예방 봉사",
        "하나하나 아이의", "씹어 삼켰습니다",
    ],
)  # fmt: skip
async def test_innocent_look_alikes_are_left_alone(text: str) -> None:
    assert await Phrases().judge(text, "ko") == Verdict()


async def test_a_look_alike_does_not_excuse_what_stands_beside_it() -> None:
    assert await level("kill the zombie process and I will kill you") == 3
    assert await level("시발점이고 뭐고 시발") == 1
    assert await level("I would kill myself in the process") == 3


async def test_all_categories_are_named_gravest_first() -> None:
    verdict = await Phrases().judge("I'll kill you, asshole, you are such an idiot", "en")
    assert verdict.level == 3
    assert verdict.categories == ("violence", "harassment", "profanity")
    assert 0 < verdict.confidence <= 1


async def test_what_had_to_be_uncovered_is_less_sure() -> None:
    open_, hidden = [await Phrases().judge(text, "en") for text in ("shit", "s h i t")]
    assert open_.level == hidden.level == 1
    assert open_.confidence > hidden.confidence > 0.5


def test_a_phrase_is_a_row_of_words() -> None:
    pattern = compiled("kill/hurt* ... cat")
    assert pattern.search("kill cat")
    assert pattern.search("hurting the big fat cat")
    assert not pattern.search("killing a cat")
    assert not pattern.search("kill the very big fat cat")
    assert not pattern.search("kill. the cat")
    assert not pattern.search("kill the cats")
    korean = compiled("가만 안 둬")
    assert korean.search("너 가만안둬")
    assert not korean.search("불가만 안 둬")


async def test_own_lists_stand_beside_the_shipped_ones_or_in_their_place(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[[entries]]\nlevel = 2\ncategory = "secret"\nphrases = ["project heron"]', "utf-8"
    )
    both = Phrases(files=[str(own)])
    assert (await both.judge("Project Heron is bullshit", "en")).categories == (
        "secret",
        "profanity",
    )
    alone = Phrases(files=[str(own)], shipped=False)
    assert (await alone.judge("Project Heron is bullshit", "en")).categories == ("secret",)


@pytest.mark.parametrize("text", ["not toml [", '[[entries]]\nlevel = 1\nphrases = ["x"]'])
async def test_a_list_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text(text, "utf-8")
    for files in ([str(broken)], [str(tmp_path / "absent.toml")]):
        with pytest.raises(EngineError, match=r"phrase list (broken|absent)\.toml"):
            await Phrases(files=files).warm()


def test_plain_text_has_one_form() -> None:
    assert plain("Ｃａｆé’s\u200b ㅅㅂ") == "cafe's ㅅㅂ"
    assert uncovered("ㅎㅏㄴㄱㅡㄹ") == "한글"
    assert uncovered("l33t w0rds!") == "leet words!"


def test_without_entries_nothing_is_found() -> None:
    assert PhraseList(()).judge("I want to die") == Verdict()
