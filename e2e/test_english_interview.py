"""A candidate signs in, sets up, talks, is cut off in every way, and reads the result; a reviewer
fetches it. One interview, in the order in which a person would live through it."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e import pages, speech
from e2e.api import Api
from e2e.browser import context
from e2e.errors import word_error_rate
from e2e.room import Room
from e2e.server import Server
from e2e.witness import LOUD

pytestmark = pytest.mark.browser

TITLE = "A first conversation"
MOST_PRESSES = 6
SPOKEN = ("leisure", "amiable", "young_man")
PAUSES = 60.0
"""Seconds by which a busy machine, that draws and synthesises, may be late with a greeting."""
AT_ONCE = 0.6
"""Seconds in which a busy machine falls silent: half of what it has ahead to be played."""
WRITTEN = (
    "I built a tool that moves invoices. The deadline made it difficult, and in the end it saved"
    " our customers a day every month."
)


def test_an_interview_from_sign_in_to_results(
    browser: Browser, server: Server, reviewer_api: Api, screenshots: Path
) -> None:
    page = context(browser, server.url, permissions=["camera", "microphone"]).new_page()
    pages.sign_in(page, server.accounts["candidate"])
    room = Room(page)
    interview = find_the_way_in(room, screenshots)
    be_greeted(room)
    room.say(speech.recorded(SPOKEN[0]))
    interrupt(room, speech.recorded(SPOKEN[1]))
    reload(room)
    speak_without_network(room, speech.recorded(SPOKEN[2]))
    think_for_a_moment(room)
    room.write(WRITTEN)
    end(room, screenshots)
    read_the_results(room.results(), screenshots)
    assert room.errors == []
    check_the_record(reviewer_api, interview)
    check_what_the_reviewer_sees(browser, server, interview)


def find_the_way_in(room: Room, screenshots: Path) -> str:
    """From the first page into the room, in a few presses, past a microphone that works."""
    page = room.page
    before = pages.presses(page)
    pages.open_set_up(page)
    page.screenshot(path=screenshots / "set-up.png", full_page=True)
    pages.choose_interview(page, TITLE)
    microphone = page.locator("[data-microphone-status]")
    expect(microphone).to_have_attribute("data-state", re.compile("quiet|silent"))
    room.say(speech.recorded("selfish"))
    expect(microphone).to_have_attribute("data-state", "hearing")
    page.locator("[data-camera-switch]").click()
    expect(page.locator("[data-camera-preview]")).to_be_visible()
    page.screenshot(path=screenshots / "check.png", full_page=True)
    interview = pages.consent_and_enter(page)
    assert pages.presses(page) - before <= MOST_PRESSES
    return interview


def be_greeted(room: Room) -> None:
    """The greeting is heard in its whole length, and the mouth moves with it."""
    room.entered()
    room.speaking()
    assert room.state == "speaking"
    room.heard_out()
    expect(room.page.locator("#self-view")).to_be_visible()
    witness = room.witness
    start, end = witness.sounding()
    sent = sum(m["duration_ms"] for m in witness.of_type("ai_audio_end")) / 1000
    assert witness.played_seconds(0, end + 1) == pytest.approx(sent, rel=0.1)
    assert sent / 2 < end - start < sent + PAUSES
    assert witness.lip_sync(start, end) > 0.4
    room.until(lambda: room.witness.shut(end) < room.now() - 0.5, "the silent mouth is watched")
    witness = room.witness
    assert witness.widest(witness.shut(end)) < 0.1


def interrupt(room: Room, sentence: speech.Sentence) -> None:
    """Speak while the interviewer does: it falls silent at once, and answers."""
    room.speaking()
    room.page.wait_for_timeout(500)
    began = room.now()
    room.answer(sentence)
    witness = room.witness
    cleared = witness.of_type("ai_audio_clear", after=began)
    assert cleared, "the interviewer was not stopped"
    silent = cleared[0]["at"] + AT_ONCE
    assert witness.sounding(began, silent)[0] < cleared[0]["at"], "it did not speak"
    resumed = witness.of_type("ai_audio_start", after=cleared[0]["at"])
    assert resumed, "the interviewer did not answer"
    after = witness.between(silent, resumed[0]["at"])
    assert after.any() and witness.rms[after].max() < LOUD
    assert witness.widest(witness.shut(silent), resumed[0]["at"]) < 0.1


def reload(room: Room) -> None:
    """Nothing is lost and nothing is said twice; the clock goes on."""
    said = room.transcript()
    left, away = room.seconds_left, time.monotonic()
    room.page.reload()
    room.entered()
    [connected] = room.witness.of_type("connected")
    back = time.monotonic()
    assert connected["resumed"]
    rounding = 2
    assert left - (back - away) - rounding <= connected["remaining_seconds"] <= left
    room.until(lambda: room.transcript() == said, "what was said is there again")
    room.heard_out()
    shown = room.seconds_left
    passed = time.monotonic() - away
    assert 0 <= connected["remaining_seconds"] + rounding - shown <= passed + 2 * rounding
    assert room.count("ai_audio_start") == 0, "it said something again"


def speak_without_network(room: Room, sentence: speech.Sentence) -> None:
    """What is said while the connection is lost arrives with the next one."""
    page = room.page
    page.context.set_offline(True)
    page.evaluate("__witness.sockets.at(-1).close()")
    expect(page.locator("#connection")).to_be_visible()
    turns = room.count("turn_complete")
    room.say(sentence)
    page.context.set_offline(False)
    room.until(lambda: room.count("connected") > 1, "the connection comes back")
    expect(page.locator("#connection")).to_be_hidden()
    room.until(lambda: room.count("turn_complete") > turns, "what was said is answered")
    room.heard_out()


def think_for_a_moment(room: Room) -> None:
    """The interviewer waits and says nothing."""
    spoken = room.count("ai_audio_start")
    room.press("moment")
    room.until(lambda: room.state == "waiting", "the interviewer waits")
    room.page.wait_for_timeout(4000)
    assert (room.state, room.count("ai_audio_start")) == ("waiting", spoken)


def end(room: Room, screenshots: Path) -> None:
    """Ending asks once; the interviewer says goodbye."""
    room.end(really=False)
    assert room.count("interview_ended") == 0
    spoken = room.count("ai_audio_start")
    room.end(really=True)
    room.speaking()
    room.page.wait_for_timeout(1000)
    room.page.screenshot(path=screenshots / "room.png")
    room.ended()
    assert room.count("ai_audio_start") > spoken
    [ended] = room.witness.of_type("interview_ended")
    assert ended["reason"] == "candidate"


def read_the_results(page: Page, screenshots: Path) -> None:
    page.screenshot(path=screenshots / "results.png", full_page=True)
    said = page.locator(".utterance-candidate", has_text=WRITTEN)
    expect(said).to_be_visible()
    expect(said.locator(".feedback li").first).to_be_visible()
    evidence = page.locator(".score .evidence").first
    assert evidence.locator("p").inner_text() in WRITTEN
    assert evidence.locator("a").get_attribute("href") == f"#{said.get_attribute('id')}"
    assert page.get_by_text("Interrupted here.").count() >= 1


def check_the_record(api: Api, interview: str) -> None:
    """The transcript holds what was said, in every format, and scores quote it."""
    detail = api.get(f"interviews/{interview}/")
    assert (detail["status"], detail["end_reason"]) == ("ended", "candidate")
    assert detail["summary"]
    said = api.transcript(interview)
    assert [entry["sequence"] for entry in said] == sorted(entry["sequence"] for entry in said)
    voice = [e["text"] for e in said if e["speaker"] == "candidate" and e["source"] == "voice"]
    wanted = " ".join(speech.recorded(name).text for name in SPOKEN)
    assert word_error_rate(wanted, " ".join(voice)) <= 0.3
    assert [e["text"] for e in said if e["source"] == "typed"] == [WRITTEN]
    greetings = [e for e in said if "good to meet you" in e["text"]]
    assert len(greetings) == 1 and greetings[0]["speaker"] == "interviewer"
    cut = [e for e in said if e["interrupted"]]
    assert any(len(e["heard_text"]) < len(e["text"]) for e in cut)
    for name in ("txt", "srt", "vtt"):
        assert WRITTEN in api.text(f"interviews/{interview}/transcript/?format={name}")
    words = {entry["utterance"]: entry["text"] for entry in said}
    scores = api.get(f"interviews/{interview}/scores/")
    assert scores and all(score["evidence"] for score in scores)
    for piece in (piece for score in scores for piece in score["evidence"]):
        assert piece["quote"] in words[piece["utterance"]]


def check_what_the_reviewer_sees(browser: Browser, server: Server, interview: str) -> None:
    page = context(browser, server.url).new_page()
    pages.sign_in(page, server.accounts["reviewer"])
    page.goto("/interviews/")
    entry = page.locator(f"[data-interview='{interview}']")
    expect(entry).to_have_attribute("data-status", "ended")
    entry.locator("h2 a").click()
    expect(page.locator(".utterance-candidate", has_text=WRITTEN)).to_be_visible()
