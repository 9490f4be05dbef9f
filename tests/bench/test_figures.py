"""Figures as they are printed."""

import pytest

from bench.figures import percentile, print_table, short


def test_a_percentile_is_one_of_the_values() -> None:
    values = [3.0, 1.0, 2.0, 100.0]
    assert percentile(values, 0.5) == 2.0
    assert percentile(values, 0.99) == 100.0
    assert percentile([7.0], 0.5) == 7.0


@pytest.mark.parametrize(
    ("value", "text"), [(0.0123, "0.012"), (1.234, "1.23"), (12.34, "12.3"), (123.4, "123"), (12345, "12,345")]
)
def test_three_digits_are_enough(value: float, text: str) -> None:
    assert short(value) == text


def test_a_table_is_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("Speed", ("", "p50 ms"), [["Storybot", "1.23"], ["tantivy", "0.123"]])
    assert capsys.readouterr().out.splitlines() == [
        "",
        "Speed",
        "",
        "|          | p50 ms |",
        "| -------- | -----: |",
        "| Storybot |   1.23 |",
        "| tantivy  |  0.123 |",
    ]
