"""Many channels are due in the same minute: none is lost, and Slack need not refuse anything."""

from datetime import time
from pathlib import Path

from bot.domain.schedule import Schedule
from bot.domain.slots import Timing
from bot.domain.workspace import Workspace
from bot.storage.database import opened
from bot.storage.weekly import WeeklyStore
from playground import Playground
from tests.submissions.people import waits_for
from tests.weekly.conftest import Running, SetClock
from tests.weekly.people import MONDAY_AT_NINE

CHANNELS = 20


async def are_scheduled(slack: Playground, folder: Path, clock: SetClock) -> list[str]:
    """So many channels, each with a story of the week on Mondays at nine."""
    grace, timing = slack.person("Grace").id, Timing(0, time(9), "Europe/London")
    channels = [
        slack.workspace.add_channel(f"team-{number}", {slack.bot_user_id, grace}, "") for number in range(CHANNELS)
    ]
    async with opened(None, folder) as database:
        store = WeeklyStore(database)
        for channel in channels:
            begun = Schedule(Workspace("", slack.team_id), channel.id, f"schedule-{channel.name}", grace, timing)
            await store.keep(None, begun.set_up(grace, timing, (), asks_question=True, now=clock()), clock())
    return [channel.id for channel in channels]


async def test_all_are_told_in_a_steady_row(
    running: Running, workspace: Playground, clock: SetClock, tmp_path: Path
) -> None:
    channels = await are_scheduled(workspace, tmp_path, clock)
    async with running() as slack:
        clock.ahead(**MONDAY_AT_NINE)
        posted = await waits_for(lambda: _posted(slack) if len(_posted(slack)) == 2 * CHANNELS else [], 60)
    assert sorted({channel for channel, _ in posted}) == sorted(channels)
    for channel_id in channels:
        post, question = (at for channel, at in posted if channel == channel_id)
        assert question - post >= 0.95, "one a second in a channel"
    moments = sorted(at for _, at in posted)
    assert moments[-1] - moments[0] >= (2 * CHANNELS - 1) / 5 * 0.9, "300 a minute in a workspace"


def _posted(slack: Playground) -> list[tuple[str, float]]:
    """Where and when Slack took a post."""
    return [
        (call.arguments["channel"], call.at) for call in slack.calls if call.method == "chat.postMessage" and call.ok
    ]
