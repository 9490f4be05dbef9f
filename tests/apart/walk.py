"""What people of several companies do, one after the other and by chance: the same seed does the same."""

import json
import random
import re
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.blocks import ids
from bot.handlers.permissions import WAYS
from bot.storage.database import opened
from bot.storage.forgetting import Forgetting
from playground import Delivery, Person, Playground, Seen, SeenView
from playground.drawing import BUTTONS, elements, label, options
from tests.apart.companies import DESKS, Company
from tests.apart.watch import LeakError, Watch
from tests.installing.conftest import Browser
from tests.submissions.crowd import WORDS, rows
from tests.submissions.people import waits_for

Json = dict[str, Any]
Step = Callable[[random.Random, Company], Awaitable[str]]

COMMANDS = ("", "themes", "help", "mine", "review", "schedule", "week", "saved", "submit", "settings", "a lost ring")
WAYS_TO_SAY = ("@storybot {}", "@storybot a story about {} please", "{}")
ZONES = ("London", "Helsinki", "Kolkata")
_HOUR = 3600.0
# So far back people scroll, and so many messages of a channel they look at.
_SCROLLED, _LOOKED_AT = 40, 6


class Walk:
    """Takes steps; every step is watched."""

    def __init__(
        self, seed: int, slack: Playground, browser: Browser, companies: Sequence[Company], watch: Watch, folder: Path
    ) -> None:
        self._seed = seed
        self.slack = slack
        self._browser = browser
        self.companies = companies
        self.watch = watch
        self._folder = folder
        self._heard: dict[str, dict[str, deque[Json]]] = defaultdict(lambda: defaultdict(lambda: deque(maxlen=3)))
        self.kinds: Counter[str] = Counter()
        self.ways: Counter[str] = Counter()

    @property
    def used(self) -> set[str]:
        """The buttons, forms and shortcuts that somebody used."""
        return self.ways.keys() & WAYS.keys()

    @property
    def _steps(self) -> dict[Step, float]:
        """Each with how often it is taken, beside the others."""
        return {
            self.types: 14,
            self.says: 6,
            self.presses: 34,
            self.sends_a_form: 20,
            self.uses_a_shortcut: 4,
            self.saves_and_asks_for_it: 4,
            self.looks_at_the_bot: 2,
            self.attacks: 16,
            self.time_passes: 1,
            self.slack_loses_an_answer: 0.5,
            self.leaves: 0.4,
            self.is_revoked: 0.4,
            self.joins: 2,
            self.loses_and_regains_access: 0.3,
            self.forgets_somebody: 0.3,
        }

    async def takes(self, number: int) -> str:
        """Take the step of this number, and look at what it did; what it was."""
        rng = random.Random(f"{self._seed}:{number}")
        [step] = rng.choices(list(self._steps), list(self._steps.values()))
        company = rng.choice(self.companies)
        try:
            done = await step(rng, company)
            self.kinds[step.__name__.replace("_", " ")] += 1
        except LookupError as nothing:
            done = f"finds nothing to do ({step.__name__}: {nothing})"
            self.kinds["nothing to do"] += 1
        await self._rests()
        for delivery in self.watch.look():
            self._hears(delivery)
        return f"#{number} {company.word}: {done}"

    async def _rests(self) -> None:
        """Until whatever the step began has been said; the story of the week keeps a pace of its own."""
        await self.slack.settled()
        with suppress(TimeoutError):
            await waits_for(self._is_quiet, seconds=2)
        for company in self.companies:
            for channel in company.team.workspace.channels.values():
                del channel.messages[:-_SCROLLED]

    def _is_quiet(self) -> bool:
        now = datetime.strftime(self.slack.now(), "%Y-%m-%d %H:%M:%S.%f")
        waiting = f"(state = 'due' AND due_at <= '{now}') OR state = 'sending'"
        return not rows(self._folder, f"SELECT 1 FROM outbox WHERE kind NOT LIKE 'weekly%' AND ({waiting}) LIMIT 1")

    def _hears(self, delivery: Delivery) -> None:
        """Remember what a company sent: others may come to know its ids."""
        for company in self.companies:
            if delivery.kind == "interactive" and company.is_told_of(delivery.payload):
                self._heard[company.word][delivery.name].append(delivery.payload)
                self.ways[delivery.name.partition(":")[0]] += 1

    # What people do

    async def types(self, rng: random.Random, company: Company) -> str:
        person, words = self._somebody(rng, company), self._words(rng, company)
        await person.types(f"/story {words}".strip(), self._place(rng, person))
        return f"{person.name} types /story {words}"

    async def says(self, rng: random.Random, company: Company) -> str:
        person, said = self._somebody(rng, company), rng.choice(WAYS_TO_SAY).format(self._words(rng, company))
        await person.types(said, self._place(rng, person))
        return f"{person.name} says {said}"

    async def looks_at_the_bot(self, rng: random.Random, company: Company) -> str:
        person, tab = self._somebody(rng, company), rng.choice(["home", "messages"])
        await person.opens("storybot", tab=tab)
        return f"{person.name} opens {tab}"

    async def presses(self, rng: random.Random, company: Company) -> str:
        """Press a button, rather one that was pressed seldom."""
        person = self._somebody(rng, company)
        buttons = [
            (shown, element, words, nth)
            for shown in self._shown_to(person)
            for element, words, nth in _buttons(shown, company)
        ]
        if not buttons:
            raise LookupError(f"{person.name} sees no button")
        seldom = [1 / (1 + self.ways[_way(element)]) for _, element, _, _ in buttons]
        [(shown, element, words, nth)] = rng.choices(buttons, seldom)
        await person.clicks(words, on=shown, nth=nth)
        return f"{person.name} presses {words} ({_way(element)})"

    async def sends_a_form(self, rng: random.Random, company: Company) -> str:
        waiting = [person for person in company.people if person.modal]
        person = rng.choice(waiting) if waiting else self._somebody(rng, company)
        if not person.modal:
            await person.types(
                rng.choice(["/story submit", "/story schedule", "/story mine"]), self._place(rng, person)
            )
        form = person.modal
        if not form or not form.submit or rng.random() < 0.1:
            await person.closes(whole_stack=rng.random() < 0.5)
            return f"{person.name} closes a form"
        await self._fills(rng, company, person, form)
        await person.submits()
        return f"{person.name} sends {form.title}: {(person.modal or form).errors or 'taken'}"

    async def saves_and_asks_for_it(self, rng: random.Random, company: Company) -> str:
        """Save a story where one is offered, and ask what one has saved: there, or wherever else one is too."""
        person = self._somebody(rng, company)
        offered = [
            (shown, words, nth)
            for shown in self._shown_to(person)
            for element, words, nth in _buttons(shown, company)
            if _way(element) == ids.SAVE
        ]
        if offered:
            shown, words, nth = rng.choice(offered)
            await person.clicks(words, on=shown, nth=nth)
        asking = rng.choice([one for other in self.companies for one in other.people if one.id == person.id])
        await asking.types("/story saved", "general")
        return f"{person.name} saves {'one' if offered else 'nothing'}, and {asking.name} asks for it"

    async def uses_a_shortcut(self, rng: random.Random, company: Company) -> str:
        person, channel = self._somebody(rng, company), rng.choice(["general", *DESKS])
        if rng.random() < 0.3:
            await person.uses_shortcut("Share a service story", channel=channel)
            return f"{person.name} uses the shortcut"
        await person.types(company.says("message") + self._tale(rng), channel)
        await person.uses_shortcut("Save as a service story", on=person.last(channel))
        return f"{person.name} saves a message"

    # Whoever knows another company's ids

    async def attacks(self, rng: random.Random, company: Company) -> str:
        """Do what another company did, or could do now, with all of its ids and none of its words."""
        victim = rng.choice([other for other in self.companies if other is not company])
        person = self._somebody(rng, company)
        payload = self._possible(rng, victim) if rng.random() < 0.6 else self._done(rng, victim)
        forged = self._forged(payload, victim, person)
        name = _name_of(forged)
        await person._slack.deliveries.send("interactive", name, forged)
        return f"{person.name} does {name} with the ids of {victim.word}"

    def _done(self, rng: random.Random, victim: Company) -> Json:
        """Something that they sent lately."""
        heard = self._heard[victim.word]
        return rng.choice(heard[rng.choice(sorted(heard))])

    def _possible(self, rng: random.Random, victim: Company) -> Json:
        """A button that somebody sees there now and could press, or a form that they could send."""
        person = self._somebody(rng, victim)
        if person.modal and person.modal.submit and rng.random() < 0.5:
            return {"type": "view_submission", "view": person._slack.view_payload(person._top())}
        shown = rng.choice(list(self._shown_to(person)))
        block, element = rng.choice(list(elements(shown.blocks)))
        there: Json = {"type": "view", "view_id": shown.id} if isinstance(shown, SeenView) else {"type": "message"}
        if isinstance(shown, Seen):
            there |= {"message_ts": shown.ts, "channel_id": shown.channel, "is_ephemeral": shown.ephemeral}
        view = person._slack.workspace.view(shown.id) if isinstance(shown, SeenView) else None
        within = {"view": person._slack.view_payload(view)} if view else {"response_url": ""}
        pressed = person._gestures._action(block, element, {})
        return {"type": "block_actions", "container": there, "actions": [pressed], **within}

    def _forged(self, payload: Json, victim: Company, person: Person) -> Json:
        """Who acts, where, and where the answer goes is Slack's to say; buttons and forms are taken from the other."""
        slack, attacker = person._slack, self._of(person)
        channel = slack.workspace.channel_named("general")
        assert channel
        forged: Json = json.loads(_without_words(json.dumps(payload), victim, attacker))
        forged |= slack.envelope() | {"user": person._gestures._user(person.id), "channel": {"id": channel.id}}
        forged["trigger_id"] = slack.capabilities.trigger_id(
            person.id, (forged.get("view") or {}).get("id"), channel.id
        )
        if "response_url" in forged:
            forged["response_url"] = slack.url + slack.capabilities.response_path("actions", person.id, channel.id)
        if "container" in forged:
            forged["container"] |= {"channel_id": channel.id} if "channel_id" in forged["container"] else {}
        if "view" in forged:
            forged["view"] |= {"team_id": slack.workspace.team_id, "app_installed_team_id": slack.workspace.team_id}
        return forged

    # What befalls a company

    async def time_passes(self, rng: random.Random, _: Company) -> str:
        hours = rng.choice([0.1, 1, 6, 24, 24, 24 * 3, 24 * 7])
        if rng.random() < 0.3:
            # Of a post that is due by then nobody may know whether it arrived.
            self.slack.fail("chat.postMessage", lost=True)
        self.slack.clock.advance(hours * _HOUR)
        return f"{hours} hours pass"

    async def slack_loses_an_answer(self, rng: random.Random, _: Company) -> str:
        method = rng.choice(["chat.postMessage", "chat.postMessage", "users.info", "views.open", "chat.update"])
        fault: Json = rng.choice([{"lost": True}, {"error": "ratelimited", "retry_after": 1}, {"status": 500}])
        self.slack.fail(method, **fault)
        return f"the next {method} goes wrong"

    async def leaves(self, _: random.Random, company: Company) -> str:
        company.team.uninstall()
        return "takes the bot away"

    async def is_revoked(self, _: random.Random, company: Company) -> str:
        self.slack._cloud.revoke(company.team.bot_token)
        return "revokes the token"

    async def joins(self, rng: random.Random, company: Company) -> str:
        if company.has_a_token and rng.random() < 0.8:
            raise LookupError("is installed")
        await self.installs(company)
        return "installs the bot"

    async def installs(self, company: Company) -> None:
        org_wide = company.roof is not None
        status, page = await self._browser.installs(company.installer, org_wide=org_wide)
        assert status == 200, page
        for one in self.companies:
            if one is company or (org_wide and one.roof is company.roof):
                for channel in ("general", *DESKS[: len(DESKS) // 2]):
                    one.team.invite("storybot", channel)
        await self.slack.settled()

    async def loses_and_regains_access(self, rng: random.Random, _: Company) -> str:
        company = rng.choice([company for company in self.companies if company.roof])
        if company.team.is_installed:
            self.slack.revoke_access(company.team)
            return f"{company.word} loses access"
        self.slack.grant_access(company.team)
        return f"{company.word} regains access"

    async def forgets_somebody(self, rng: random.Random, company: Company) -> str:
        person, before = rng.choice(company.people[1:]), self.watch.rows_of_others(company)
        async with opened(None, self._folder, beside_a_bot=True) as database:
            await Forgetting(database).forget_user(company.team.team_id, person.id, self.slack.now())
        if before != self.watch.rows_of_others(company):
            raise LeakError(f"Forgetting {person.name} changed what others have")
        return f"forgets {person.name}"

    # What they see and write

    def _somebody(self, rng: random.Random, company: Company) -> Person:
        """Of six, the first two may decide: they are there as often as all others."""
        return rng.choice([*company.people, *company.people[:2], *company.people[:2]])

    def _of(self, person: Person) -> Company:
        return next(company for company in self.companies if person in company.people)

    def _place(self, rng: random.Random, person: Person) -> str:
        return rng.choice([*_channels_of(person), "storybot"])

    def _words(self, rng: random.Random, company: Company) -> str:
        """What is asked: anything, one's own stories, or what another company may have told."""
        other = rng.choice(self.companies)
        fished = [other.says("title"), other.word[:-1], f"{other.says('title')[:-1]} {rng.choice(WORDS.split())}"]
        return rng.choice([*COMMANDS * 2, company.says("title"), f"submit {company.says('story')}", *fished])

    def _tale(self, rng: random.Random) -> str:
        return " ".join(["", *rng.choices(WORDS.split(), k=40)])

    def _shown_to(self, person: Person) -> Iterator[Seen | SeenView]:
        yield from filter(None, (person.modal, person.home))
        workspace = person._slack.workspace
        for name in (*_channels_of(person), "storybot"):
            visible = list(workspace.visible_to(person.id, person._channel(name).id))
            yield from (person._seen(message) for message in visible[-_LOOKED_AT:])

    async def _fills(self, rng: random.Random, company: Company, person: Person, form: SeenView) -> None:
        for block in form.blocks:
            if block["type"] != "input" or (block.get("optional") and rng.random() < 0.6):
                continue
            name = str(block["label"]["text"])
            with suppress(LookupError):
                await person.fills({name: await self._said(rng, company, person, form, block)})

    async def _said(self, rng: random.Random, company: Company, person: Person, form: SeenView, block: Json) -> Any:
        name, element = str(block["label"]["text"]), block["element"]
        several = element["type"].startswith("multi_")
        match element["type"].removeprefix("multi_"):
            case "plain_text_input" if name == "When":
                return str(rng.randrange(1990, 2026))
            case "plain_text_input":
                return company.says(name) + (
                    self._tale(rng) if element.get("multiline") else f" {rng.randrange(10**6)}"
                )
            case "checkboxes":
                return [label(option, str) for option in options(element)]
            case "static_select" | "radio_buttons":
                chosen = label(rng.choice(options(element)), str)
            case "external_select" if name == "Time zone":
                return rng.choice(ZONES)
            case "external_select":
                typed = rng.choice([company.says("title"), "customer"])
                return rng.choice(await person.looks_up(typed, element["action_id"], form))
            case "conversations_select" | "channels_select":
                chosen = rng.choice(["general", *DESKS])
            case "users_select":
                chosen = rng.choice(company.people).name
            case "timepicker":
                return f"{rng.randrange(24):02}:00"
            case _:
                raise LookupError(f"nobody knows how to fill in {element['type']}")
        return [chosen] if several else chosen


def _channels_of(person: Person) -> list[str]:
    channels = person._slack.workspace.channels.values()
    return [channel.name for channel in channels if channel.name and person.id in channel.members]


def _buttons(shown: Seen | SeenView, company: Company) -> Iterator[tuple[Json, str, int]]:
    """Each button with its words, and which it is of those with the same words."""
    alike: Counter[str] = Counter()
    for _, element in elements(shown.blocks):
        if element["type"] in BUTTONS:
            words = label(element, company.team.workspace.shown_name)
            yield element, words, alike[words]
            alike[words] += 1


def _name_of(payload: Json) -> str:
    """Which button, form or menu a payload is of."""
    match payload:
        case {"actions": [{"action_id": str(name)}, *_]} | {"view": {"callback_id": str(name)}}:
            return name
    return str(payload.get("callback_id") or payload.get("action_id"))


def _way(element: Json) -> str:
    """Buttons in a row carry their position behind a colon."""
    return str(element["action_id"]).partition(":")[0]


def _without_words(text: str, victim: Company, attacker: Company) -> str:
    """The ids stay, also of stories, which begin with their titles; words and addresses are the attacker's own."""
    text = re.sub(r"https?://[^\"\\\s]*", "", text)
    story_id = rf"{victim.word}[a-z]*(?:-[a-z0-9]+)*-[0-9a-f]{{8}}\b"
    return re.sub(rf"({story_id})|{victim.word}", lambda found: found[1] or attacker.word, text, flags=re.IGNORECASE)
