from interviews.live.tolerance import (
    ANSWERS_A_SECOND,
    ANSWERS_AT_ONCE,
    AUDIO_AHEAD,
    MESSAGES_A_SECOND,
    MESSAGES_AT_ONCE,
    Allowance,
    BadMessages,
    Pace,
)


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


def test_a_client_that_pings_fifty_times_a_second_is_never_refused() -> None:
    messages = Allowance(MESSAGES_AT_ONCE, MESSAGES_A_SECOND)
    assert all(messages.allows(number * 0.02) for number in range(50_000))


def test_what_a_client_kept_during_an_outage_may_come_at_once() -> None:
    messages = Allowance(MESSAGES_AT_ONCE, MESSAGES_A_SECOND)
    assert all(messages.allows(60.0) for _ in range(60 * 14))


def test_a_flood_is_allowed_its_share_and_no_more() -> None:
    messages = Allowance(MESSAGES_AT_ONCE, MESSAGES_A_SECOND)
    assert sum(messages.allows(5.0) for _ in range(8_000)) == MESSAGES_AT_ONCE
    assert sum(messages.allows(6.0) for _ in range(8_000)) == MESSAGES_A_SECOND


def test_answers_that_are_refused_use_nothing_up() -> None:
    answers = Allowance(ANSWERS_AT_ONCE, ANSWERS_A_SECOND)
    assert sum(answers.allows(0.0) for _ in range(60)) == ANSWERS_AT_ONCE
    assert answers.allows(1.0)
    assert not answers.allows(1.0)
    assert sum(answers.allows(1_000.0) for _ in range(60)) == ANSWERS_AT_ONCE
