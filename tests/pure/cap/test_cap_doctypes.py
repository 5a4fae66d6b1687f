"""A document type declaration changes no verdict, resolves nothing, and is told."""

import os
from pathlib import Path

import pytest

from anlan.cap.check import Checked, check
from tests.pure.cap.messages import ALERT

LAUGHS = '<!ENTITY a "ha ha ha ha ha">' + "".join(
    f'<!ENTITY {name} "{f"&{inner};" * 10}">'
    for inner, name in zip("abcdefghi", "bcdefghij", strict=True)
)


def judged(declaration: str, alert: str = ALERT, before: str = "") -> Checked:
    return check(f"{before}{declaration}{alert}".encode())


DECLARATIONS = {
    "empty": "<!DOCTYPE alert>",
    "away": '<!DOCTYPE alert PUBLIC "-//A//B" "http://127.0.0.1:1/cap.dtd">',
    "both": '<!DOCTYPE alert SYSTEM "cap.dtd" [<!ENTITY x "y">]>',
    "laughs": f"<!DOCTYPE alert [{LAUGHS}]>",
    "parameters": '<!DOCTYPE alert [<!ENTITY % b "<!--x-->"><!ENTITY % a "&#37;b;&#37;b;"> %a;]>',
    "loop": '<!DOCTYPE alert [<!ENTITY a "&b;"><!ENTITY b "&a;">]>',
    "elements": "<!DOCTYPE alert [<!ELEMENT alert EMPTY><!ATTLIST alert id ID #REQUIRED>]>",
    "quotes": """<!DOCTYPE alert [<!ENTITY x "]>'"><!-- ]> " --><?x ]> ?><!ENTITY y ']>"'>]>""",
    "default": '<!DOCTYPE alert [<!ATTLIST alert lang CDATA "zh" xmlns CDATA "urn:x">]>',
    "lines": "<!DOCTYPE alert [\n\n<!ENTITY x 'y'>\n\n]>",
    "predefined": '<!DOCTYPE alert [<!ENTITY lt "&#38;#60;"><!ENTITY amp "&#38;#38;">]>',
}


@pytest.mark.parametrize("declaration", DECLARATIONS.values(), ids=DECLARATIONS)
def test_a_declaration_changes_nothing(declaration: str) -> None:
    bare = check(ALERT.encode())
    found = judged(declaration)
    assert (found.verdict, found.warnings) == ("valid", ("dtd", *bare.warnings))
    assert found.identifier == bare.identifier
    broken = ALERT.replace("<scope>Public</scope>", "")
    assert judged(declaration, broken).verdict == "invalid"
    assert judged(declaration, ALERT + "<x/>").verdict == "malformed"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_it_is_found_in_every_encoding(encoding: str) -> None:
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    head = f'<?xml version="1.0" encoding="{name}"?><!-- <!DOCTYPE no> --><?x y?>\n'
    text = head + '<!DOCTYPE alert [<!ENTITY x "Actual">]>' + ALERT.replace("Actual", "&x;")
    found = check(text.encode(encoding))
    assert (found.verdict, found.status, found.warnings) == ("invalid", "", ("dtd",))


@pytest.mark.parametrize("name", ["martian", "punycode", "unicode_escape", "base64", "a" * 50])
def test_an_encoding_of_no_texts_is_malformed(name: str) -> None:
    head = f'<?xml version="1.0" encoding="{name}"?>'
    assert judged("<!DOCTYPE alert>", before=head).verdict == "malformed"


def test_an_entity_is_nothing_wherever_it_stands() -> None:
    declaration = '<!DOCTYPE alert [<!ENTITY x "Actual"><!ENTITY y SYSTEM "file:///etc/passwd">]>'
    told = judged(declaration, ALERT.replace("暴雨</event>", "暴&x;雨&y;</event>"))
    assert told.verdict == "valid"
    kept = judged(declaration, ALERT.replace("<sender>", "<sender>&y;&x;"))
    assert kept.sender == "met@anlan.example"
    empty = judged(declaration, ALERT.replace("Actual", "&x;"))
    assert (empty.verdict, empty.status) == ("invalid", "")
    attribute = judged(declaration, ALERT.replace("<scope>", '<scope a="&x;">'))
    assert attribute.verdict == "invalid"


def test_laughter_costs_nothing_in_texts_and_in_attributes() -> None:
    declaration = f"<!DOCTYPE alert [{LAUGHS}]>"
    assert judged(declaration, ALERT.replace("暴雨</event>", "&j;&j;</event>")).verdict == "valid"
    inner = ALERT.replace("<scope>", '<scope a="&j;">')
    assert judged(declaration, inner).verdict == "invalid"


def test_an_entity_that_nobody_declares_is_malformed_unless_it_may_be_declared_elsewhere() -> None:
    asking = ALERT.replace("暴雨</event>", "&nobody;</event>")
    assert check(asking.encode()).verdict == "malformed"
    assert judged("<!DOCTYPE alert [<!ENTITY x 'y'>]>", asking).verdict == "malformed"
    assert judged("<!DOCTYPE alert SYSTEM 'x.dtd'>", asking).verdict == "valid"
    assert judged("<!DOCTYPE alert [%elsewhere;]>", asking).verdict == "valid"
    alone = '<?xml version="1.0" standalone="yes"?>'
    assert judged("<!DOCTYPE alert SYSTEM 'x.dtd'>", asking, alone).verdict == "malformed"


@pytest.mark.parametrize(
    "declaration",
    [
        "<!DOCTYPE alert",
        "<!DOCTYPE alert [",
        "<!DOCTYPE alert [<!ENTITY x 'y>]>",
        "<!DOCTYPE alert [<!ENTITY >]>",
        "<!DOCTYPE alert [<!-- ]>",
        "<!DOCTYPE>",
        "<!DOCTYPE alert><!DOCTYPE alert>",
        "<!DOCTYPE alert []",
    ],
)
def test_a_broken_declaration_is_malformed(declaration: str) -> None:
    assert judged(declaration).verdict == "malformed"


def test_what_only_looks_like_one_is_none() -> None:
    text = ALERT.replace("暴雨</event>", "<![CDATA[<!DOCTYPE alert>]]></event>")
    assert check(text.encode()).warnings == check(ALERT.encode()).warnings
    assert check(f"<!-- <!DOCTYPE alert> -->{ALERT}".encode()).warnings == ()


def test_lines_keep_their_numbers() -> None:
    broken = ALERT.replace("<scope>Public</scope>", "")
    (reason,) = judged("<!DOCTYPE alert [\n\n<!ENTITY x 'y'>]>\n", broken).reasons
    (bare,) = check(f"\n\n\n{broken}".encode()).reasons
    assert reason == bare


def test_no_file_that_it_names_is_opened(tmp_path: Path) -> None:
    """A pipe that nobody writes to would hold the reader for ever."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    subset = f'<!ENTITY % p SYSTEM "{pipe.as_uri()}"> %p; <!ENTITY x SYSTEM "{pipe.as_uri()}">'
    declaration = f'<!DOCTYPE alert SYSTEM "{pipe.as_uri()}" [{subset}]>'
    found = judged(declaration, ALERT.replace("暴雨</event>", "&x;</event>"))
    assert (found.verdict, found.warnings) == ("valid", ("dtd",))


def test_what_a_remark_or_a_literal_declares_is_not_declared() -> None:
    asking = ALERT.replace("暴雨</event>", "&x;</event>")
    for hidden in (
        "<!-- <!ENTITY x 'y'> -->",
        "<?p <!ENTITY x 'y'> ?>",
        """<!ENTITY z "<!ENTITY x 'y'>">""",
        "<!-- %outside; -->",
    ):
        assert judged(f"<!DOCTYPE alert [{hidden}]>", asking).verdict == "malformed", hidden
    assert judged("<!DOCTYPE alert [<!-- it's --><!ENTITY x 'y'>]>", asking).verdict == "valid"


def test_the_name_of_a_namespace_may_be_an_entity() -> None:
    name = "urn:oasis:names:tc:emergency:cap:1.2"
    asking = ALERT.replace(f'xmlns="{name}"', 'xmlns="&ns;" xmlns:more="&other;"')
    assert asking != ALERT
    declared = f"<!DOCTYPE alert [<!ENTITY ns \"{name}\"><!ENTITY other 'urn:x'>]>"
    assert judged(declared, asking).verdict == "valid"
    assert judged('<!DOCTYPE alert [<!ENTITY ns "urn:other">]>', asking).verdict == "malformed"
    away = '<!DOCTYPE alert [<!ENTITY ns SYSTEM "file:///etc/passwd"><!ENTITY other "urn:x">]>'
    assert judged(away, asking).verdict == "invalid"


@pytest.mark.parametrize("form", ["utf-32", "utf-32-le", "utf-32-be"])
def test_four_bytes_a_letter(form: str) -> None:
    text = "<!DOCTYPE alert [<!ENTITY x 'y'>]>" + ALERT
    found = check(text.encode(form))
    assert (found.verdict, found.warnings[:1]) == ("valid", ("dtd",))


@pytest.mark.parametrize("name", ["macintosh", "TIS-620"])
def test_encodings_that_the_parser_knows(name: str) -> None:
    head = f'<?xml version="1.0" encoding="{name}"?>'
    plain = ALERT.encode("ascii", "xmlcharrefreplace").decode()
    assert judged("<!DOCTYPE alert>", plain, head).verdict == "valid"


def test_an_encoding_that_the_parser_does_not_know_is_malformed_with_and_without_a_dtd() -> None:
    head = '<?xml version="1.0" encoding="UTF_8"?>'
    assert check(f"{head}{ALERT}".encode()).verdict == "malformed"
    assert judged("<!DOCTYPE alert>", before=head).verdict == "malformed"
