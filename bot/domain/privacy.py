"""What in a text could name a customer: pointed out by its line before it is sent, and never repeated.

These are hints for a person who may send anyway, so a number counts only when its shape, or a word before it, says what
it is. Digits of every script are read. Each pattern is bounded, or can match in one way only: no text holds it up.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial


class Kind(StrEnum):
    """What was seen, in words that follow “seems to hold”."""

    EMAIL = "an e-mail address"
    CARD = "a card number"
    ORDER = "an order number"
    PHONE = "a phone number"


@dataclass(frozen=True, slots=True)
class Hint:
    """Something in a line that could name a customer. `line` counts from 1."""

    kind: Kind
    line: int

    def __str__(self) -> str:
        return f"Line {self.line} seems to hold {self.kind}"


def hints(text: str) -> list[Hint]:
    """At most one hint of each kind for a line, in the order of the lines; years, prices, times and dates give none.

    >>> [str(hint) for hint in hints("She was kind.\\nRing 020 7946 0958 about order #4711-22.")]
    ['Line 2 seems to hold an order number', 'Line 2 seems to hold a phone number']
    """
    lines = re.split(r"\r\n?|\n", text)
    return [Hint(kind, number) for number, line in enumerate(lines, 1) for kind in _kinds(_plain(line))]


def _any_of(words: str) -> str:
    return f"(?:{'|'.join(words.split())})"


_THING = _any_of(
    "order purchase invoice booking reservation confirmation tracking shipment parcel consignment delivery ticket case "
    "claim policy customer client member membership account contract serial transaction receipt reference ref "
    "bestellung auftrag rechnung buchung sendung bestelling commande facture réservation pedido factura reserva "
    "encomenda ordine fattura prenotazione zamówienie заказ заказа"
)
_NUMBERED_THING = _any_of("bestell bestel auftrags rechnungs kunden sendungs buchungs vorgangs paket order ordre kunde")
_NUMBER = _any_of("numbers? num nummer nr no n° n id code reference ref número numéro numero номер \\#")
_PHONE_WORD = _any_of(
    "tel phone telephone mobile cell landline hotline helpline fax whatsapp sms call calls called calling ring rang "
    "dial dialled dialed telefon telefonnummer handy handynummer mobil rufnummer téléphone teléfono móvil telefono "
    "cellulare telefone celular телефон"
)
_CODE = r"(?P<code>(?:[a-z]{1,6}[-_/]?)?\d[\w/-]{0,40})"
# What may stand between two digits of one number: a space, dot, hyphen or slash, a bracket.
_GAP = r"(?: ?\(| ?/ ?|\)[ .-]?|[ .-])"
_YEAR = r"(?:1[5-9]|20)\d\d"
_HOUR = r"(?:[01]?\d|2[0-4])[.:h]?[0-5]\d"

_EMAILS = (
    re.compile(r"[\w\"]@(?:[\w-]{1,63}\.){1,8}[^\W\d_][\w-]{1,62}"),
    re.compile(r"\w ?[\[(] ?at ?[\])] ?[\w-]{1,63}(?:\.| ?[\[(] ?dot ?[\])] ?)\w{2}", re.IGNORECASE),
)
# ISO/IEC 7812: 13 to 19 digits as issued, and none begins with 0; longer runs may hold one beside its expiry date.
_CARD = re.compile(r"(?<![\d+])[1-9](?:[ -]?\d){12,}")
_ORDERS = tuple(
    (least, re.compile(pattern, re.IGNORECASE))
    for least, pattern in (
        (3, rf"\b{_THING}\W{{0,3}}(?<!\d){_NUMBER}(?:\W{{0,3}}|\W(?:is|was)\W{{1,3}}){_CODE}"),
        (3, rf"\b{_NUMBER}[. ]{{1,2}}(?:\w{{1,5}}[ ']){{0,2}}{_THING}\W{{1,3}}{_CODE}"),
        (3, rf"\b{_NUMBERED_THING}-?(?:nummer|nr|id)\W{{0,3}}{_CODE}"),
        # Without a word for “number” a short one may be a year or an amount.
        (5, rf"\b{_THING}\W{{1,3}}{_CODE}"),
        (2, rf"\b{_THING}\W{{1,3}}(?:{_NUMBER}\W{{1,3}})?(?P<code>(?-i:[A-Z0-9]{{6}}))\b"),  # an airline's
        (5, r"(?:#|\bno\.? ?)(?P<code>\d{5,40})"),
        (7, r"\b(?P<code>[a-z]{2,5}-\d{4}-\d{3,20})\b"),
        # Parcels: UPS, post offices (UPU S10), Amazon's orders; and what is longer than any phone number.
        (1, r"\b(?P<code>1z ?[0-9a-z]{3}(?: ?[0-9a-z]){13})\b"),
        (9, r"\b[a-z]{2} ?(?P<code>\d{3} ?\d{3} ?\d{3}) ?[a-z]{2}\b"),
        (17, r"\b(?P<code>\d{3}-\d{7}-\d{7})\b"),
        (12, r"(?<![\w.,+])(?P<code>[1-9]\d{11,40})(?!\w)"),
        (16, r"(?<![\w.,+])(?P<code>(?:\d{4} ){3,9}\d{1,4})(?!\w)"),
    )
)
# What looks like a phone number and is none: years, hours, dates, grouped thousands, postcodes, books.
_HARMLESS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\w){_YEAR}(?: ?[-/ ] ?{_YEAR})+(?!\w)",
        rf"(?<![\w+.-]){_HOUR} ?- ?{_HOUR}(?![\w-]|\.\d)",
        r"(?<![\w./-])\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})(?![./-]?\d)",
        r"(?<!\w)\d{4}([./-])\d{1,2}\1\d{1,2}(?!\w)",
        r"(?<![\w+.-])[1-9]\d?(?:[ .]\d{3}){2,}(?![ .-]?\d)",
        r"(?<![\w-])0\d{4}-\d{4}(?![\w-])",
        r"\bISBN(?:-1[03])?:? ?[\dX -]{10,17}",
    )
)
_INTERNATIONAL = re.compile(rf"(?:\+|(?<!\w)00) ?\(?[1-9](?:{_GAP}?\d){{6}}")
_PHONES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # With the 0 that calls within a country begin with.
        rf"(?<!\w)(?<!\d[.,:-])\(?0[1-9](?:{_GAP}?\d){{6}}",
        # North America, and any long number without a gap.
        r"(?<!\w)(?<!\d[.,:-])(?:1[ .-])?\(?[2-9]\d\d\)?[ .-]{1,3}\d{3}[ .-]\d{4}(?!\d)",
        r"(?<![\w.,$€£¥₹])\d{9,11}(?!\w)",
        # Numbers of other shapes count when a word says so.
        rf"\b{_PHONE_WORD}\b[^\d\n]{{0,25}}\d(?:{_GAP}?\d){{6}}",
    )
)


def _plain(line: str) -> str:
    """The line in compatibility form, with digits, dashes and spaces of every script as ASCII has them."""
    return "".join(map(_plain_character, unicodedata.normalize("NFKC", line)))


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    match unicodedata.category(character):
        case "Nd":
            return str(unicodedata.decimal(character))
        case "Pd":
            return "-"
        case "Zs":
            return " "
        case "Cf":
            return ""
    return character


def _kinds(line: str) -> Iterator[Kind]:
    """What the line holds. What was told as a card or an order is not told again as a phone number."""
    if any(pattern.search(line) for pattern in _EMAILS):
        yield Kind.EMAIL
    without_cards = _CARD.sub(lambda run: "·" if _holds_card(run[0]) else run[0], line)
    if without_cards != line:
        yield Kind.CARD
    unclear = without_cards
    for pattern in _HARMLESS:
        unclear = pattern.sub("·", unclear)
    without_orders = unclear
    for least, pattern in _ORDERS:
        without_orders = pattern.sub(partial(_blank, least), without_orders)
    if without_orders != unclear:
        yield Kind.ORDER
    if _INTERNATIONAL.search(without_cards) or any(pattern.search(without_orders) for pattern in _PHONES):
        yield Kind.PHONE


def _blank(least: int, order: re.Match[str]) -> str:
    return "·" if sum(map(str.isdigit, order["code"])) >= least else order[0]


def _holds_card(run: str) -> bool:
    """Whether some neighbouring groups of the run make up a card number."""
    groups = re.split("[ -]", run)
    if all(re.fullmatch(_YEAR, group) for group in groups):
        return False
    for start in range(len(groups)):
        number = ""
        for group in groups[start : start + 19]:
            number += group
            if 13 <= len(number) <= 19 and _has_check_digit(number):
                return True
    return False


def _has_check_digit(number: str) -> bool:
    """The rule of Hans Peter Luhn, as in ISO/IEC 7812-1, annex B."""
    doubled = (int(digit) * (1 + position % 2) for position, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
