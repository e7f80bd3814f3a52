"""What the shipped phrase lists find, however it is written, and what they leave alone."""

from pathlib import Path

import pytest

from voice.adapters.phrases import Phrases
from voice.engines import Verdict
from voice.errors import EngineError
from voice.moderation import plain, readings
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
        "\u110a\u1175\u1107\u1161\u11af", "a b i t c h", "a s s h o l e", "fսck", "시ㅣ발", "쉬발",
        "개섀끼", "개색기", "ㅄ", "fvck", "fvcking", "fuc k", "fu ck", "sh it", "f*ck", "phuck",
        "F U C K THIS", "fuuuccckk", "ㅅ1ㅂ", "쉬이발", "개 ㅅ ㄲ", "병~신", "ㅆ ㅣ ㅂ ㅏ ㄹ",
        "존ㄴㅏ", "ㅈ같네",
        "c발", "씨8", "tlqkf", "sibal",
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
        "하나하나 아이의", "씹어 삼켰습니다", "K I L L switch", "D I C K S O N", "S H I T A L",
        "A S S E S S M E N T", "therapist", "cockpit", "push it", "a bit chaotic", "as s3",
        "sizes s and m",
        "C 발포정", "에밀 졸라의 소설", "허리띠를 졸라매고", "죽어라 뛰어다니며", "나가 죽전역까지",
        "조까지",
        "개 세 끼 사료", "영향을 미친 거 아니냐고", "ㅂ, ㅈ, ㄷ, ㄱ, ㅅ 키를", "ㄱ ㄴ ㄷ 순서",
        "Qt", "works",
    ],
)  # fmt: skip
async def test_innocent_look_alikes_are_left_alone(text: str) -> None:
    assert await Phrases().judge(text, "ko") == Verdict()


@pytest.mark.parametrize(
    "text",
    [
        "자살 시도를 한 환자를 돌봤습니다", "자해를 한 학생을 상담했습니다",
        "스스로 목숨을 끊은 사건을 취재했습니다", "한강에 뛰어들어 사람을 구했습니다",
        "고객이 죽여 버리겠다고 협박했지만 참았습니다", "강도가 칼을 들고 가게에 찾아왔습니다",
        "적을 죽이고 싶게 만드는 게임", "사람을 죽이는 게임", "가만히 두지 않고 개선했습니다",
        "살기 싫은 동네를 살고 싶은 동네로", "The caller said I want to die",
        "a customer told me I will kill you", "somebody brought a knife to our school",
        "I could have wanted to die of embarrassment", "my life cycle assessment",
    ],
)  # fmt: skip
async def test_work_with_danger_is_none(text: str) -> None:
    """An interview must not end on what a nurse, a counsellor or a police officer tells."""
    assert await Phrases().judge(text, "ko") == Verdict()


@pytest.mark.parametrize(
    "text",
    [
        "자해를 했고 사람들이 몰라요", "자해를 한 적이 있고 사람들이 몰라요",
        "죽고 싶어요 고객이 힘들게 해요", "고객이 미워서 죽이고 싶다고 생각했습니다",
        "환자가 싫어서 죽이고 싶어요", "누가 뭐래도 칼을 들고 회사로 찾아갈 거예요",
        "한강에 뛰어들고 싶어요", "유서를 써 놨어요", "I said I'll kill you",
        "they said I was fine, I want to die", "he said no so I will kill him",
        "k i l l m y s e l f", "i k i l l y o u", "k.i.l.l y.o.u.r.s.e.l.f", "I will ki11 myself",
        "죽1고 싶어요",
        "죽ㄱㅗ싶ㄷㅏ", "너 죽.여 버릴 거야", "그냥 죽어라",
    ],
)  # fmt: skip
async def test_danger_beside_somebody_elses_is_found(text: str) -> None:
    assert await level(text) == 3


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
    assert readings("ㅎㅏㄴㄱㅡㄹ") == ["한글"]
    assert "leet words!" in readings("l33t w0rds!")


def test_single_letters_are_words_only_if_all_of_them_are() -> None:
    words = {"kill", "shit"}
    assert "i will kill you" in readings("i w i l l k i l l y o u", words)
    assert readings("s h i t a l", words) == ["shital"]


def test_a_piece_of_a_word_belongs_to_either_neighbour() -> None:
    assert readings("the fuc k test") == ["the fuck test", "the fuc ktest"]
    assert readings("it is as s") == []


def test_without_entries_nothing_is_found() -> None:
    assert PhraseList(()).judge("I want to die") == Verdict()
