"""Whoever has no more time stops waiting; what they asked for goes on, and nobody is bothered with how it ends."""

import asyncio
import gc
from typing import Any

import pytest

from bot.patience import in_time


class Kettle:
    """Boils once it may; `boiled` tells whether it did."""

    def __init__(self, *, bursts: bool = False) -> None:
        self.may_boil = asyncio.Event()
        self.boiled = asyncio.Event()
        self._bursts = bursts

    async def boil(self) -> str:
        await self.may_boil.wait()
        self.boiled.set()
        if self._bursts:
            raise ValueError("burst")
        return "tea"


async def test_what_comes_in_time_is_handed_over() -> None:
    kettle = Kettle()
    kettle.may_boil.set()
    assert await in_time(kettle.boil(), 5) == "tea"
    bursting = Kettle(bursts=True)
    bursting.may_boil.set()
    with pytest.raises(ValueError, match="burst"):
        await in_time(bursting.boil(), 5)


@pytest.mark.parametrize("bursts", [False, True])
async def test_what_takes_longer_goes_on_and_nobody_is_bothered(bursts: bool) -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: complaints.append(told))
    kettle = Kettle(bursts=bursts)
    with pytest.raises(TimeoutError):
        await in_time(kettle.boil(), 0.01)
    gc.collect()
    kettle.may_boil.set()
    await asyncio.wait_for(kettle.boiled.wait(), 5)
    await asyncio.sleep(0)
    gc.collect()
    assert not complaints


async def test_whoever_is_cut_off_cuts_off_nothing() -> None:
    kettle = Kettle()
    waiting = asyncio.ensure_future(in_time(kettle.boil(), 5))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    kettle.may_boil.set()
    await asyncio.wait_for(kettle.boiled.wait(), 5)
