from voice.audio import Audio
from voice.engines import Piece
from voice.pacing import PACE, PacedSpeech, shapes
from voice.sentences import weight

RATE = 24_000
LOUD = b"\x00\x10"


def sound(seconds: float) -> bytes:
    return LOUD * round(seconds * RATE)


def test_the_first_clip_has_a_word_and_its_sound_at_once() -> None:
    speech = PacedSpeech(RATE)
    assert speech.add(Piece("Thank you. What")) is None
    clip = speech.add(Piece(pcm=sound(0.1)))
    assert clip is not None
    assert (clip.text, clip.audio.seconds) == ("Thank", 0.1)
    assert clip.visemes


def test_words_are_given_out_at_the_pace_of_speech() -> None:
    speech = PacedSpeech(RATE)
    text = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    speech.add(Piece(text))
    clips = [clip for _ in range(20) if (clip := speech.add(Piece(pcm=sound(0.1))))]
    said = "".join(clip.text for clip in clips)
    seconds = sum(clip.audio.seconds for clip in clips)
    assert abs(weight(said) - seconds * PACE) < 8
    assert all(not clip.text.endswith(" ") for clip in clips)
    last = speech.rest()
    assert last is not None
    assert said + last.text == text


def test_no_sound_is_lost_when_its_words_come_late() -> None:
    speech = PacedSpeech(RATE)
    clips = [speech.add(Piece(pcm=sound(0.5))) for _ in range(4)]
    clips += [speech.add(Piece(" 네, 감사합니다. 그때 무엇을 하셨나요?")), speech.rest()]
    kept = [clip for clip in clips if clip]
    assert sum(clip.audio.seconds for clip in kept) == 2.0
    assert "".join(clip.text for clip in kept).strip() == "네, 감사합니다. 그때 무엇을 하셨나요?"


def test_an_odd_byte_waits_for_its_other_half() -> None:
    speech = PacedSpeech(RATE)
    speech.add(Piece("Yes it is"))
    first = speech.add(Piece(pcm=sound(0.5) + b"\x00"))
    second = speech.add(Piece(pcm=b"\x10" + sound(0.5)))
    rest = speech.rest()
    pcm = b"".join(clip.audio.pcm for clip in (first, second, rest) if clip)
    assert pcm == sound(0.5) + b"\x00\x10" + sound(0.5)


def test_a_mouth_moves_only_where_there_is_a_voice() -> None:
    quiet = bytes(2 * RATE)
    found = shapes("papa", Audio(quiet + sound(1) + quiet, RATE))
    assert found[0].start >= 1.0
    assert found[-1].end <= 2.01
    assert not shapes("papa", Audio(quiet, RATE))
