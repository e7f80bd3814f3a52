import re

import pytest

from interview_site.storage import immutable

pytestmark = pytest.mark.django_db


def test_no_inline_code_is_allowed(client):
    policy = client.get("/accounts/login/")["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy


def test_microphone_and_camera_are_for_this_site_only(client):
    policy = client.get("/accounts/login/")["Permissions-Policy"]
    assert "microphone=(self)" in policy and "camera=(self)" in policy


@pytest.mark.parametrize("page", ["/", "/accounts/login/", "/accounts/signup/", "/api/docs/"])
def test_pages_keep_to_the_policy(client, page):
    html = client.get(page).content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*(src|nonce)=)", html)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/static/css/base.0a1b2c3d4e5f.css", True),
        ("/static/vendor/three-0.187.0/addons/loaders/GLTFLoader.js", True),
        ("/static/css/base.css", False),
        ("/static/avatars/james.glb", False),
    ],
)
def test_only_what_never_changes_is_cached_for_ever(url, expected):
    assert immutable("", url) is expected
