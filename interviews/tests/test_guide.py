from hypothesis import given
from hypothesis import strategies as st

from interviews.conversation.guide import Guide
from interviews.conversation.moves import Intent, Move, MoveKind, Progress
from interviews.tests.snapshots import question, snapshot

GUIDE = Guide.from_snapshot(snapshot())


def progressed(*asked: str, **changes: object) -> Progress:
    progress = Progress(greeted=True, **changes)  # type: ignore[arg-type]
    for slug in asked:
        progress.done(Move(MoveKind.ASK, slug), 0.0)
    return progress


def after(progress: Progress, missing: list[str], **changes: object) -> Move:
    given_ = {"intent": Intent.ANSWER, "now": 10.0, "remaining": 500.0, **changes}
    return GUIDE.next(progress, missing=missing, **given_)  # type: ignore[arg-type]


def test_it_opens_with_the_greeting_and_the_first_question() -> None:
    assert GUIDE.opening() == Move(MoveKind.GREET, "opening")


def test_it_probes_for_what_is_missing() -> None:
    move = after(progressed("opening", "first"), ["action"])
    assert move == Move(MoveKind.PROBE, "first", 1)


def test_it_goes_on_when_nothing_is_missing() -> None:
    assert after(progressed("opening", "first"), []) == Move(MoveKind.ASK, "second")


def test_it_never_asks_more_probes_than_the_guide_allows() -> None:
    progress = progressed("opening", "first")
    progress.done(Move(MoveKind.PROBE, "first", 0), 20.0)
    assert after(progress, ["action", "result"]).kind is MoveKind.ASK


def test_the_clock_goes_before_probes() -> None:
    progress = progressed("opening", "first")
    assert after(progress, ["action"], remaining=100.0).kind is MoveKind.ASK


def test_with_little_time_it_goes_straight_to_the_closing_question() -> None:
    move = after(progressed("opening", "first"), [], remaining=65.0)
    assert move.question == "closing"


def test_it_says_goodbye_in_time() -> None:
    move = after(progressed("opening", "first"), [], remaining=20.0)
    assert move == Move(MoveKind.FAREWELL, reason="time_up")


def test_it_finishes_after_the_closing_question() -> None:
    move = after(progressed("opening", "first", "second", "closing"), [])
    assert move == Move(MoveKind.FAREWELL, reason="finished")


def test_it_repeats_skips_and_waits_when_asked_to() -> None:
    progress = progressed("opening", "first")
    assert after(progress, ["action"], intent=Intent.REPEAT).kind is MoveKind.REPEAT
    assert after(progress, ["action"], intent=Intent.SKIP).question == "second"
    assert after(progress, ["action"], intent=Intent.TIME).kind is MoveKind.WAIT


def test_it_reminds_once_at_two_minutes() -> None:
    progress = progressed("opening")
    move = after(progress, [], remaining=118.0)
    assert move.reminds
    progress.done(move, 480.0)
    assert not after(progress, [], remaining=100.0).reminds


def test_progress_survives_json() -> None:
    progress = progressed("opening", "first")
    progress.done(Move(MoveKind.PROBE, "first", 1), 30.0)
    assert Progress.from_json(progress.to_json()) == progress


@given(
    st.lists(
        st.tuples(
            st.floats(1, 120),
            st.lists(st.sampled_from(["action", "result"]), unique=True),
            st.sampled_from(list(Intent)),
        ),
        max_size=60,
    )
)
def test_every_interview_asks_in_order_and_ends(
    answers: list[tuple[float, list[str], Intent]],
) -> None:
    progress, now = Progress(), 5.0
    progress.done(GUIDE.opening(), now)
    order = ["opening", "first", "second", "closing"]
    for seconds, missing, intent in answers:
        now += seconds
        move = GUIDE.next(progress, intent=intent, missing=missing, now=now, remaining=600.0 - now)
        progress.done(move, now)
        if move.kind is MoveKind.FAREWELL:
            break
    assert progress.asked == sorted(set(progress.asked), key=order.index)
    assert all(len(used) <= 1 for used in progress.probes.values())
    if now > 590:
        assert progress.farewell


def test_a_question_tells_what_answer_it_expects() -> None:
    questions = [
        question("role", "opening", expects="fact", answer_seconds=8),
        question("first"),
        question("design", "case"),
        question("closing", "closing"),
    ]
    guide = Guide.from_snapshot({"guide": {"questions": questions}})
    assert [(q.expects, q.answer_seconds) for q in guide.questions.values()] == [
        ("fact", 8),
        ("experience", 60),
        ("case", 75),
        ("closing", 20),
    ]
