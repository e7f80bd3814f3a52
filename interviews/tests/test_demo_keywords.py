"""A small labelled set (answers.yaml): which expected points spoken answers make.

It keeps the keyword lists honest: wide enough to find most of what was said, narrow enough to
miss what was not.
"""

from pathlib import Path

import pytest
import yaml

from interviews.conversation.coverage import findings
from interviews.conversation.questions import ExpectedPoint
from interviews.demo import content

POINTS = {
    (guide.slug, question.slug): [
        ExpectedPoint(
            point.key, point.text.model_dump(), {"en": point.keywords.en, "ko": point.keywords.ko}
        )
        for point in question.expected_points
    ]
    for guide in content.guides()
    for question in guide.questions
}
LABELLED = yaml.safe_load(Path(__file__).with_name("answers.yaml").read_text(encoding="utf-8"))


def found(labelled: dict) -> set[str]:
    points = POINTS[labelled["guide"], labelled["question"]]
    return {finding.key for finding in findings(points, labelled["answer"])}


def test_most_points_that_were_made_are_found_and_few_others():
    made = right = wrong = 0
    for labelled in LABELLED:
        points = set(labelled["points"])
        made += len(points)
        right += len(points & found(labelled))
        wrong += len(found(labelled) - points)
    assert right / made >= 0.8, f"recall: {right} of {made}"
    assert right / (right + wrong) >= 0.9, f"precision: {right} right, {wrong} wrong"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_both_languages_are_found_alike(language):
    """Candidates of one language must not be probed more because its lists are poorer."""
    mine = [one for one in LABELLED if one["answer"].isascii() == (language == "en")]
    made = sum(len(one["points"]) for one in mine)
    assert made >= 20
    assert sum(len(set(one["points"]) & found(one)) for one in mine) / made >= 0.8
