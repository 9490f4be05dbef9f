"""What is signed and yet not what Slack writes, to a bot that is installed in one workspace of many."""

import json
import random
from pathlib import Path
from typing import Any

from bot.handlers.lifecycle import EVENTS
from playground import Playground, Team
from tests.installing.conftest import Running
from tests.installing.kept import tokens
from tests.test_web import JUNK, junk


async def test_junk_ends_no_installation_and_is_always_taken(
    slack: Playground, acme: Team, running: Running, tmp_path: Path
) -> None:
    rng = random.Random(7)
    async with running() as browser:
        await browser.installs(acme.person("Zoe"))
        for _ in range(150):
            body, content_type = junk(rng) if rng.random() < 0.5 else (lifecycle(rng, acme), "application/json")
            status, _ = await slack.sends(body, slack.sign(body) | {"Content-Type": content_type})
            assert 200 <= status < 300, body[:300]
        assert len(tokens(tmp_path)) == 1
        await acme.person("Zoe").types("/story empathy")
        assert "Takeaway:" in acme.person("Zoe").last().drawn


def lifecycle(rng: random.Random, acme: Team) -> bytes:
    """The end of an installation, told with something wrong in it that must not count."""
    event: dict[str, Any] = {
        "type": rng.choice(sorted(EVENTS)),
        "event_ts": rng.choice(["1.2", "nan", "1e400", "-1", 0, *JUNK]),
        "tokens": rng.choice([{"bot": ["U1"]}, {"bot": "U1"}, *JUNK]),
        "team_ids": rng.choice([["T1"], ["x" * 500], [None], *JUNK]),
    }
    told = {
        "type": "event_callback",
        "event_id": "Ev1",
        "event_time": rng.choice([1, 10**30, 10**400, *JUNK]),
        "team_id": rng.choice([acme.team_id, "T1", *JUNK]),
        "enterprise_id": rng.choice(["E1", *JUNK]),
        "is_enterprise_install": rng.choice([True, False, *JUNK]),
        "event": event,
    }
    return json.dumps(told).encode()
