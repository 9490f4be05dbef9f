"""Both replicas are replaced while people go on; `python -m bench.rolling` does so more often."""

from bench.rolling import roll


async def test_while_replicas_are_replaced_nothing_is_lost_and_nothing_comes_twice() -> None:
    told = await roll(restarts=2, drain_delay=1, through=None)
    assert told.wrong == []
    assert len(told.exits) == 4, "both, and those that took their places"
    assert told.took
    assert told.sent
