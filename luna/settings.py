"""All settings, from the environment, in a self-hoster's order of reading (docs/self-hosting/configuration.md)."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url

from luna import env

BASE_DIR = Path(__file__).resolve().parent.parent

# 1. Where Luna keeps its files, and its secrets where the operator gives none.
DATA_DIR = env.folder("LUNA_DATA_DIR", BASE_DIR / "var")
SECRET_KEY = env.kept_secret("LUNA_SECRET_KEY", DATA_DIR / "secret_key")
ENCRYPTION_KEYS = env.key_ring("LUNA_ENCRYPTION_KEYS", DATA_DIR / "encryption_keys")

# 2. How people reach Luna.
BASE_URL = env.url("LUNA_BASE_URL", "http://127.0.0.1:8000")
TRUSTED_PROXIES = env.number("LUNA_TRUSTED_PROXIES", 0, most=8)
_SECURE = BASE_URL.startswith("https://")
ALLOWED_HOSTS = [str(urlsplit(BASE_URL).hostname), "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# 3. The database: SQLite in the data folder, or PostgreSQL.
DATABASE_URL = env.url("LUNA_DATABASE_URL", schemes=("postgres", "postgresql"))
DATABASE_POOL = env.number("LUNA_DATABASE_POOL", 8, most=200)
_SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": str(DATA_DIR / "luna.sqlite3"),
    # Opening takes longer than most statements, and whoever closes last folds the write-ahead log in.
    "CONN_MAX_AGE": 60,
    # IMMEDIATE: read-then-write transactions wait instead of failing (docs/decisions/0004-databases.md).
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    },
}
_POOL = {"OPTIONS": {"pool": {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 10}}} if DATABASE_POOL else {}
# No cursors on the server: a form's choices are read in one statement, as on SQLite, also through a pooling proxy.
_POSTGRES = {"DISABLE_SERVER_SIDE_CURSORS": True} | _POOL
DATABASES = {"default": {**dj_database_url.parse(DATABASE_URL), **_POSTGRES} if DATABASE_URL else _SQLITE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# 4. Redis rings the worker's bell; without it the worker looks every two seconds.
REDIS_URL = env.url("LUNA_REDIS_URL", schemes=("redis", "rediss", "unix", "redis+socket"))
WEB_WORKERS = env.number("LUNA_WEB_WORKERS", 2, least=1, most=32)
WORKER_THREADS = env.number("LUNA_WORKER_THREADS", 4, least=3, most=64)
TICK_SECONDS = env.number("LUNA_TICK_SECONDS", 15 if REDIS_URL else 2, least=1, most=60)
WORK_QUEUES = [
    "milestones.tasks.CALENDAR",
    "milestones.tasks.RECOMPUTE",
    "integrations.tasks.POLL",
    "integrations.tasks.SYNC",
    "integrations.tasks.WEBHOOKS",
    "integrations.tasks.CALLS",
    "integrations.tasks.LINKS",
    "milestones.tasks.MOVEMENTS",  # behind all other long work: a night makes thousands of its rows due
    "reports.tasks.SCHEDULES",
    "reports.tasks.DELIVERIES",
    "reports.tasks.NOTICES",
]

# 5. The services that Luna calls. Private and plain-http addresses are refused unless they are listed.
PRIVATE_HOSTS = env.private_targets("LUNA_PRIVATE_HOSTS")
SLACK_URL = env.url("LUNA_SLACK_URL", "https://slack.com/api") + "/"
# Empty: Atlassian's own addresses. Else one root that serves /ex/jira (the gateway), /authorize and /oauth/token.
ATLASSIAN_URL = env.url("LUNA_ATLASSIAN_URL")
ASANA_URL = env.url("LUNA_ASANA_URL", "https://app.asana.com/api/1.0")
CLICKUP_URL = env.url("LUNA_CLICKUP_URL", "https://api.clickup.com/api/v2")
# Empty: Google's own addresses. Else one root that serves /token, /drive/v3, /v1/documents and /v1/presentations.
GOOGLE_URL = env.url("LUNA_GOOGLE_URL")

# 6. Mail, for invitations, resets and notices. Without it an admin hands out links.
EMAIL_URL = env.url("LUNA_EMAIL_URL", schemes=("smtp", "smtps", "smtp+tls", "file"))
DEFAULT_FROM_EMAIL = env.text("LUNA_EMAIL_FROM", "luna@localhost")
_MAIL = urlsplit(EMAIL_URL)
EMAIL_BACKEND = f"django.core.mail.backends.{'filebased' if _MAIL.scheme == 'file' else 'smtp'}.EmailBackend"
EMAIL_FILE_PATH = _MAIL.path or None
EMAIL_HOST, EMAIL_PORT = _MAIL.hostname or "", _MAIL.port or (465 if _MAIL.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_MAIL.username or ""), unquote(_MAIL.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _MAIL.scheme == "smtps", _MAIL.scheme == "smtp+tls"
EMAIL_TIMEOUT = 15

# 7. What goes out.
PPTX_TEMPLATE = env.text("LUNA_PPTX_TEMPLATE")

# 8. The demo, logs.
DEMO = env.flag("LUNA_DEMO")
SANDBOX_URL = env.url("LUNA_SANDBOX_URL")
LOG_LEVEL = env.one_of("LUNA_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))

# From here on nothing is the operator's to set.
# What the shell, which lies beneath people, shows as the workspace.
SHELL_WORKSPACE = "people.selectors.workspace"
DEBUG = False
ROOT_URLCONF = "luna.urls"
WSGI_APPLICATION = "luna.wsgi.application"
INSTALLED_APPS = [
    "reports",
    "integrations",
    "milestones",
    "launches",
    "people",
    "luna.events",
    "luna.ui",
    "luna",
    "allauth",
    "allauth.account",
    "django_htmx",
    "template_partials",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "luna.ui.middleware.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "luna.ui.middleware.ReaderMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["luna.ui.templatetags.ui", "template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "luna.ui.context.shell",
            ],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static-collected"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Without collected files (a checkout) WhiteNoise serves the source folders; collecting writes the manifest.
_COLLECTED = (STATIC_ROOT / "staticfiles.json").exists() or "collectstatic" in sys.argv
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not _COLLECTED
warnings.filterwarnings("ignore", message="No directory at", category=UserWarning)
_STATIC_STORAGE = (
    "whitenoise.storage.CompressedManifestStaticFilesStorage"
    if _COLLECTED
    else "django.contrib.staticfiles.storage.StaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC_STORAGE},
}
# Shared counters (sign-in throttling) live in the database, so a silent Redis can't hang a page.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "luna_cache"},
}

AUTH_USER_MODEL = "people.User"
SESSION_ENGINE = "people.sessions"
AUTHENTICATION_BACKENDS = ["people.backends.SessionBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "reports:home"
ACCOUNT_ADAPTER = "people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "reset_password": "20/m/ip,5/m/key"}
PASSWORD_RESET_TIMEOUT = 3600

SESSION_COOKIE_NAME = "__Host-luna_session" if _SECURE else "luna_session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "__Host-luna_csrf" if _SECURE else "luna_csrf"
CSRF_FAILURE_VIEW = "luna.ui.views.csrf_failure"
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

CELERY_BROKER_URL = REDIS_URL or "memory://"
LOGGING_CONFIG = None
# SecurityHeadersMiddleware sends what these two look for elsewhere (docs/decisions/0008-security-headers.md).
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W002"]
