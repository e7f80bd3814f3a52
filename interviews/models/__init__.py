from interviews.models.accommodation import Accommodation
from interviews.models.alert import Alert
from interviews.models.assessment import Assessment
from interviews.models.bank import BankQuestion
from interviews.models.config import InterviewConfig
from interviews.models.document import CompanyDocument, Passage
from interviews.models.guide import Competency, InterviewGuide, Question, Rubric
from interviews.models.interview import ABSENCE_SECONDS, Interview
from interviews.models.phrases import GuardPhrases
from interviews.models.rating import Rating
from interviews.models.score import AnswerFeedback, Score
from interviews.models.status import PlanReached, TransitionError
from interviews.models.usage import Usage
from interviews.models.utterance import Utterance

__all__ = [
    "ABSENCE_SECONDS",
    "Accommodation",
    "Alert",
    "AnswerFeedback",
    "Assessment",
    "BankQuestion",
    "CompanyDocument",
    "Competency",
    "GuardPhrases",
    "Interview",
    "InterviewConfig",
    "InterviewGuide",
    "Passage",
    "PlanReached",
    "Question",
    "Rating",
    "Rubric",
    "Score",
    "TransitionError",
    "Usage",
    "Utterance",
]
