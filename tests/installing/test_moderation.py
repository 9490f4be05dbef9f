"""Each workspace chooses for itself who reviews its people's stories."""

from pathlib import Path

from bot.config import Moderation
from playground import Playground, Team
from tests.installing.conftest import Running
from tests.installing.kept import naming
from tests.installing.test_forgetting import storybot
from tests.installing.test_leaving import installs
from tests.submissions.people import CUP, card_of, chooses, is_told, sees, sends_a_story, tells, waits_for


async def test_stories_wait_until_whoever_installed_it_has_chosen_moderators(
    slack: Playground, acme: Team, running: Running
) -> None:
    async with running() as browser:
        zoe, yan = acme.person("Zoe"), acme.person("Yan")
        zoe.user.is_admin = False
        await installs(browser, acme)
        assert "/story settings" in zoe.last("storybot").drawn
        await yan.types("/story submit")
        await sends_a_story(yan, CUP)
        assert yan.modal is not None
        assert "it waits until a workspace admin has chosen who does" in yan.modal.drawn
        await yan.closes()
        await yan.types("/story review")
        assert is_told(yan, "A workspace admin chooses who does: /story settings", "general")
        await yan.types("/story settings")
        assert is_told(yan, "Only workspace admins choose", "general")

        await zoe.types("/story review")
        assert is_told(zoe, "Type /story settings to choose who does", "general")
        await zoe.types("/story settings")
        assert zoe.modal is not None
        assert "Nobody reviews stories here yet. One story waits." in zoe.modal.drawn
        await zoe.closes()
        await chooses(zoe, {"Moderators": ["Yan", "Zoe"]})
        await zoe.clicks("Approve", on=await card_of(zoe, CUP["Title"], "storybot"))
        await sees(yan, "is in the library now", "storybot")

        await zoe.types("/story settings")
        assert is_told(zoe, "Only workspace admins choose", "general"), "she is no admin, and somebody has chosen"


async def test_each_workspace_s_cards_go_to_its_own_channel(slack: Playground, acme: Team, running: Running) -> None:
    async with running() as browser:
        grace, zoe = slack.person("Grace"), acme.person("Zoe")
        await installs(browser, acme)
        await browser.installs(grace)
        slack.invite("storybot", "story-review")
        acme.add_channel("desk", ["Zoe"])
        acme.invite("storybot", "desk")
        await chooses(grace, {"Moderators": ["Grace"], "Review channel": "story-review"})
        await chooses(zoe, {"Moderators": ["Zoe"], "Review channel": "desk"})
        await tells(slack.person("Ada"), Title="The lift")
        await tells(acme.person("Yan"), Title="The kettle")
        await card_of(grace, "The lift", "story-review")
        await card_of(zoe, "The kettle", "desk")
        assert not any("The lift" in message.drawn for message in zoe.sees("desk"))
        assert not any("The kettle" in message.drawn for message in grace.sees("story-review"))

        # Who moderates here is nobody there.
        await grace.clicks("Approve", on=grace.last("story-review"))
        await sees(slack.person("Ada"), "is in the library now", "storybot")
        await zoe.types("/story review", channel="desk")
        assert "1 story waits" in zoe.last("desk").drawn


async def test_the_settings_file_moderates_no_workspace_that_installed_it_by_itself(
    slack: Playground, acme: Team, running: Running
) -> None:
    async with running(moderation=Moderation(moderators=(acme.person("Zoe").id,))) as browser:
        await installs(browser, acme)
        await acme.person("Zoe").types("/story review")
        assert is_told(acme.person("Zoe"), "Nobody decides about stories here yet", "general")


async def test_a_workspace_of_an_organisation_chooses_for_itself(slack: Playground, running: Running) -> None:
    async with running(org_wide=True) as browser:
        _, [north, south] = slack.add_organisation("Globex", ["North", "South"])
        nina, sam = north.add_person("Nina"), south.add_person("Sam", role="admin")
        await browser.installs(nina, org_wide=True)
        await chooses(sam, {"Moderators": ["Sam"]})
        await tells(sam, Title="The kettle")
        await card_of(sam, "The kettle", "storybot")
        await nina.types("/story settings")
        assert nina.modal is not None
        assert "Nobody reviews stories here yet" in nina.modal.drawn, "hers is another workspace"


async def test_who_is_forgotten_moderates_no_longer(
    slack: Playground, acme: Team, running: Running, tmp_path: Path
) -> None:
    async with running() as browser:
        yan = acme.person("Yan")
        await installs(browser, acme)
        await chooses(acme.person("Zoe"), {"Moderators": ["Yan", "Zoe"]})
        await waits_for(lambda: "moderation" in naming(tmp_path, yan.id))
        status, said = await storybot(tmp_path, "forget-user", acme.team_id, yan.id)
        assert status == 0, said
        assert naming(tmp_path, yan.id) == []
        await yan.types("/story review")
        assert is_told(yan, "Only moderators decide", "general")
