"""What a microphone hears besides the candidate: noise, other people, a cough, a key, our voice.

All of it is reproducible: noise from seeds, other people from the set's own voices.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.conversations import speech
from benchmarks.conversations.manifest import Conversation, conversations
from benchmarks.conversations.speech import LEVEL, Samples
from voice.audio import RATE

FLOOR = -65.0
"""dBFS of the noise that every microphone has."""
BED = 30.0
"""Seconds after which a noise repeats itself."""
TALKERS = 8
REFLECTIONS = ((0.060, 1.0), (0.083, 0.45), (0.109, 0.3), (0.146, 0.18), (0.197, 0.1))
"""Seconds from the loudspeaker's sample to the microphone's, output and input buffers included,
and the strength of each way through the room."""
ECHO_CUTOFF = 3_400.0
"""Hz: small loudspeakers and a screen in between leave little above."""


def bed(conversation: Conversation) -> Samples:
    """``BED`` seconds of this room, to be repeated."""
    size = round(BED * RATE)
    random = np.random.default_rng(_seed(conversation.id))
    noise = random.normal(0, 10 ** (FLOOR / 20), size)
    level = 10 ** ((LEVEL - conversation.snr) / 20)
    if conversation.noise == "stationary":
        noise += level * _unit(_pink(random, size))
    elif conversation.noise == "babble":
        noise += level * _unit(_babble(conversation, random, size))
    return noise.astype(np.float32)


def sound(name: str, conversation: Conversation) -> speech.Speech:
    """A listening sound in the candidate's voice, or one that is no voice at all."""
    makers = {"cough": _cough, "click": _click}
    if name not in makers:
        return speech.utterance(name, conversation.language, conversation.voice)
    samples = makers[name](np.random.default_rng(_seed(f"{conversation.id} {name}")))
    onset, end = speech.voiced(samples)
    return speech.Speech("", samples, onset, end, (), ())


@cache
def echo_path() -> Samples:
    """The room's impulse response from loudspeaker to microphone, at strength 1 in all."""
    response = np.zeros(round((REFLECTIONS[-1][0] + 0.02) * RATE))
    for seconds, strength in REFLECTIONS:
        response[round(seconds * RATE)] += strength
    taps = np.arange(-32, 33)
    low_pass = np.sinc(2 * ECHO_CUTOFF / RATE * taps) * np.hamming(len(taps))
    response = np.convolve(response, low_pass / low_pass.sum())[32:-32]
    return (response / np.sqrt(np.square(response).sum())).astype(np.float32)


def _babble(conversation: Conversation, random: np.random.Generator, size: int) -> NDArray:
    """Several people in the background, in the language of the room, none of them the candidate."""
    others = [
        speech.answer(other, number).samples
        for other in conversations().conversations
        if other.language == conversation.language and other.voice != conversation.voice
        for number in range(len(other.answers))
    ]
    mixed = np.zeros(size)
    for _ in range(TALKERS):
        talk = np.concatenate([others[index] for index in random.permutation(len(others))])
        mixed += np.roll(talk, -int(random.integers(len(talk))))[:size]
    return mixed


def _pink(random: np.random.Generator, size: int) -> NDArray:
    """Noise whose power falls with frequency, as that of fans and traffic does."""
    spectrum = np.fft.rfft(random.normal(size=size))
    frequencies = np.maximum(np.fft.rfftfreq(size, 1 / RATE), 50)
    return np.fft.irfft(spectrum / np.sqrt(frequencies), size)


def _cough(random: np.random.Generator) -> Samples:
    """Two bursts of breath, the throat's rumble below them."""
    return np.concatenate(
        [_burst(random, 0.28, 0.06), np.zeros(round(0.12 * RATE)), _burst(random, 0.2, 0.05)]
    ).astype(np.float32)


def _burst(random: np.random.Generator, seconds: float, decay: float) -> NDArray:
    times = np.arange(round(seconds * RATE)) / RATE
    breath = random.normal(size=len(times))
    breath = np.convolve(breath, np.hanning(9), "same")
    rumble = np.sin(2 * np.pi * 140 * times) * random.normal(1, 0.3, len(times))
    shape = np.minimum(times / 0.008, 1) * np.exp(-times / decay)
    loud: NDArray = shape * (_unit(breath) + 0.5 * rumble)
    return loud * 10 ** (-16 / 20)


def _click(random: np.random.Generator) -> Samples:
    """Three keys."""
    samples = np.zeros(round(0.45 * RATE))
    for at in (0.0, 0.17, 0.31):
        size = round(0.012 * RATE)
        begin = round(at * RATE)
        stroke = random.normal(size=size) * np.exp(-np.arange(size) / (0.002 * RATE))
        samples[begin : begin + size] += stroke * 10 ** (-14 / 20)
    return samples.astype(np.float32)


def _unit(samples: NDArray) -> NDArray:
    scaled: NDArray = samples / np.sqrt(np.square(samples).mean())
    return scaled


def _seed(name: str) -> Sequence[int]:
    return [conversations().seed, *name.encode()]
