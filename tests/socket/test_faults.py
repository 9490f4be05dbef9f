"""A small part of `python -m bench.socket_faults`, in a hurry; `make soak` does it all, with the times of life."""

from bench.socket_faults import AWAY, IN_A_HURRY, run


async def test_whatever_slack_and_the_network_do_nothing_that_people_say_is_lost_or_answered_twice() -> None:
    figures = await run(refreshes=20, others=2, seed=3, haste=IN_A_HURRY)

    assert not figures.lost
    assert not figures.twice
    assert figures.said > 100
    assert figures.again > 10, "what Slack had to send again"
    assert set(figures.away) == {
        *("warned", "refreshed", "half open", "cut", "closed"),
        *("server error", "rate limited", "spent ticket", "hanging"),
    }
    assert figures.longest < AWAY
