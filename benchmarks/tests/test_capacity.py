"""The arithmetic of the capacity figures, and the frames that the load sends."""

import os
import time
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
import soxr
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from benchmarks.capacity.answers import answers, ear
from benchmarks.capacity.crowd import Turn
from benchmarks.capacity.frames import BINARY, TEXT, Reader, frame, handshake
from benchmarks.capacity.report import charts, lines, row, table
from benchmarks.capacity.shares import (
    Engines,
    Level,
    largest,
    longest_asked,
    next_level,
    own_shares,
    per_call_minute,
    spread,
)
from benchmarks.capacity.usage import usage
from benchmarks.peers import protobuf
from benchmarks.providers.latencies import Latencies
from voice.audio import RATE

ENGINES = Engines(Latencies(), pause=0.1, recognising=0.3)
"""A path of 100 + 300 + 350 + 5 / 60 + 75 ms."""
PATH = 0.1 + 0.3 + 0.35 + 5 / 60 + 0.075


def turn(voice_to_voice: float, asked: float | None, answer: int = 0) -> Turn:
    return Turn(0.0, answer, voice_to_voice, asked)


def level(callers: int, p95: float | None = 0.05, **fields: int) -> Level:
    counts = {"turns": 100, "cut_off": 0, "missed": 0, "lost": 0} | fields
    return Level(
        callers=callers,
        seconds=40.0,
        voice_to_voice=spread([0.9]),
        own={"p50": p95, "p95": p95, "p99": p95},
        cpu=0.5,
        memory=2.0,
        late_p99=0.001,
        busy={"server": 0.4, "providers": 0.1, "load": 0.1, "machine": 0.7},
        **counts,
    )


def test_the_engines_path_is_no_share_of_the_servers():
    assert own_shares([turn(PATH + 0.02, asked=0.5)], ENGINES) == pytest.approx([0.02])


def test_a_longer_silence_that_was_asked_for_is_none_either():
    assert own_shares([turn(1.63, asked=1.6)], ENGINES) == pytest.approx([0.03])


def test_a_silence_longer_than_when_idle_is_the_servers_own():
    late = turn(1.63, asked=1.6, answer=3)
    assert own_shares([late], ENGINES, {3: 1.2}) == pytest.approx([0.43])
    assert own_shares([late], ENGINES, {4: 1.2}) == pytest.approx([0.03])


def test_the_longest_silence_is_known_by_answer():
    turns = [turn(1, 0.5), turn(1, 0.7), turn(1, 0.6, answer=1), turn(1, None, answer=2)]
    assert longest_asked(turns) == {0: 0.7, 1: 0.6}


def test_a_server_that_waits_again_has_asked_for_that_silence():
    waits = Engines(Latencies(), pause=0.2, recognising=0.3, again=3.0)
    quick, slow = own_shares([turn(1.05, None), turn(3.6, None)], waits)
    assert quick == pytest.approx(1.05 - PATH - 0.1)
    assert slow == pytest.approx(3.6 - 3.0 - (0.35 + 5 / 60 + 0.075))


def test_processor_time_is_spread_over_call_minutes():
    assert per_call_minute(30.0, callers=20, seconds=90.0) == pytest.approx(1.0)


def test_the_largest_level_is_the_last_before_the_first_that_fails():
    assert largest([level(40), level(80), level(60, p95=0.2)]) == 40
    assert largest([level(40), level(60)]) == 60
    assert largest([level(40, p95=0.11)]) is None


@pytest.mark.parametrize("limit", range(8))
def test_the_largest_level_is_found_among_its_neighbours(limit):
    choices = (16, 32, 48, 64, 80, 100, 120)
    levels: list[Level] = []
    while (callers := next_level(choices, levels)) is not None:
        levels.append(level(callers, p95=0.05 if callers <= (0, *choices)[limit] else 0.2))
    assert (largest(levels) or 0) == (0, *choices)[limit]
    assert len(levels) == 3


@pytest.mark.parametrize("fields", [{"lost": 1}, {"missed": 2}])
def test_callers_that_were_left_alone_were_not_served(fields):
    assert level(40).holds
    assert not level(40, **fields).holds
    assert not level(40, p95=None).holds


def test_a_level_fills_its_row():
    assert row(level(40)).count("|") == table().splitlines()[0].count("|")


def test_the_page_tells_what_held_and_what_a_call_cost():
    servers: dict[str, Any] = {
        "one": {"name": "ours, one", "held": 60, "levels": [level(40), level(60), level(80, 0.2)]},
        "peer": {"name": "Peer, one", "held": None, "levels": [level(4, 0.3)]},
    }
    for server in servers.values():
        server["levels"] = [asdict(one) for one in server["levels"]]
    facts = {"at": "now", "cores": 2, "load_before": 0.1, "load_after": 1.9}
    results = {"machine": facts, "servers": servers}
    text = "\n".join(lines(results))
    assert "| ours, one | 60 | 60 |" in text
    assert "| Peer, one | fewer than 4 | 4 |" in text
    assert row(level(80, 0.2)) in text
    assert "ours, 60 calls" in charts(results)["capacity"]
    assert charts(results | {"servers": {}}) == {}


def test_usage_counts_a_process_and_those_that_it_started():
    before = usage(os.getpid())
    if not (child := os.fork()):
        end = time.process_time() + 0.4
        while time.process_time() < end:
            pass
        time.sleep(300)
        os._exit(0)
    try:
        deadline = time.monotonic() + 120
        while usage(os.getpid()).cpu - before.cpu < 0.3:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
    assert before.memory > 1


@pytest.mark.parametrize("size", [0, 125, 126, 640, 70_000])
def test_a_server_reads_the_frames(size):
    server = ServerProtocol()
    server.receive_data(handshake("localhost", "/", {"X-Test": "1"}))
    (request,) = server.events_received()
    assert isinstance(request, Request)
    server.send_response(server.accept(request))
    payload = bytes(index % 251 for index in range(size))
    server.receive_data(frame(BINARY, payload))
    (read,) = server.events_received()
    assert isinstance(read, Frame) and read.opcode is Opcode.BINARY
    assert bytes(read.data) == payload


def test_the_servers_frames_are_read_however_they_are_cut():
    server = ServerProtocol()
    server.receive_data(handshake("localhost", "/", {}))
    (request,) = server.events_received()
    assert isinstance(request, Request)
    server.send_response(server.accept(request))
    server.send_binary(bytes(640))
    server.send_text(b"{}")
    server.send_binary(bytes(70_000))
    sent = b"".join(server.data_to_send())
    for size in (1, 7, 1000, len(sent)):
        reader = Reader()
        read = [
            found
            for start in range(0, len(sent), size)
            for found in reader.feed(sent[start : start + size])
        ]
        assert read == [(BINARY, bytes(640)), (TEXT, b"{}"), (BINARY, bytes(70_000))]


def test_a_refused_handshake_is_an_error():
    with pytest.raises(ConnectionError, match="403"):
        list(Reader().feed(b"HTTP/1.1 403 Forbidden\r\n\r\n"))


@pytest.mark.parametrize("rate", [RATE, 24_000])
def test_the_ear_hears_as_much_of_an_answer_as_there_is(rate):
    noise = np.random.default_rng(1).normal(0, 26, 40 * RATE)
    for answer in answers():
        samples = np.frombuffer(answer.audio.pcm, np.int16)
        for share in (0.4, 1.0):
            part = np.concatenate([np.zeros(6_400), samples[: int(share * len(samples))]])
            sound = soxr.resample(part + noise[: len(part)], RATE, rate).astype("<i2")
            heard = ear().words(sound.tobytes(), rate).split()
            assert answer.text.split()[: len(heard)] == heard
            assert len(heard) >= (share - 0.15) * len(answer.text.split())
    assert ear().words(noise[:RATE].astype("<i2").tobytes(), RATE) == ""


def test_pipecats_frames_are_read_as_they_are_written():
    read = protobuf.read(protobuf.audio(bytes(640), RATE))
    assert read == protobuf.Received(protobuf.AUDIO, bytes(640), RATE)
    assert protobuf.read(b"\x22\x04\x0a\x02{}") == protobuf.Received(protobuf.MESSAGE, b"{}")
    assert protobuf.read(b"\x2a\x00").kind == protobuf.INTERRUPTION
    with pytest.raises(ValueError):
        protobuf.read(b"")
