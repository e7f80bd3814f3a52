"""How long a provider takes, by what is published; every figure is an option."""

import argparse
from dataclasses import asdict, dataclass, field, fields


def _option(default: float, about: str) -> float:
    option: float = field(default=default, metadata={"about": about})
    return option


@dataclass(frozen=True, slots=True)
class Latencies:
    """Seconds, unless it says otherwise.

    Sources: the providers' own figures for file transcription (300 ms), first token (350 to
    500 ms), tokens a second (50 to 60) and the first byte of ElevenLabs' flash models (75 ms).

    Live transcription: in Pipecat's public benchmark (github.com/pipecat-ai/stt-benchmark) the
    live services of Deepgram, Soniox and ElevenLabs give their final words 247, 249 and 281 ms
    after the speech in the median, 200 ms of which are the silence before the commit: 50 to
    80 ms after it, here 100. OpenAI's own needs 637 ms there, 437 after the commit: measure with
    ``--transcript 0.44`` what that costs.
    """

    upload: float = _option(0.3, "from the end of an upload to its transcript")
    behind: float = _option(0.2, "how far live words are behind the speech")
    transcript: float = _option(0.1, "from a live commit to its final words")
    first_token: float = _option(0.35, "from a prompt to the first token")
    tokens_per_second: float = _option(60.0, "after it (tokens, not seconds)")
    first_sound: float = _option(0.075, "from text to the first byte of its sound")
    pace: float = _option(4.0, "seconds of sound made in a second")
    network: float = _option(0.0, "each way; a new connection costs three round trips")

    def arguments(self) -> list[str]:
        """The command line that ``given`` reads back."""
        pairs = ((f"--{name.replace('_', '-')}", str(v)) for name, v in asdict(self).items())
        return [word for pair in pairs for word in pair]


def add_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("latencies in seconds, unless it says otherwise")
    for option in fields(Latencies):
        group.add_argument(
            f"--{option.name.replace('_', '-')}",
            type=float,
            default=option.default,
            metavar="N",
            help=f"{option.metadata['about']} (default: %(default)s)",
        )


def given(options: argparse.Namespace) -> Latencies:
    return Latencies(**{option.name: getattr(options, option.name) for option in fields(Latencies)})
