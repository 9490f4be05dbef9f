"""Finding a time zone by what people call it: a city, a country, an abbreviation, or how far it is from UTC."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from bot.blocks.form import option
from bot.blocks.message import Block
from bot.domain.slots import zones

# What a menu shows at once (docs: external data source of a select menu).
OPTIONS = 100
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+\-−])\s*(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")
# What people say for a country beside the name that the table of countries has.
_ALSO_CALLED = {"US": "USA", "GB": "England Scotland Wales", "NL": "Holland", "AE": "UAE"}


def zone_options(query: str, own_zone: str, now: datetime) -> list[Block]:
    """Options for what somebody has typed into the menu of time zones, at most 100, the likeliest first.

    The value is the zone's IANA name. Before anything is typed, the person's own zone leads, and its neighbours follow.
    """
    asked, wished = _WORD.findall(_folded(query)), _typed_offset(query)
    if query.strip() and not asked:
        # Letters that no zone's name has: a place that is none of these.
        return []
    known = _known(now.replace(minute=0, second=0, microsecond=0))
    own = next((zone for zone in known if zone.name == own_zone), None)
    fitting = [zone for zone in known if (zone.offset == wished if wished is not None else zone.answers(asked))]

    def place(zone: _Zone) -> tuple[object, ...]:
        # Old names follow those that places have today.
        sure = (zone is own, set(asked) <= set(zone.words), zone.begins(asked), zone.name in _places())
        return (*(not yes for yes in sure), abs(zone.offset - own.offset) if own else timedelta(), zone.city)

    return [zone.option() for zone in sorted(fitting, key=place)[:OPTIONS]]


def zone_option(zone: str, now: datetime) -> Block:
    """A zone as an option, such as "Berlin (Europe/Berlin, UTC+1)", with what it is from UTC at this moment."""
    return _Zone.of(zone, now).option()


@dataclass(frozen=True, slots=True)
class _Zone:
    """A time zone as it is at some moment; `words` are all those by which it is found."""

    name: str
    city: str
    offset: timedelta
    words: tuple[str, ...]

    @classmethod
    def of(cls, name: str, now: datetime) -> "_Zone":
        local = now.astimezone(ZoneInfo(name))
        readable = name.replace("_", " ")
        words = _WORD.findall(_folded(f"{readable} {_places().get(name, '')} {local.tzname()}"))
        return cls(name, readable.rpartition("/")[2], local.utcoffset() or timedelta(), tuple(words))

    def answers(self, asked: list[str]) -> bool:
        return all(any(word.startswith(part) for word in self.words) for part in asked)

    def begins(self, asked: list[str]) -> bool:
        return self.city.casefold().startswith(" ".join(asked))

    def option(self) -> Block:
        offset = _in_words(self.offset)
        return option(f"{self.city} ({offset if self.city == self.name else f'{self.name}, {offset}'})", self.name)


@lru_cache(maxsize=2)
def _known(hour: datetime) -> tuple[_Zone, ...]:
    """Every zone that is offered. All their clocks are read once an hour, not at every letter that somebody types."""
    # "Etc/GMT+5" is five hours behind: its sign is the other way round, so nobody is offered it.
    offered = (name for name in zones() if name == "Etc/UTC" or not name.startswith("Etc/"))
    return tuple(_Zone.of(name, hour) for name in offered)


def _typed_offset(query: str) -> timedelta | None:
    if not (typed := _OFFSET.fullmatch(query.strip())):
        return None
    sign, hours, minutes = typed.groups()
    ahead = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return ahead if sign == "+" else -ahead


def _in_words(offset: timedelta) -> str:
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    sign = "−" if offset < timedelta() else "+"
    return f"UTC{sign}{hours}:{minutes:02}" if minutes else f"UTC{sign}{hours}"


@cache
def _places() -> dict[str, str]:
    """Country and remarks of each zone that a place has today (tzdata: iso3166.tab and zone.tab)."""
    countries = {code: name for code, name, *_ in _rows("iso3166.tab")}
    return {
        zone: " ".join([code, countries[code], _ALSO_CALLED.get(code, ""), *remarks])
        for code, _, zone, *remarks in _rows("zone.tab")
    }


def _rows(table: str) -> list[list[str]]:
    text = (files("tzdata") / "zoneinfo" / table).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def _folded(words: str) -> str:
    """Small letters without their accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", words.casefold()) if not unicodedata.combining(c))
