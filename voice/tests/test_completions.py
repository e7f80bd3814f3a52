from voice.completions import Completions
from voice.events import Event, Latency, TurnCompleted


class Told(list[Event]):
    def put(self, event: Event) -> None:
        self.append(event)


def completed(number: int) -> TurnCompleted:
    return TurnCompleted(number, "said", "heard", Latency())


def test_turns_are_told_in_the_order_of_their_numbers() -> None:
    told = Told()
    completions = Completions(told, turns=4)
    assert [completions.number() for _ in range(4)] == [5, 6, 7, 8]
    completions.settle(7, completed(7))
    completions.settle(6, None)
    assert not told, "the fifth is owed"
    completions.settle(5, completed(5))
    completions.settle(8, completed(8))
    assert told == [completed(5), completed(7), completed(8)]
