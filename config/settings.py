"""Settings, flat, read from the environment (see .env.example)."""

import sys
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from firm import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# Where this installation keeps its databases, files, mail and secrets.
DATA = Path(env("DATA", default=str(BASE_DIR / "var" / "data"))).resolve()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="") or embedded.secret_key(DATA)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env("SITE_URL", default="") or f"http://127.0.0.1:{env('PORT', default='8000')}"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])
PRODUCT_NAME = env("PRODUCT_NAME", default="Merihari")

if env("DATABASE_URL", default="") and not env("SECRET_KEY", default=""):
    raise ImproperlyConfigured("Set SECRET_KEY: a deployment of its own needs a secret of its own.")

# The firm
BASE_CURRENCY = env("BASE_CURRENCY", default="JPY")
FIRM_TIME_ZONE = env("FIRM_TIME_ZONE", default="Asia/Tokyo")
FIRM_COUNTRY = env("FIRM_COUNTRY", default="JP")
FISCAL_YEAR_START = env.int("FISCAL_YEAR_START", default=4)
NIGHT_STARTS_AT = env("NIGHT_STARTS_AT", default="02:00")
# What one of these takes, in the estimate of the hours that tiers promise.
SERVICE_MINUTES = {
    "review_meeting": env.int("REVIEW_MEETING_MINUTES", default=120),
    "proposal": env.int("PROPOSAL_MINUTES", default=240),
    "contact_interval": env.int("REGULAR_CONTACT_MINUTES", default=30),
}
DEMO = env.bool("DEMO", default=True)

INSTALLED_APPS = [
    "config.admin.ReadOnlyAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pghistory",
    "pgtrigger",
    "rest_framework",
    "rest_framework.authtoken",
    "template_partials",
    "firm",
    "customers",
    "tiering",
    "escalation",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "firm.middleware.NoNulMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "firm.middleware.ReaderMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "firm.access.AccessMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "firm.chrome.chrome",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "firm.templatetags.ui",
                "template_partials.templatetags.partials",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Database: DATABASE_URL, or the embedded server. `migrate` works as the owner of the
# tables, everything else with the rights of firm/grants.py.
OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "pgtrigger"}
DATABASE_ROLE = env(
    "DATABASE_ROLE", default="owner" if OWNER_COMMANDS & set(sys.argv[1:2]) else "app"
)
if env("DATABASE_URL", default=""):
    database_url = {"app": "DATABASE_URL"}.get(
        DATABASE_ROLE, f"DATABASE_{DATABASE_ROLE.upper()}_URL"
    )
    default_database = env.db_url(database_url, default=env("DATABASE_URL"))
    default_database["OPTIONS"] = {"options": embedded.SESSION_OPTIONS[DATABASE_ROLE]}
else:
    default_database = embedded.database_settings(DATA, role=DATABASE_ROLE)
DATABASES = {"default": {**default_database, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

BROKER_URL = env("BROKER_URL", default="") or embedded.broker_url(DATA)

# People and sign-in
AUTH_USER_MODEL = "firm.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "firm.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True  # for SESSION_COOKIE_AGE, without asking each time
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"{PRODUCT_NAME}: "
ACCOUNT_REAUTHENTICATION_TIMEOUT = 12 * 60 * 60
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = PRODUCT_NAME
MFA_ALLOW_UNVERIFIED_EMAIL = True  # administrators vouch for the addresses

# Web
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
LANGUAGE_COOKIE_NAME = "language"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# The weekly grid has nine fields a row: up to 80 customers, several causes each.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
UPLOAD_LIMIT_BYTES = env.int("UPLOAD_LIMIT_BYTES", default=200 * 1024 * 1024)
IMPORT_LINE_LIMIT = env.int("IMPORT_LINE_LIMIT", default=2_000_000)

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_MANIFEST_STRICT = False
MEDIA_ROOT = DATA / "files"

# Mail: files in DATA/mail until EMAIL_URL names a server.
if env("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA / "mail"
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="merihari@localhost")

# Language and time
LANGUAGE_CODE = env("LANGUAGE_CODE", default="ja")
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = FIRM_TIME_ZONE
USE_I18N = True
USE_TZ = True

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # The first one says how a stranger is answered: 401, not 403.
        "rest_framework.authentication.TokenAuthentication",
        "firm.api_session.BrowserSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["firm.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "firm.api.CursorPages",
    "EXCEPTION_HANDLER": "firm.api.answer_exception",
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{PRODUCT_NAME} API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    # The description holds nobody's data: it is read while the screen is shared, too.
    "SERVE_AUTHENTICATION": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Where fields of one name have different choices.
    "ENUM_NAME_OVERRIDES": {
        "ActivityCauseEnum": "customers.models.Activity.Cause",
        "ActivityDirectionEnum": "customers.models.Activity.Direction",
        "CustomerStatusEnum": "customers.models.Customer.Status",
        "FindingDirectionEnum": ["over", "under"],
        "FindingKindEnum": "tiering.models.FindingKind",
        "FindingResolutionEnum": "tiering.models.Finding.Resolution",
        "FindingStateEnum": "tiering.models.Finding.State",
        "GoalStateEnum": "customers.models.Goal.State",
        "ImportKindEnum": "customers.models.Import.Kind",
        "ScopeVerdictEnum": "customers.models.ScopeInquiry.Verdict",
        "TermKindEnum": "customers.models.ScopeTerm.Kind",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
}

# What composes the apps, by name: the body of each kind of job, and what creates dated jobs.
JOB_BODIES = {
    "nightly": "tiering.nightly.run_night",
    "replay": "tiering.nightly.run_replay",
    "detection": "tiering.detection.run",
    "tiers_in_force": "tiering.midnight.run",
    "customers_daily": "customers.daily.run",
    "preview": "tiering.previews.job.run",
    "import": "customers.imports.job.read",
    "import_apply": "customers.imports.job.apply",
    "recost": "customers.service_log.recosting.run",
}
RUN_ENSURERS = [
    "tiering.nightly.ensure_runs",
    "tiering.detection.ensure_runs",
    "tiering.midnight.ensure_runs",
    "customers.daily.ensure_runs",
]
# The names of the tiers in force by rank, for tables of customers that leave the application.
TIER_NAMES = "tiering.overview.names_by_rank"
# What goes by the work calendars: contracts by calendar, entries outside their support hours.
CALENDAR_USES = "customers.calendar_uses.uses_of"
ENTRIES_OUTSIDE_HOURS = "customers.calendar_uses.entries_outside"
# What higher apps add to a customer's timeline: firm.timeline.Source.
TIMELINE_SOURCES = [
    "tiering.timeline.CHANGES",
    "tiering.timeline.OVERRIDES",
    "tiering.timeline.OVERRIDES_ENDED",
]
# What higher apps know when a scope check is made: functions of the customer, the day and the
# minutes that give firm.advice.Advice.
SCOPE_ADVISERS = ["tiering.scope_advice.advise"]
# Flags in the list of customers and in its file: which customers have some on a side, and what
# those of many customers are in words.
FLAGGED_CUSTOMERS = "tiering.flags.of_customers.flagged"
FLAGS_IN_WORDS = "tiering.flags.of_customers.in_words"
# By entry of the navigation: functions of a person's Scope that count what waits for them there.
BADGES = {
    "tiering:rules": ["tiering.overrides.waiting_for"],
    "tiering:findings": ["tiering.flags.waiting_for"],
}
