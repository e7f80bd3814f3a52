"""A Pipecat voice agent as its own scaffold writes one, on a WebSocket; runs in ``.venv-peers``.

Nothing is tuned: ``pipecat/cli/templates/server`` is the pattern, down to its metrics. In
particular, as read in the source of 1.14.0:

- Silero: confidence 0.7, start 0.2 s, stop 0.2 s (``audio/vad/vad_analyzer.py``);
- turn start: voice activity or a transcript; turn stop: Smart Turn v3 on this machine, which ends
  an unfinished turn after 3 s of silence (``turns/user_turn_strategies.py``,
  ``audio/turn/smart_turn/base_smart_turn.py``); the user may always interrupt;
- OpenAI STT ``gpt-transcribe`` by upload, or its realtime STT ``gpt-realtime-whisper`` committed
  by the local detector; OpenAI chat; ElevenLabs ``eleven_flash_v2_5`` by whole sentences with
  ``auto_mode`` (``services/``);
- the FastAPI WebSocket transport with the protobuf serializer, 16 kHz in and 24 kHz out.
"""

# mypy: ignore-errors

import argparse
import asyncio
import signal
import sys

import uvicorn
from fastapi import FastAPI, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import LLMRunFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.serializers.protobuf import ProtobufFrameSerializer
from pipecat.services.elevenlabs.tts import ElevenLabsTTSService
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.services.openai.stt import OpenAIRealtimeSTTService, OpenAISTTService
from pipecat.transcriptions.language import Language
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.workers.runner import WorkerRunner

KEY = "none"
VOICE = "JBFqnCBsd6RMkjVDRZzb"
PROMPT = "You are an interviewer. Ask one short follow-up to what the candidate has said."


async def converse(socket: WebSocket, options: argparse.Namespace) -> None:
    """One conversation, until the client hangs up."""
    language = Language(socket.query_params.get("language", "en"))
    transport = FastAPIWebsocketTransport(
        websocket=socket,
        params=FastAPIWebsocketParams(
            audio_in_enabled=True, audio_out_enabled=True, serializer=ProtobufFrameSerializer()
        ),
    )
    if options.stt == "live":
        stt = OpenAIRealtimeSTTService(
            api_key=KEY,
            base_url=f"ws{options.openai.removeprefix('http')}/realtime",
            settings=OpenAIRealtimeSTTService.Settings(language=language),
        )
    else:
        stt = OpenAISTTService(
            api_key=KEY,
            base_url=options.openai,
            settings=OpenAISTTService.Settings(language=language),
        )
    llm = OpenAILLMService(
        api_key=KEY,
        base_url=options.openai,
        settings=OpenAILLMService.Settings(system_instruction=PROMPT),
    )
    tts = ElevenLabsTTSService(
        api_key=KEY,
        url=f"ws{options.elevenlabs.removeprefix('http')}",
        settings=ElevenLabsTTSService.Settings(voice=VOICE, language=language),
    )
    context = LLMContext()
    user, assistant = LLMContextAggregatorPair(
        context, user_params=LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer())
    )
    pipeline = Pipeline([transport.input(), stt, user, llm, tts, transport.output(), assistant])
    worker = PipelineWorker(
        pipeline, params=PipelineParams(enable_metrics=True, enable_usage_metrics=True)
    )
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)

    @transport.event_handler("on_client_connected")
    async def on_client_connected(transport, client):
        content = "Start by concisely introducing yourself."
        context.add_message({"role": "developer", "content": content})
        await worker.queue_frames([LLMRunFrame()])

    @transport.event_handler("on_client_disconnected")
    async def on_client_disconnected(transport, client):
        await runner.cancel()

    await runner.run()


def application(options: argparse.Namespace) -> FastAPI:
    app = FastAPI()

    @app.websocket("/ws")
    async def connected(socket: WebSocket) -> None:
        await socket.accept()
        await converse(socket, options)

    @app.get("/ready")
    async def ready() -> dict[str, bool]:
        return {"ready": True}

    return app


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--openai", required=True, metavar="URL")
    parser.add_argument("--elevenlabs", required=True, metavar="URL")
    parser.add_argument("--stt", choices=("upload", "live"), default="upload")
    parser.add_argument("--log", default="ERROR", metavar="LEVEL")
    options = parser.parse_args()
    logger.remove()
    logger.add(sys.stderr, level=options.log)
    server = uvicorn.Server(
        uvicorn.Config(application(options), port=options.port, log_level="warning")
    )
    signal.signal(signal.SIGTERM, server.handle_exit)
    asyncio.run(server.serve())


if __name__ == "__main__":
    main()
