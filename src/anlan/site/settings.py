"""Django's settings: composition only. What a site may choose stands in `options`."""

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from anlan.desk import assets
from anlan.site.options import Place, place
from anlan.terms.errors import Malformed

PLACE: Place = place()
_OPTIONS, _HERE = PLACE.options, Path(__file__).resolve().parent


def _secret(data: Path) -> str:
    """The key that signs sessions, made once for each data folder; outside of one, for now only."""
    path, fresh = data / "desk" / "secret", secrets.token_urlsafe(48)
    if not path.parent.is_dir():
        return fresh
    if not path.exists():
        path.touch(0o600)
        path.write_text(fresh)
    return path.read_text()


def _database(url: str, data: Path) -> dict[str, Any]:
    """Django's words for `postgresql://user:password@host:port/name`, or for embedded SQLite."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": data / "desk" / "desk.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise Malformed("database must be empty or postgresql://…", where="anlan.toml")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        # Pages ask short questions: to compile one takes longer than to answer it.
        "OPTIONS": {"options": "-c jit=off", **dict(parse_qsl(parts.query))},
        "CONN_MAX_AGE": 60,
    }


SECRET_KEY = _secret(PLACE.data)
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *_OPTIONS.hosts]
ROOT_URLCONF = "anlan.site.urls"
ASGI_APPLICATION = "anlan.site.asgi.application"
INSTALLED_APPS = [
    "anlan.desk",
    "anlan.apps.people",
    "anlan.apps.atlas",
    "anlan.apps.watch",
    "anlan.apps.warning",
    "anlan.apps.portal",
    "django.contrib.messages",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "anlan.site.frame.static.PiecesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "anlan.site.frame.opening.OpeningMiddleware",
    "anlan.site.frame.policy.PolicyMiddleware",
    "anlan.site.api.faults.JsonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "anlan.apps.people.entrance.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "anlan.apps.people.entrance.AskerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "anlan.site.frame.faults.FaultsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "anlan.site.frame.policy.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "anlan.desk.templatetags.desk",
                "anlan.apps.atlas.templatetags.atlas",
            ],
        },
    }
]
DATABASES = {"default": _database(_OPTIONS.database, PLACE.data)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": _OPTIONS.password_length},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["anlan.apps.people.entrance.KeyBackend"]
LOGIN_URL = "/login"
SESSION_ENGINE = "anlan.apps.people.sessions"
SESSION_COOKIE_AGE = _OPTIONS.session_hours * 3600
SESSION_COOKIE_NAME = "anlan"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "anlan_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _OPTIONS.https
CSRF_FAILURE_VIEW = "anlan.site.frame.faults.csrf"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _OPTIONS.https else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "anlan_language"
LOCALE_PATHS = [_HERE / "locale"]
USE_I18N = USE_TZ = True
USE_THOUSAND_SEPARATOR = False
TIME_ZONE = _OPTIONS.time_zone
MEDIA_ROOT = PLACE.data / "files"
MEDIA_URL = "/files/"
STATIC_URL = "/static/"
STATIC_ROOT = assets.folder()
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/assets/.+-[\w-]{8}\."
MIGRATION_MODULES: dict[str, str] = {}
LOGGING_CONFIG = None  # anlan.live.journal has set it up before
