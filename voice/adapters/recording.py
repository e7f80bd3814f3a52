"""Makes the sound of ``voice.recorded`` anew: ``python -m voice.adapters.recording``."""

import asyncio
import wave

from voice.adapters.kokoro import Kokoro
from voice.adapters.piper import Piper
from voice.audio import RATE, WIDTH, resample
from voice.engines import Synthesizer
from voice.recorded import FOLDER, SENTENCES


async def record(voices: dict[str, Synthesizer]) -> None:
    """One WAV file for each sentence and language, at the rate of a call's ear, to be small."""
    FOLDER.mkdir(exist_ok=True)
    for language, voice in voices.items():
        for name, sentences in SENTENCES.items():
            pcm = b""
            async for clip in voice.speak(sentences[language], language=language, voice=""):
                pcm += resample(clip.audio, RATE).pcm
            with wave.open(str(FOLDER / f"{name}_{language}.wav"), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(WIDTH)
                file.setframerate(RATE)
                file.writeframes(pcm)
        await voice.close()


if __name__ == "__main__":
    asyncio.run(record({"en": Piper(), "ko": Kokoro()}))
