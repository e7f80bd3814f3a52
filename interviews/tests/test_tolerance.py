from interviews.live.tolerance import AUDIO_AHEAD, BadMessages, Pace


def test_twenty_bad_messages_within_ten_seconds_are_too_many() -> None:
    bad = BadMessages()
    assert [bad.too_many(number * 0.1) for number in range(20)] == [False] * 19 + [True]


def test_bad_messages_over_a_long_time_are_not() -> None:
    bad = BadMessages()
    assert not any(bad.too_many(number * 1.0) for number in range(200))


def test_sound_in_real_time_is_always_allowed() -> None:
    pace = Pace()
    assert all(pace.allows(0.02, number * 0.02) for number in range(50_000))


def test_what_was_kept_while_offline_may_come_at_once_but_not_without_end() -> None:
    pace = Pace(kept=120)
    allowed = sum(pace.allows(1.0, 0.0) for _ in range(300))
    assert allowed == 120 + AUDIO_AHEAD
    assert not pace.allows(1.0, 0.5)
    assert pace.allows(1.0, 2.0)
