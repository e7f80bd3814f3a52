from channels_redis.core import RedisChannelLayer

from interview_site.env import channel_layers


def test_waiting_for_a_message_on_redis_is_no_failure():
    layer = channel_layers("redis://localhost:6379/0")["default"]
    [host] = layer["CONFIG"]["hosts"]
    assert host["socket_timeout"] > RedisChannelLayer.brpop_timeout
