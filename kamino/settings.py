"""One settings file: it reads the environment and fails at start-up when something is missing.

`make run` writes `var/local.env`; in production the variables come from the container
(see docker-compose.yml).
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
import structlog
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

BASE_DIR = Path(__file__).resolve().parent.parent

environ.Env.read_env(os.environ.get("ENV_FILE", BASE_DIR / "var" / "local.env"))
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
# Former ones: sessions and links that they signed stay valid while they stand here.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
# Where people and the banks' webhooks reach the product.
PUBLIC_URL = env.str("PUBLIC_URL").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SERVED_OVER_TLS = PUBLIC_URL.startswith("https://")

# Fernet keys for bank credentials, the newest first; the older ones still read.
CREDENTIAL_KEYS = env.list("CREDENTIAL_KEYS")

INSTALLED_APPS = [
    "kamino",
    "tenants",
    "audit",
    "people",
    "accounts",
    "banking",
    "parties",
    "payments",
    "charges",
    "reconciliation",
    "integrations",
    "registers",
    "core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "lucide",
    "rest_framework",
]

MIDDLEWARE = [
    "kamino.views.HealthFirst",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.PrivateResponseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "people.session_limits.SessionLimits",
    "people.signed_out.SignedOut",
    "people.devices.DeviceMiddleware",
    "audit.origin.OriginMiddleware",
    "core.middleware.AddressOfFormMiddleware",
    "core.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "kamino.urls"
WSGI_APPLICATION = "kamino.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # {% csrf_token %} names the company of the page too.
            "builtins": ["tenants.templatetags.form_tokens"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kamino.navigation.navigation",
                "people.passkeys.place",
            ],
        },
    },
]
FORM_RENDERER = "core.forms.FormRenderer"


# --- Data -------------------------------------------------------------------------------
# The web and the workers log in under a role that row-level security binds. Migrations run
# as the owner: `manage.py migrate --database owner`.
def database(variable: str) -> dict[str, Any]:
    """A database from its address; a Unix socket stands in the host's place, %-encoded."""
    config: dict[str, Any] = env.db_url(variable)
    config["HOST"] = unquote(config["HOST"])
    return config


DATABASES = {"default": database("DATABASE_URL")}
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
    "min_size": 0,
    "max_size": env.int("DATABASE_POOL", default=24),
    "timeout": 15,
    # Seconds, after which a failed attempt to connect is given up and the next who wants a
    # connection tries at once: the pauses between attempts double, up to minutes.
    "reconnect_timeout": 5,
}
# Seconds, the last in milliseconds. A server that vanished without a word is given up soon.
DATABASES["default"]["OPTIONS"] |= {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
# After a failover a pooled connection is found dead before it is used, not by the work it breaks.
DATABASES["default"]["ENGINE"] = "core.postgresql"
# Safe behind a transaction pooler: no prepared statement and no cursor outlives a transaction.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
if "DATABASE_OWNER_URL" in env:
    DATABASES["owner"] = database("DATABASE_OWNER_URL")
    # The owner is bound too, and a new foreign key has to see the rows of every company.
    DATABASES["owner"].setdefault("OPTIONS", {})["options"] = "-c kamino.tenant=*"

REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "core.cache.SpareCache",
        "LOCATION": REDIS_URL,
        # Not Django's pickles: whoever writes to Redis would run code in every process.
        # A Redis that vanished without a word is given up after two seconds.
        "OPTIONS": {
            "serializer": "core.cache.JsonSerializer",
            "socket_connect_timeout": 2,
            "socket_timeout": 2,
        },
        "KEY_PREFIX": "json",
    }
}

# --- Language and time ------------------------------------------------------------------
LANGUAGE_CODE = "pt-br"
TIME_ZONE = "America/Sao_Paulo"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# --- People -----------------------------------------------------------------------------
AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = ["tenants.emails.ConfirmedEmailBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "people.passwords.NamesValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "people.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # people are invited by an admin of their company
ACCOUNT_FORMS = {"reset_password": "people.password_links.PasswordLinkForm"}
# What moves the account to other hands asks the password, and is told to the address it had.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_CONFIRMATION_AUTHENTICATED_REDIRECT_URL = "account_email"
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
# Wrong passwords: by address and by name, as allauth counts them; on a browser that the person is
# known by, those of that browser alone, so that no stranger locks them out.
ACCOUNT_RATE_LIMITS = {"login_failed_on_known_device": "5/5m/key"}
# How many proxies of ours stand in front: too many sign-ins are counted by the person's address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1 if SERVED_OVER_TLS else 0)
# Whoever approves, sends or administers has a second factor, and shows it again after so long.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=SERVED_OVER_TLS)
FACTOR_PROOF_MINUTES = env.int("FACTOR_PROOF_MINUTES", default=15)
# After a reset of their factors a person reads, and does not act.
FACTOR_RESET_HOURS = env.int("FACTOR_RESET_HOURS", default=24)
# Where passkeys are good: a domain that they are bound to for ever, and the addresses of its pages.
PASSKEY_DOMAIN = env.str("PASSKEY_DOMAIN", default=urlsplit(PUBLIC_URL).hostname or "")
PASSKEY_ORIGINS = env.list("PASSKEY_ORIGINS", default=[PUBLIC_URL])
MFA_ADAPTER = "people.mfa_adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # periods of 30 seconds that a telephone's clock may be off
MFA_FORMS = {
    "authenticate": "people.totp.SecondStepForm",
    "reauthenticate": "people.totp.FactorAgainForm",
    "activate_totp": "people.totp.ActivateForm",
    "add_webauthn": "people.passkeys.AddForm",
    "authenticate_webauthn": "people.passkeys.SecondStepForm",
    "reauthenticate_webauthn": "people.passkeys.FactorAgainForm",
    "login_webauthn": "people.passkeys.SignInForm",
}

# How long it stays known who came in from where; the database keeps 30 days in any case.
SIGN_INS_KEPT_DAYS = max(30, env.int("SIGN_INS_KEPT_DAYS", default=180))
# Hours until a change that no second admin answers takes effect by itself. 0: at once, which is for
# the demonstration alone.
PEOPLE_CHANGE_WAIT_HOURS = env.float("PEOPLE_CHANGE_WAIT_HOURS", default=72.0)
if SERVED_OVER_TLS and not PEOPLE_CHANGE_WAIT_HOURS > 0:
    raise ImproperlyConfigured("PEOPLE_CHANGE_WAIT_HOURS has to be more than 0.")
# What may be asked and has to be confirmed: each a `people.pending_changes.Kind`.
PENDING_CHANGES = (
    "people.members.ROLE",
    "people.members.REMOVAL",
    "people.invitations.JOIN",
    "people.factor_reset.RESET",
    "people.exceptional_limit.LIMIT_RAISED",
    "payments.orders.rule_changes.TIERS",
    "payments.orders.rule_changes.LIMITS",
    "registers.rest_change.KIND",
    "integrations.ted_policy.KIND",
)
# What is out of the ordinary, and above a limit released by a second person: each a
# `people.exceptional_acts.Kind`. And who of two people count as one: a function of the company's
# id, two people's ids and the instants that matter.
EXCEPTIONAL_ACTS = (
    "charges.settlement.received.CASH",
    "charges.settlement.received.DATED_BACK",
    "charges.settlement.waive.REST",
    "charges.settlement.waive.LATE",
    "charges.tracking.reissue.LESS",
    "charges.tracking.unfollowed.SAID_CANCELLED",
    "charges.drafts.edit.LESS",
    "charges.refunds.advances.USE",
    "charges.refunds.undo_use.KIND",
    "charges.refunds.register.REGISTERED",
    "charges.renegotiation.ask.DISCOUNT",
    "reconciliation.matches.match.DIFFERENCE",
    "reconciliation.matches.ignore.IGNORED",
)
COUNTS_AS_ONE_PERSON = "payments.bills.tiers.count_as_one"
# What apps above people say that only one member can do: each a function of a membership, which
# returns a `people.members.Waiting` or None.
WAITS_FOR_MEMBER = ("payments.reads.waiting.waits_for",)

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVED_OVER_TLS
DEVICE_COOKIE_NAME = "device"
if SERVED_OVER_TLS:  # a neighbour below the same domain cannot set them (RFC 6265bis, 4.1.3.2)
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    DEVICE_COOKIE_NAME = "__Host-device"
# A person who does nothing for so long is signed out, and every one after so many hours.
IDLE_MINUTES = env.int("IDLE_MINUTES", default=30)
SESSION_HOURS = env.int("SESSION_HOURS", default=12)
# Longer than both: whose session it was is known when they come back the next morning.
SESSION_COOKIE_AGE = (SESSION_HOURS + 12) * 60 * 60
# Forms that may hold a bank's secrets: what was typed there does not outlive the session.
FORMS_NOT_KEPT = ("banking:mode",)
SECURE_SSL_REDIRECT = SERVED_OVER_TLS
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if SERVED_OVER_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SERVED_OVER_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SERVED_OVER_TLS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # the bills that are sent at once
# Files are certificates of a few kB and spreadsheets of up to 5 MB; statements may be larger, where
# they are sent by who is signed in (core/uploads.py). A larger request is not kept, nor is any file
# written to a disk.
FILE_UPLOAD_HANDLERS = ["core.uploads.BoundedUploadHandler"]
STATEMENT_UPLOADS = r"/contas/[0-9a-f-]{36}/extratos/"
STATEMENT_UPLOAD_MAX_SIZE = 65 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024

# smtp+tls:// or smtp+ssl:// in production: e-mails hold links that let somebody in.
email = env.email_url("EMAIL_URL", default="consolemail://")
if SERVED_OVER_TLS and not (email.get("EMAIL_USE_TLS") or email.get("EMAIL_USE_SSL")):
    raise ImproperlyConfigured("EMAIL_URL: smtp+tls://user:password@host:587")
vars().update(email)
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default=email["EMAIL_BACKEND"])
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Kamino <nao-responda@localhost>")

# --- Static files -----------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if not env.bool("STATIC_HASHED", default=not DEBUG)
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# --- API --------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": [
        "core.api.ReadableJson",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "tenants.throttles.PersonThrottle",
        "tenants.throttles.CompanyThrottle",
    ],
    "EXCEPTION_HANDLER": "core.api.exception_handler",
    "COERCE_DECIMAL_TO_STRING": True,
}
# Calls of the API by one person, and by all of a company; files made and read by one person.
API_RATES = {
    "person": env.str("API_RATE_PERSON", default="600/m"),
    "company": env.str("API_RATE_COMPANY", default="2400/m"),
}
COSTLY_RATE = env.str("COSTLY_RATE", default="30/m")
# Looks at the pages of payers, whom nobody knows: from one address, and from all of them.
PAYER_PAGE_RATES = {
    "place": env.str("PAYER_PAGE_RATE_PLACE", default="120/m"),
    "all": env.str("PAYER_PAGE_RATE_ALL", default="12000/m"),
}
# Owners of Pix keys that a bank is asked for by the bills of one person.
KEY_LOOKUP_RATE = env.str("KEY_LOOKUP_RATE", default="30/h")
SPECTACULAR_SETTINGS = {
    "TITLE": "Kamino",
    "DESCRIPTION": "As mesmas operações das telas, para programas da própria empresa.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
}

# --- Workers ----------------------------------------------------------------------------
# Messages carry ids and may be lost, doubled or late: the rows are the queue.
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # however long Redis is away, a worker waits for it
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    # Seconds: between two attempts to connect.
    "interval_start": 1,
    "interval_step": 1,
    "interval_max": 3,
    # A Redis that vanished without a word is noticed within some ten.
    "health_check_interval": 4,
    "socket_connect_timeout": 4,
    "socket_timeout": 8,
    "socket_keepalive": True,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
# Two queues, each with its worker, so that no statement that is read delays a payment; and one for
# the ticks, which both workers take in turn with their own, so that no backlog delays them. A
# worker that is told no queue takes all three.
QUEUES = ("payments", "reading")
TICKS = (
    "banking.tasks.sync_due_accounts",
    "banking.tasks.keep_connections_alive",
    "banking.tasks.tell_of_ending_consents",
    "banking.tasks.tell_of_lost_connections",
    "banking.tasks.purge",
    "tenants.tasks.send_notices",
    "tenants.tasks.purge",
    "audit.tasks.purge",
    "people.tasks.settle_changes",
    "people.tasks.send_invitations",
    "people.tasks.send_password_links",
    "people.tasks.purge",
    "payments.tasks.dispatch_due_accounts",
    "payments.tasks.sweep_orders",
    "payments.tasks.tell_of_trouble",
    "payments.tasks.tell_approvers",
    "charges.tasks.sweep_charges",
    "charges.tasks.sweep_reminders",
    "reconciliation.tasks.look_at_lines",
    "reconciliation.tasks.sweep_rule_runs",
    "reconciliation.tasks.sweep_bulk_acts",
    "reconciliation.tasks.draw_samples",
    "kamino.tasks.call_heartbeat_url",
)
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in ("clock", *QUEUES)]
CELERY_TASK_DEFAULT_QUEUE = "reading"
CELERY_TASK_ROUTES = {
    **dict.fromkeys(TICKS, "clock"),
    "payments.tasks.read_titles": "reading",
    "payments.tasks.read_keys": "reading",
    "payments.tasks.*": "payments",
}
# Tasks that a worker has at a time. They share one interpreter: more of them make it no faster,
# and each keeps up to sixteen connections to a bank open.
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = env.int("WORKER_THREADS", default=4)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
TICK_SECONDS = env.float("TICK_SECONDS", default=60.0)
CELERY_BEAT_SCHEDULER = "kamino.beat:TickScheduler"
# No tick expires: by the clock of another machine it might be old when it is sent.
CELERY_BEAT_SCHEDULE = {name: {"task": name, "schedule": TICK_SECONDS} for name in TICKS}
# What Celery's own time limits do not do in a pool of threads: seconds after which a task begins
# no other call to a bank; what is left is taken at a later tick. Below every lease.
TASK_SECONDS = env.float("TASK_SECONDS", default=240.0)
TASK_SECONDS_OF = {"banking.tasks.sync_account": 420.0}  # a first one reads 90 days

# --- Watching ---------------------------------------------------------------------------
# Beat shows by a task in each queue, at every tick, that it and the workers are there.
CELERY_BEAT_SCHEDULE |= {
    f"kamino.tasks.note_tick {queue}": {
        "task": "kamino.tasks.note_tick",
        "schedule": TICK_SECONDS,
        "args": [queue],
        "options": {"queue": queue},
    }
    for queue in QUEUES
}
# One that was not seen for so long is told as bad.
HEARTBEAT_SECONDS = env.float("HEARTBEAT_SECONDS", default=5 * TICK_SECONDS)
# A run that did not happen, or is not at the bank, so long after its time is told to people.
RUN_LATE_MINUTES = env.int("RUN_LATE_MINUTES", default=15)
# Opens /saude/detalhe/, as `Authorization: Bearer …`. Empty: there is no such page.
HEALTH_TOKEN = env.str("HEALTH_TOKEN", default="")
# Called once a day, when the day's run went well. Empty: nobody is called.
HEARTBEAT_URL = env.str("HEARTBEAT_URL", default="")
if HEARTBEAT_URL:
    _heartbeat = urlsplit(HEARTBEAT_URL)
    _is_here = _heartbeat.hostname in {"127.0.0.1", "::1", "localhost"}
    if _heartbeat.scheme != "https" and not (_heartbeat.scheme == "http" and _is_here):
        raise ImproperlyConfigured("HEARTBEAT_URL has to be an https address.")

# --- Banking ----------------------------------------------------------------------------
SYNC_INTERVAL_MINUTES = env.int("SYNC_INTERVAL_MINUTES", default=15)
# A worker that has not stored the outcome of a send by then is taken for dead. It starts no order
# after the first quarter of it, so the rest is for the slowest call, at the adapters' time-outs.
SEND_LEASE_SECONDS = env.float("SEND_LEASE_SECONDS", default=300.0)
# Between two looks at a bank for an order whose answer was lost, and between two polls.
ASK_AGAIN_SECONDS = env.float("ASK_AGAIN_SECONDS", default=30.0)
POLL_ORDERS_SECONDS = env.float("POLL_ORDERS_SECONDS", default=120.0)
# What apps above banking do when there is news of an account: a notice of its bank, or lines of
# its statement. The sweeps find the same without them.
ON_ACCOUNT_NEWS = (
    "payments.orders.tracking.ask_for_round",
    "charges.tracking.rounds.ask_for_round",
)
# What apps above banking do to their rows when a connection is undone, in the same transaction.
ON_DISCONNECT = (
    "payments.orders.disconnect.hand_back",
    "charges.tracking.disconnect.hand_back",
)
# What they do when an account's statement was read, and when a person takes a bank line and an
# entry apart.
ON_STATEMENT_READ = (
    "payments.orders.evidence.match_statement",
    "charges.tracking.bank_lines.match_statement",
    "reconciliation.matches.transfer.complete_waiting",
    "reconciliation.position.open_when_read.open_when_read",
    "reconciliation.engine.run.work_soon",
)
# What they do to their rows before lines of an account are withdrawn with their file, and when they
# were, in the same transaction.
ON_LINES_WITHDRAWN = ("reconciliation.position.open_when_read.follow_withdrawn",)
ON_ALLOCATION_UNDONE = (
    "payments.orders.evidence.note_undone",
    "charges.tracking.bank_lines.note_undone",
    "reconciliation.matches.undo.follow_undone",  # last: the others note what it then takes back
)

# A file is taken back, and with it lines that nobody else told: what is said of it before, and what
# is done.
WITHDRAWAL_EFFECT = "reconciliation.matches.withdrawal.effect_words"
ON_WITHDRAWAL = "reconciliation.matches.withdrawal.undo_some"
# What each tells of the entries of «Lançamentos»: what they are of, and what stands for them.
ENTRY_SOURCES = (
    "payments.reads.entry_sources.BILLS",
    "charges.reads.entry_sources.CHARGES",
    "reconciliation.reads.entry_sources.BANK_LINES",
)

# What a company decided about money that leaves it, for apps that payments does not see; and what
# they send from an account, for the limits of a day that payments counts.
RELEASE_RULES = "payments.bills.release_rules.release_rules"
ALSO_LEAVES = ("charges.refunds.limits.left_today",)
# How a bill is entered that gives back what a payer paid in advance, and who hears of its end.
ENTER_GIVE_BACK = "payments.bills.give_back_advance.enter_give_back"
# And what keeps that bill from leaving, where the money went back by another way: a function of the
# company's id, the bill's and why.
STOP_GIVE_BACK = "payments.orders.stop_give_back.stop_give_back"
ON_BILL_CANCELLED = ("charges.refunds.advances.free_advance",)

# What they do when something about a payee changed, in the same transaction.
ON_PAYEE_NEWS = ("payments.bills.payee_news.hear",)

# A bank that failed so many calls in a row is left alone for so long.
CIRCUIT_FAILURES = env.int("CIRCUIT_FAILURES", default=5)
CIRCUIT_SECONDS = env.float("CIRCUIT_SECONDS", default=60.0)

# The banks, one line each, in the order in which people are offered them. docs/adding-a-bank.md
BANKS = [
    "banking.banks.cora.Cora",
    "banking.banks.bs2.Bs2",
    "banking.banks.kamino.ContaKamino",
]
# Where each bank is and who we are for it: what the environment has under the name of its folder.
# Its `info` says which ones it needs; the start fails without them. What a person types never
# chooses a host.
for _bank in BANKS:
    _prefix = _bank.split(".")[-2].upper() + "_"
    globals().update({name: text for name, text in os.environ.items() if name.startswith(_prefix)})
# A certificate authority trusted beside the usual ones: the simulator's. Empty: none.
BANK_CA_FILE = env.str("BANK_CA_FILE", default="")

# --- Logs -------------------------------------------------------------------------------
# Everything is written by one handler, the server's own lines too: none holds a secret.
WRITTEN_HERE = {"handlers": ["console"], "propagate": False}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "kamino.observability.LineFormatter", "as_json": not DEBUG}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "httpx": {"level": "WARNING"},  # its lines hold whole addresses
        "httpcore": {"level": "WARNING"},
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {**WRITTEN_HERE, "level": "WARNING"},
        "gunicorn.error": WRITTEN_HERE,
        "gunicorn.access": WRITTEN_HERE,
    },
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
