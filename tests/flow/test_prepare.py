"""Records that several processes make ready at once."""

import os
import subprocess
import sys
from pathlib import Path

_PREPARE = "from anlan.site.crew.prepare import prepare; prepare()"
_LOOK = """
import django
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT count(*) FROM sqlite_master WHERE name LIKE 'atlas_sensor_words_fts%'")
    print(cursor.fetchone()[0])
"""


def test_a_fresh_folder_is_made_ready_by_several_at_once(tmp_path: Path) -> None:
    around = {**os.environ, "ANLAN_DATA": str(tmp_path),
              "DJANGO_SETTINGS_MODULE": "anlan.site.settings"}  # fmt: skip
    python = [sys.executable, "-c"]
    several = [
        subprocess.Popen([*python, _PREPARE], env=around, stderr=subprocess.PIPE, text=True)
        for _number in range(3)
    ]
    told = [one.communicate(timeout=120)[1] for one in several]
    assert [(one.returncode, text) for one, text in zip(several, told, strict=True)] == [
        (0, "")
    ] * 3
    looked = subprocess.run([*python, _LOOK], env=around, capture_output=True, text=True,
                            check=True)  # fmt: skip
    assert int(looked.stdout) >= 7  # the index, its tables, and three triggers
