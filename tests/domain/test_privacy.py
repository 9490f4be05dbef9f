"""Somebody is about to send a story that could name a customer, and is told in which line."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.privacy import Hint, Kind, hints


def seen(text: str) -> list[Kind]:
    return [hint.kind for hint in hints(text)]


def test_mia_is_told_which_line_to_look_at_and_the_number_is_not_said_again() -> None:
    told = hints("A guest left her coat.\nWe rang 020 7946 0958 and sent it on.\nIt was order no. 4711-22.")
    assert [str(hint) for hint in told] == [
        "Line 2 seems to hold a phone number",
        "Line 3 seems to hold an order number",
    ]


def test_a_line_is_told_once_for_each_kind() -> None:
    told = hints("ann@example.org, bob@example.org: 4111 1111 1111 1111\r\ncy@example.org")
    assert told == [Hint(Kind.EMAIL, 1), Hint(Kind.CARD, 1), Hint(Kind.EMAIL, 2)]


@pytest.mark.parametrize(
    "text",
    [
        "ann.lee+shop@mail.example.co.uk",
        "Write to <ann@example.org>.",
        "ann＠example．org",
        "用户@例子.广告",
        "an\u200bn@exam\u200bple.org",
        "ann (at) example.org",
        "ann [at] example [dot] org",
    ],
)
def test_e_mail_addresses(text: str) -> None:
    assert seen(text) == [Kind.EMAIL]


@pytest.mark.parametrize(
    "text",
    [
        "+44 20 7946 0958",
        "+44 (0)20 7946-0958",
        "+1 (555) 123-4567",
        "+390212345678",
        "0049 171 1234567",
        "020 7946 0958",
        "(020) 7946 0958",
        "0171/1234567",
        "030 / 123456",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "(555) 123-4567",
        "555-123-4567",
        "555.123.4567",
        "1-800-555-0199",
        "5551234567",
        "tel. 22 33 44 55",
        "WhatsApp 6123 4567",
        "She called me on 555-0199.",
        "teléfono: 612 345 678",
        "0171–123–4567",
        "٠٢٠ ٧٩٤٦ ٠٩٥٨",
        "＋４４ ２０ ７９４６ ０９５８",
        "०२० ७९४६ ०९५८",
        "on 12.05.2024 she left 0171 1234567",
    ],
)
def test_phone_numbers(text: str) -> None:
    assert seen(text) == [Kind.PHONE]


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111, 12/27",
        "4111 1111 1111 1111 12/27 123",
        "378282246310005",
        "3782 822463 10005",
        "４１１１１１１１１１１１１１１１",
        "٤١١١ ١١١١ ١١١١ ١١١١",
    ],
)
def test_card_numbers(text: str) -> None:
    assert seen(text) == [Kind.CARD]


@pytest.mark.parametrize(
    "text",
    [
        "order #12345",
        "Order no. 123",
        "her order number was: 12345",
        "order 12345",
        "Bestellnummer 4711-22",
        "Kundennr. 99812",
        "commande n° 12345",
        "numéro de commande : 12345",
        "pedido nº 12345",
        "номер заказа 12345",
        "ref: #A-1234",
        "booking reference XK4J9Q",
        "invoice INV-2024-001",
        "PO-2024-00017",
        "it was #4711220",
        "№ 4711220",
        "tracking number 1Z999AA10123456784",
        "1Z 999 AA1 01 2345 6784",
        "RR 123 456 785 GB",
        "112-1234567-1234567",
        "9405 5036 9930 0000 0000 02",
        "parcel 1234567890",
    ],
)
def test_order_numbers(text: str) -> None:
    assert seen(text) == [Kind.ORDER]


HARMLESS = """
It happened in 1998.
From 1914 to 1918 nobody came.
In the winters of 2015-2016 and 2017/18 it snowed.
2019, 2020 and 2021 were hard years; 2015 2016 2017 2018 were not.
On 01.02.2024 the shop opened.
On 24/12/1999 we closed early.
The letter is dated 2024-01-31.
It was 12 March 2003, a Tuesday.
We are open 9-17, and 10:00-16:30 on Sundays.
Öffnungszeiten: 08.30-17.00 Uhr.
The night shift is 2200-0600.
At 7:45 p.m. she rang again.
We help 24/7, 365 days a year.
It took 2 h 30 min.
The coat cost $1,299.99.
A refund of 1.299,50 € was paid.
They raised £1 200 000 for the hospital.
CHF 12'500.00 was the bill.
It cost between 0.50 and 0.75 a piece.
A tip of 20% on 85.40.
The company has 1,000,000 customers.
More than 12 000 000 parcels a year.
They called it 3.14159.
Flight BA2490 to Oslo was late.
LH 0400 and UA 1175 shared a gate.
A Boeing 747-8 waited.
She bought an iPhone 15 Pro.
He wanted the WH-1000XM4 in black.
The XPS 13 9310 would not start.
A Canon EOS 5D Mark 4 was lost.
Room 1204 was too loud.
Seat 12A was broken.
She lives at 221B Baker Street.
1600 Pennsylvania Avenue NW, Washington, DC 20500-0003.
10115 Berlin, Invalidenstr. 44.
Cambridge, MA 02138-1234.
75008 Paris, 8e arrondissement.
Gate 23, terminal 5.
The code 404 means “not found”.
Sizes 36, 38, 40 and 42 were sold out.
A pair in 38 39 40 41 was left.
She ordered 12 pairs and sent 11 back.
In order 3 things matter.
The case of 2019 was different.
An order of 50,000 pizzas.
The ticket cost 120 dollars.
She was customer number 50 that day.
Our first customer in 1962 was a child.
The account was opened in 2001.
He drove 1,800 km in 2 days.
It was 38.5 degrees.
They won 3-2 after extra time.
The call lasted 10 hours and 43 minutes.
They called 3 times in 2012.
A phone from 2007 with a cracked screen.
Version 10.15.7 of the app.
The ferry at 51.5007, -0.1246.
ISBN 978-0-306-40615-7 was out of print.
Meet me @ the counter, 3@2.50 each.
He wrote as @nordstrom on Twitter.
Number 10 Downing Street.
Route 66, mile 1,204.
We sat (at) the counter.
That is 99.9 per cent of 1.2 million.
A delivery 2024-05-01 or 2024-05-02.
""".strip().splitlines()


def test_sixty_harmless_sentences_raise_nothing() -> None:
    assert len(HARMLESS) >= 60
    assert {sentence: seen(sentence) for sentence in HARMLESS if seen(sentence)} == {}


PROSE = st.lists(st.sampled_from(["the guest", "was glad;", "and", "we (as promised)", "sent it,", "café"])).map(
    " ".join
)
DIGITS = {"": "0123456789", "arabic": "٠١٢٣٤٥٦٧٨٩", "full width": "０１２３４５６７８９", "thai": "๐๑๒๓๔๕๖๗๘๙"}


def digits(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=least, max_size=most)


def check_digit(number: str) -> str:
    """Luhn's, counted otherwise than the bot does: by the table of doubled digits."""
    doubled = "0246813579"
    total = sum(int(doubled[int(d)] if at % 2 == 0 else d) for at, d in enumerate(reversed(number)))
    return str(-total % 10)


def in_groups(number: str, sizes: list[int], gap: str) -> str:
    groups, rest = [], number
    for size in sizes:
        groups, rest = [*groups, rest[:size]], rest[size:]
    return gap.join(filter(None, [*groups, rest]))


@given(
    st.sampled_from("123456789"),
    digits(11, 17),
    st.lists(st.integers(2, 6), max_size=4),
    st.sampled_from(["", " ", "-"]),
    st.sampled_from(list(DIGITS.values())),
    PROSE,
    PROSE,
)
def test_a_card_number_is_seen_however_it_is_grouped(
    first: str, middle: str, sizes: list[int], gap: str, script: str, before: str, after: str
) -> None:
    number = first + middle
    typed = in_groups(number + check_digit(number), sizes, gap).translate(str.maketrans("0123456789", script))
    assert Kind.CARD in seen(f"{before} {typed} {after}")


@given(
    st.sampled_from(["+{}", "+{} (0)", "00{} "]),
    st.integers(1, 998),
    digits(6, 10),
    st.lists(st.integers(2, 4), max_size=3),
    st.sampled_from(["", " ", "-", "."]),
    st.sampled_from(list(DIGITS.values())),
    PROSE,
    PROSE,
)
def test_an_international_number_is_seen_in_any_prose(
    way: str, country: int, number: str, sizes: list[int], gap: str, script: str, before: str, after: str
) -> None:
    typed = way.format(country) + in_groups(number, sizes, gap)
    found = seen(f"{before}\n{before} {typed.translate(str.maketrans('0123456789', script))} {after}")
    assert Kind.PHONE in found


@given(st.sampled_from(["order #{}", "Order number: {}", "Bestellnummer {}", "tracking no. {}"]), digits(4, 14), PROSE)
def test_an_order_number_is_seen_in_any_prose(way: str, number: str, prose: str) -> None:
    assert set(seen(f"{prose} {way.format(number)} {prose}")) & {Kind.ORDER, Kind.CARD}


@given(
    st.from_regex(re.compile(r"[a-z0-9](?:[._+-]?[a-z0-9]){0,9}@(?:[a-z0-9]{1,9}\.){1,3}[a-z]{2,6}"), fullmatch=True)
)
def test_an_e_mail_address_is_seen_in_any_prose(address: str) -> None:
    assert Kind.EMAIL in seen(f"please write to {address}, she said")


@given(st.text("0123456789 .-/()+@#:,'\n", max_size=300) | st.text(max_size=300))
def test_any_text_is_read_and_no_hint_repeats_it(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    for hint in hints(text):
        assert 1 <= hint.line <= lines
        assert str(hint) == f"Line {hint.line} seems to hold {hint.kind.value}"


@pytest.mark.parametrize(
    "piece", ["1 ", "1-", "4", "(", "1(", "a@", "a.", "order ", "tel ", "00 ", "[at]", "1z 1 ", "ﷺ"]
)
def test_no_text_holds_it_up(piece: str) -> None:
    """A pattern that goes back over what it has read would be at this for hours."""
    assert len(hints((piece * 2_500)[:2_500])) <= len(Kind)
