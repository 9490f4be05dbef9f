"""Somebody who runs the bot takes the team's stories out of one database and into another."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from playground import Playground
from tests.submissions.people import card_of, sees, tells
from tests.test_cli import environment


async def types(folder: Path, data: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """`storybot …` in this folder, with the database that is kept in `data`."""
    # Beside a running bot: its own queries have to go on meanwhile.
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env=environment(STORYBOT_DATA=str(data)),
        capture_output=True,
        check=False,
    )


def files(path: Path) -> dict[str, bytes]:
    """What a folder or a file holds."""
    return (
        {file.name: file.read_bytes() for file in sorted(path.iterdir())} if path.is_dir() else {"": path.read_bytes()}
    )


@pytest.mark.parametrize(("form", "name"), [("yaml", "pack"), ("json", "stories.json"), ("csv", "stories.csv")])
async def test_what_is_exported_comes_back_the_same(desk: Playground, tmp_path: Path, form: str, name: str) -> None:
    ada, grace = desk.person("Ada"), desk.person("Grace")
    await tells(ada, Title="=SUM(1) and a “cup”", What_did_it_show="- Trust goes first.", When="2019")
    await grace.clicks("Approve", on=await card_of(grace, "=SUM(1)"))
    await sees(ada, "is in the library now", "storybot")

    # The bot still runs on these data.
    first, again, elsewhere = tmp_path / name, tmp_path / f"again-{name}", tmp_path / "elsewhere"
    told = await types(tmp_path, tmp_path, "export", "--format", form, str(first))
    assert told.returncode == 0, told.stderr
    if form == "yaml":
        assert b"all good" in (await types(tmp_path, elsewhere, "check", str(first))).stdout
    taken = await types(tmp_path, elsewhere, "import", str(first), "--team", "T0ELSEWHERE")
    assert taken.stdout == b"1 story imported.\n", taken.stderr
    await types(tmp_path, elsewhere, "export", "--format", form, str(again))
    assert files(first) == files(again)


async def test_one_bad_story_keeps_all_of_them_out(tmp_path: Path) -> None:
    table = tmp_path / "ours.csv"
    table.write_text(
        "id,title,told_by,themes,summary,story\n"
        "good-one,A good one,Ada,empathy,She stayed.,She stayed until the last parcel had been found and sent.\n"
        "bad-one,A bad one,Ada,no-such-theme,He left.,He left before anybody had asked him what he had seen there.\n"
    )
    told = await types(tmp_path, tmp_path / "data", "import", str(table), "--team", "T0HERE")
    assert told.returncode == 2
    assert b"nothing was imported" in told.stderr
    assert b"no-such-theme" in told.stderr
    assert (await types(tmp_path, tmp_path / "data", "export", "--team", "T0HERE")).returncode == 2


async def test_a_story_of_the_packs_is_not_replaced(tmp_path: Path) -> None:
    told = await types(tmp_path, tmp_path / "data", "export")
    assert told.returncode == 2
    assert b"--team" in told.stderr
