"""Mail folders and drop folders are only read, and each message or file comes in once."""

import os
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.channel.conftest import Desk

MAIL = b"""From: "Ana Lima" <ana@acme.example>
Subject: =?utf-8?q?It_lied_=E2=9C=93?=
Date: Sun, 22 Nov 2026 09:15:00 +0000
Message-ID: <1@acme.example>
Content-Type: text/plain; charset=utf-8

Customer: where is my parcel?
Bot: it is on the moon.
"""


def drop(desk: Desk, name: str, text: str, ago_s: float = 60) -> Path:
    path = desk.folder / "drop" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    os.utime(path, (time.time() - ago_s,) * 2)
    return path


@pytest.fixture
def dropping(desk: Desk) -> Desk:
    (desk.folder / "drop").mkdir()
    desk.write('[channels.dropped]\nkind = "folder"\npath = "drop"\n')
    return desk


@pytest.fixture
def maildir(desk: Desk) -> Path:
    desk.write('[channels.letters]\nkind = "mail"\npath = "box"\n')
    for name in ("new", "cur", "tmp"):
        (desk.folder / "box" / name).mkdir(parents=True)
    return desk.folder / "box"


def test_each_file_of_a_drop_folder_comes_in_once_and_stays(dropping: Desk) -> None:
    drop(dropping, "a.txt", "the bot was rude", 90)
    drop(dropping, "b.json", '{"input": "hi", "answer": "no", "reporter": "ana"}', 80)
    drop(dropping, ".hidden", "x")
    drop(dropping, "c.part", "x")
    (dropping.folder / "drop" / "loop").symlink_to("a.txt")
    os.mkfifo(dropping.folder / "drop" / "pipe")

    first, second = dropping.sync().looked[0], dropping.sync().looked[0]

    assert (first.new, second.new, second.known) == (2, 0, 2)
    assert dropping.notes[0] == "the bot was rude"
    assert len(list((dropping.folder / "drop").iterdir())) == 6


def test_a_file_that_is_still_written_waits(dropping: Desk) -> None:
    path = drop(dropping, "a.txt", "the bo", 0)
    early = dropping.sync().looked[0]
    path.write_text("the bot was rude")
    os.utime(path, (time.time() - 60,) * 2)

    assert (early.new, dropping.sync().looked[0].new) == (0, 1)
    assert dropping.notes == ["the bot was rude"]


def test_a_maildir_comes_in_once_also_when_a_message_was_read_by_somebody(
    desk: Desk, maildir: Path
) -> None:
    (maildir / "new" / "1795338900.M1P1.host").write_bytes(MAIL)
    first = desk.sync().looked[0]
    (maildir / "new" / "1795338900.M1P1.host").rename(maildir / "cur" / "1795338900.M1P1.host:2,S")
    second = desk.sync().looked[0]

    story = next(iter(desk.stories.values()))

    assert (first.new, second.new) == (1, 0)
    assert story.first.author == "Ana Lima"
    assert story.first.reported == "2026-11-22T09:15:00.000Z"
    assert desk.notes == ["It lied ✓"]


def test_an_mbox_comes_in_once_and_is_not_touched(desk: Desk) -> None:
    box = desk.folder / "weird.mbox"
    desk.write('[channels.letters]\nkind = "mail"\npath = "weird.mbox"\n')
    box.write_bytes(b"From a Mon Jan  1 00:00:00 2026\n" + MAIL + b"\n")
    before = box.stat()
    desk.sync()
    same = box.stat()
    html = EmailMessage()
    html["From"], html["Subject"] = "ben@acme.example", "again"
    html.set_content("<style>x{}</style><p>it <b>shouts</b> &amp; lies</p>", subtype="html")
    with box.open("ab") as file:
        file.write(b"From b Mon Jan  1 00:00:00 2026\n" + html.as_bytes() + b"\n")

    looked = desk.sync().looked[0]

    assert (looked.new, looked.known) == (1, 1)
    assert (before.st_mtime_ns, before.st_size) == (same.st_mtime_ns, same.st_size)
    assert " ".join(str(desk.notes[-1]).split()) == "again it shouts & lies"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00garbage",
        b"Content-Type: text/plain; charset=klingon\n\nit lied",
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nit lied",
        b"From: =?bad?q?=\nDate: the day after\n\nit lied",
        b"Subject: " + b"a" * 200_000 + b"\n\nit lied",
    ],
)
def test_broken_mail_stops_nothing(desk: Desk, maildir: Path, content: bytes) -> None:
    (maildir / "new" / "1.broken").write_bytes(content)
    (maildir / "new" / "2.fine").write_bytes(MAIL)

    looked = desk.sync().looked[0]

    assert (looked.new, looked.trouble) == (2, "")


@pytest.mark.parametrize("kind", ["mail", "folder"])
def test_a_folder_that_is_not_there_is_named_and_stops_no_other(desk: Desk, kind: str) -> None:
    desk.write(
        f'[channels.gone]\nkind = "{kind}"\npath = "gone"\n'
        '[channels.dropped]\nkind = "folder"\npath = "drop"\n'
    )
    drop(desk, "a.txt", "it lied")

    gone, dropped = desk.sync().looked

    assert "gone cannot be read: No such file or directory" in gone.trouble
    assert dropped.new == 1
