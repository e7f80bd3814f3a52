from interviews.reports.radar import Radar


def radar(*names: str) -> Radar:
    made = Radar.of([(name, 3) for name in names])
    assert made
    return made


def test_a_long_name_is_broken_between_its_words_and_keeps_its_level() -> None:
    axis = radar("Ownership", "Working with others", "Learning").axes[1]
    first, last = axis.lines
    assert (first[0], last[0]) == ("Working with", "others\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}3")
    assert first[1] < axis.label_y < last[1]


def test_hangul_counts_double() -> None:
    axis = radar("주인 의식", "실수에서 배우기", "팀워크").axes[1]
    assert [text for text, _ in axis.lines] == [
        "실수에서",
        "배우기\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}3",
    ]


def test_the_box_is_as_high_as_the_chart() -> None:
    three, four = (float(radar(*"abcd"[:n]).svg_view_box.split()[3]) for n in (3, 4))
    assert 130 < three < four
