"""The pipeline over local services."""

import asyncio

import pytest

from local import azurite


@pytest.fixture(scope="session", autouse=True)
def installed() -> None:
    """Azurite, before the time of any test is measured."""
    asyncio.run(azurite.install(print))
