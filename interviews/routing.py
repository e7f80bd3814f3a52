from django.urls import path, re_path

from interviews.inference import CHANNEL
from interviews.inference.consumer import InferenceConsumer
from interviews.live.audio_consumer import AudioConsumer
from interviews.live.consumer import InterviewConsumer, Nowhere

websocket_urlpatterns = [
    path("ws/interviews/<uuid:interview_id>/", InterviewConsumer.as_asgi()),
    path("ws/audio/", AudioConsumer.as_asgi()),
    re_path("", Nowhere.as_asgi()),
]
channel_consumers = {CHANNEL: InferenceConsumer.as_asgi()}
