"""A conversation as a page to read: who did what when, in seconds from its beginning."""

from collections.abc import Iterator

from benchmarks.harness.record import Record


def trace(record: Record) -> str:
    """One line an event; pieces of one sound or text are one event."""
    if not record.arrivals:
        return f"== {record.system} {record.conversation}: {record.failure}\n"
    began = record.arrivals[0].at
    lines = sorted(_lines(record))
    head = f"== {record.system} {record.conversation} ({record.noise}"
    head += f"{', echo' if record.echo else ''}) {record.failure}".rstrip()
    return "\n".join([head, *(f"{at - began:8.2f}  {text}" for at, text in lines)]) + "\n"


def _lines(record: Record) -> Iterator[tuple[float, str]]:
    for made in record.made:
        over = f" {made.manner or 'over'} {made.over[:6]}" if made.over else ""
        yield made.onset, f"[ {made.kind} {made.name}{over}: {made.text}"
        for pause in made.pauses:
            yield pause.start, f"  … {pause.kind} {pause.end - pause.start:.2f} s"
        yield made.end, f"] {made.name}"
    sounding, words, since = "", "", 0.0
    for arrival in record.arrivals:
        name = arrival.utterance[:6]
        match arrival.kind:
            case "audio" if name != sounding:
                sounding = name
                yield arrival.at, f"      {name} sounds"
            case "audio_end" | "audio_clear":
                if words:
                    yield since, f"      {sounding}: {words}"
                    words = ""
                yield arrival.at, f"      {name} {'cleared' if 'clear' in arrival.kind else 'sent'}"
            case "words":
                since, words = since if words else arrival.at, words + arrival.text
            case "transcript":
                yield arrival.at, f"      heard {name}: {arrival.text}"
