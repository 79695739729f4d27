"""What both files of tests share."""

import pytest

from .scene import Scene


@pytest.fixture(scope="session")
def scene():
    with Scene() as scene:
        yield scene
