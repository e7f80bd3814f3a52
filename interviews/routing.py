from django.urls import path

from interviews.audio_consumer import AudioConsumer
from interviews.consumers import InterviewConsumer

websocket_urlpatterns = [
    path("ws/interviews/<uuid:interview_id>/", InterviewConsumer.as_asgi()),
    path("ws/audio/", AudioConsumer.as_asgi()),
]
