"""Every link of a document leads somewhere, and README.md stays short."""

import pathlib
import re
import subprocess

import pytest

import pages
from support import paths

README_LINES = 150


def documents():
    """All Markdown files of the tree."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "*.md"]
    listed = subprocess.run(command, cwd=paths.ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return sorted(pathlib.Path(name) for name in listed.stdout.splitlines() if (paths.ROOT / name).is_file())


def prose(path):
    """A document without its code."""
    text = re.sub(r"^```.*?^```", "", (paths.ROOT / path).read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "code", text)


def anchors(path):
    """The fragments that a document's headings have, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", (paths.ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", documents(), ids=str)
def test_links_lead_to_files_and_headings(path):
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        if re.match(r"https?://", target):
            continue
        name, _, fragment = target.partition("#")
        found = (paths.ROOT / path.parent / name).resolve() if name else paths.ROOT / path
        assert found.exists(), target
        assert not fragment or fragment in anchors(found.relative_to(paths.ROOT)), target


def test_every_document_is_linked_from_another_one():
    linked = set()
    for page in pages.PAGES.values():
        linked |= {(page.folder / target).resolve() for target in re.findall(r"\]\(([^)#\s]+)", page.text) if "://" not in target}
    own = {paths.ROOT / "README.md"}
    assert {paths.ROOT / name for name in pages.PAGES} - linked <= own


def test_the_readme_stays_short():
    assert len(pages.README.text.splitlines()) <= README_LINES
