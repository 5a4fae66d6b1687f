"""The site's settings for tests: a data folder of their own, and the database asked for.

ANLAN_TEST_DATABASE: `postgresql://…` to run the suite of apps/ on PostgreSQL; empty for SQLite.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_FOLDER = Path(tempfile.mkdtemp(prefix="anlan-tests-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ["ANLAN_DATA"] = str(_FOLDER)
(_FOLDER / "desk").mkdir()
(_FOLDER / "desk" / "ready").touch()
if os.environ.get("ANLAN_TEST_DATABASE"):
    (_FOLDER / "anlan.toml").write_text(f'database = "{os.environ["ANLAN_TEST_DATABASE"]}"\n')

from anlan.site.settings import *  # noqa: E402, F403 - after the folder is named

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, for tests only
