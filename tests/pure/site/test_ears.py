"""What reaches the demo's invented people is kept, shown newest first, and may be answered."""

import smtplib
import socket
from email.message import EmailMessage
from pathlib import Path

import pytest

from anlan.sandtable.sinks.mail import Mail, MailServer
from anlan.sandtable.sinks.sms.phones import Got
from anlan.site.crew.ways import ways_out
from anlan.site.demo.ears import kept as room
from anlan.site.demo.ears.ends import Ends, choose, write_options
from anlan.site.demo.ears.kept import Answer, Heard, Kept
from anlan.site.demo.ears.process import Telephones
from anlan.site.options import options_file, read


def heard(number: int) -> Heard:
    return Heard(kind="sms", to="19900009901", at_ms=number, text=f"第{number}条\n请转移")


def test_the_newest_is_told_first_also_by_another_process(tmp_path: Path) -> None:
    mine, other = Kept(tmp_path), Kept(tmp_path)
    assert other.newest(5) == []
    for number in range(7):
        mine.hear(heard(number))
    assert other.newest(3) == [heard(6), heard(5), heard(4)]


def test_of_a_long_life_the_older_half_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_MOST_BYTES", 5_000)
    kept = Kept(tmp_path)
    for number in range(200):
        kept.hear(heard(number))
    left = kept.newest(500)
    assert left[0] == heard(199)
    assert left == [heard(n) for n in range(199, 199 - len(left), -1)]
    assert len(left) < 100


def test_of_each_kind_the_newest_are_there_however_much_came_of_another(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.hear(Heard(kind="screen", to="SC1", at_ms=1, text="撤离", level="red"))
    for number in range(100):
        kept.hear(heard(number))
    assert [one.to for one in kept.newest(9, "screen")] == ["SC1"]
    assert {one.kind for one in kept.newest(9)} == {"sms"}


def test_an_answer_is_given_once(tmp_path: Path) -> None:
    Kept(tmp_path).answer(Answer(number="19900009901", text="收到"))
    assert Kept(tmp_path).answers() == [Answer(number="19900009901", text="收到")]
    assert Kept(tmp_path).answers() == []


def test_a_text_in_parts_is_heard_when_it_is_whole(tmp_path: Path) -> None:
    telephones = Telephones(Kept(tmp_path))
    for number, text in ((2, "两点"), (1, "下午")):
        assert Kept(tmp_path).newest(1) == []
        telephones.take(Got("19900009901", "10690000", text, 5, 7, number, 2))
    assert [one.text for one in Kept(tmp_path).newest(9)] == ["下午两点"]


def test_a_mail_comes_to_each_of_its_mailboxes() -> None:
    got: list[Mail] = []
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = "暴雨橙色预警", "a@demo.invalid", "b@x.cn"
    letter.set_content("请立即转移。\n")
    letter.add_alternative("<p>请立即转移。</p>", subtype="html")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with MailServer(got.append, port=port), smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.send_message(letter, to_addrs=["b@demo.invalid", "c@demo.invalid"])
    told = [(one.to, one.subject, one.text) for one in got]
    assert told == [
        (to, "暴雨橙色预警", "请立即转移。") for to in ("b@demo.invalid", "c@demo.invalid")
    ]


def test_a_site_finds_the_ears_by_its_options(tmp_path: Path) -> None:
    ends = choose()
    assert len({ends.mail, ends.sms, ends.speaker, ends.feed, ends.screens}) == 5
    write_options(tmp_path, Ends(mail=2525, sms=7890, speaker=8099, feed=8098, screens=8097))
    options = read(options_file(tmp_path))
    assert (options.smtp_host, options.smtp_port) == ("127.0.0.1", 2525)
    assert options.sms_gateway == "cmpp://127.0.0.1:7890"
    assert options.speaker_platform == "http://127.0.0.1:8099/ebd"
    assert [one.address for one in options.feed] == ["http://127.0.0.1:8098/cap/atom.xml"]
    assert {"email", "sms", "speaker", "screen"} <= {way.name for way in ways_out(options)}
