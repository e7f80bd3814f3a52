from interviews.models.alert import Alert
from interviews.models.config import InterviewConfig
from interviews.models.guide import Competency, InterviewGuide, Question, Rubric
from interviews.models.interview import ABSENCE_SECONDS, Interview, TransitionError
from interviews.models.score import AnswerFeedback, Score
from interviews.models.utterance import Utterance

__all__ = [
    "ABSENCE_SECONDS",
    "Alert",
    "AnswerFeedback",
    "Competency",
    "Interview",
    "InterviewConfig",
    "InterviewGuide",
    "Question",
    "Rubric",
    "Score",
    "TransitionError",
    "Utterance",
]
