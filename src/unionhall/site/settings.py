"""Settings: safe by default, read from a few environment variables (docs/reference/settings.md)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from unionhall.site.secret import secret_key

PACKAGE = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("UNIONHALL_VAR", "var")).resolve()

SECRET_KEY = os.environ.get("UNIONHALL_SECRET_KEY") or secret_key(VAR)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("UNIONHALL_HOSTS", "*").split(",")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "unionhall.kernel",
    "unionhall.ui",
    "unionhall.apps.orgs",
    "unionhall.apps.people",
    "unionhall.apps.meetings",
    "unionhall.apps.coverage",
    "unionhall.apps.membership",
    "unionhall.apps.contests",
    "unionhall.site",
]

# How phones reach the house from outside: what stands before the links in messages.
PUBLIC_ADDRESS = os.environ.get("UNIONHALL_PUBLIC_ADDRESS", "").rstrip("/")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # A slow phone loads the form in a tenth of the bytes; Django varies each page's length against BREACH.
    "unionhall.site.compression.CompressWhole",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "unionhall.ui.language.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "unionhall.kernel.typed.without_nul",
]

ROOT_URLCONF = "unionhall.site.urls"
WSGI_APPLICATION = None
AUTH_USER_MODEL = "people.Account"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "unionhall.ui.navigation.navigation",
            ],
        },
    }
]


def _database() -> dict[str, Any]:
    """The database that DATABASE_URL names, or the embedded SQLite file."""
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{VAR / 'unionhall.sqlite3'}"
    config: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=None))
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["ENGINE"] = "unionhall.kernel.sqlite"
    elif config["ENGINE"] == "django.db.backends.postgresql":
        config["CONN_HEALTH_CHECKS"] = True
        # Compiling a statement takes a second; none of ours runs long enough to win it back.
        options = config.setdefault("OPTIONS", {})
        options["options"] = f"{options.get('options', '')} -c jit=off".strip()
    return config


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# The embedded server has no deployment step that collects files: whitenoise reads them from the packages.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# A hall's network may be plain http, so secure cookies are switched on where TLS stands before us.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("UNIONHALL_TLS") == "1"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
LOGIN_URL = "/sign-in"

# The largest register that is taken in: ten million rows of an office's usual columns are about as much.
REGISTER_MOST_BYTES = int(os.environ.get("UNIONHALL_REGISTER_MB", "1024")) << 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    # Refusals and unknown addresses are answers, not events.
    "loggers": {"django.request": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
