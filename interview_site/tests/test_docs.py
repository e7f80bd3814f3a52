"""What the README and the pages under docs/ name is there: links, headings and files."""

import os
import re
from functools import cache
from pathlib import Path

import pytest

from interview_site.env import BASE_DIR

PAGES = sorted([*BASE_DIR.glob("README*.md"), *BASE_DIR.glob("docs/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
FILE = re.compile(r"(?:[\w.-]+/)*[\w-]+\.(?:py|js|css|html|yaml|tsv|service|conf)")
FOREIGN = {"services/stt_latency.py"}
"""Files of other projects."""
UNSEEN = {".git", ".venv", ".venv-peers", "node_modules", "var", "vendor"}


def anchors(page: Path) -> set[str]:
    """The fragments of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


@cache
def shipped() -> tuple[str, ...]:
    """Every file of the repository as ``/path``, what is installed or made left out."""
    paths = []
    for folder, folders, names in os.walk(BASE_DIR):
        folders[:] = [name for name in folders if name not in UNSEEN]
        paths += [(Path(folder) / name).relative_to(BASE_DIR) for name in names]
    return tuple(f"/{path.as_posix()}" for path in paths)


def named_files(page: Path) -> set[str]:
    """The file names in a page's code, be they whole paths or the end of one."""
    words = (word for code in CODE.findall(page.read_text("utf-8")) for word in code.split())
    return {word for word in words if FILE.fullmatch(word)} - FOREIGN


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, fragment = link.partition("#")
        target = page.parent / path if path else page
        if "://" in link:
            continue
        if not target.exists() or (fragment and fragment not in anchors(target)):
            broken.append(link)
    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_named_files_exist(page: Path) -> None:
    missing = {
        name for name in named_files(page) if not any(p.endswith(f"/{name}") for p in shipped())
    }
    assert not missing


def test_file_names_are_found() -> None:
    assert len(set[str]().union(*map(named_files, PAGES))) > 20


def test_both_readmes_lead_to_the_same_pages() -> None:
    english, korean = (
        [link for link in LINK.findall((BASE_DIR / name).read_text("utf-8")) if "docs/" in link]
        for name in ("README.md", "README.ko.md")
    )
    assert sorted(english) == sorted(korean)
