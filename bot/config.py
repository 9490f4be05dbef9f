"""Settings from a YAML file and secrets from the environment; every problem of both is told at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError

from bot.domain.moderation import Moderation as Moderation
from bot.errors import Problem, ProblemsError
from bot.reading import strict_yaml
from bot.reading.packs import BUILTIN, pack_folder
from bot.reading.wording import in_words

SLACK_API = "https://slack.com/api/"
DEFAULT_PORT = 3000
LOOPBACK = "127.0.0.1"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(_Section):
    """How much is taken in: stories that one person may submit in 24 hours, and that may wait in a workspace.

    `a_minute` and `at_once` bound the commands, clicks, forms and messages of one person, and of a whole workspace.
    """

    submissions_a_day: Annotated[int, Field(ge=1, le=1_000)] = 10
    submissions_waiting: Annotated[int, Field(ge=1, le=1_000)] = 200
    a_minute: Annotated[int, Field(ge=10, le=1_000_000)] = 120
    at_once: Annotated[int, Field(ge=1, le=10_000)] = 5
    workspace_a_minute: Annotated[int, Field(ge=10, le=1_000_000)] = 3_000
    workspace_at_once: Annotated[int, Field(ge=1, le=10_000)] = 100


class Weekly(_Section):
    """The story of the week; `catch_up` in hours, `spread` in seconds."""

    catch_up: Annotated[int, Field(ge=1, le=168)] = 24
    members_schedule: bool = False
    spread: Annotated[int, Field(ge=0, le=600)] = 0
    reads_back: bool = False


class Privacy(_Section):
    """How long a workspace's data outlives its installation, in days."""

    keep_days: Annotated[int, Field(ge=0, le=365)] = 30


class Installing(_Section):
    """Installing in many workspaces; `address` is where people reach the bot, such as https://stories.example.com."""

    address: Annotated[str, StringConstraints(pattern=r"^https?://[^/?#\s]+$")] | None = None
    org_wide: bool = False
    rotating_tokens: bool = False


class Settings(_Section):
    """Everything that `config.example.yaml` holds; pack folders are absolute paths."""

    # Slack allows lower-case names of at most 32 characters (docs: slash commands).
    command: Annotated[str, StringConstraints(pattern=r"^/[a-z0-9_-]{1,31}$")] = "/story"
    packs: Annotated[tuple[str, ...], Field(min_length=1)] = (BUILTIN,)
    moderation: Moderation = Moderation()
    limits: Limits = Limits()
    weekly: Weekly = Weekly()
    privacy: Privacy = Privacy()
    installing: Installing = Installing()

    def pack_folders(self) -> list[Path]:
        return [pack_folder(pack) for pack in self.packs]


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who the app is when people install it by OAuth, and the keys under which their tokens are kept."""

    client_id: str
    client_secret: SecretStr
    secret_keys: tuple[SecretStr, ...]


@dataclass(frozen=True, slots=True)
class Connection:
    """How this process reaches Slack and is reached: Socket Mode when there is an `app_token`, else HTTP.

    It speaks with the one `bot_token`, or in many workspaces with the tokens that the app's `credentials` bring. While
    the signing secret is being changed, what is signed with the old one is Slack's too.
    """

    bot_token: SecretStr | None
    signing_secret: SecretStr | None = None
    app_token: SecretStr | None = None
    api_url: str = SLACK_API
    database_url: SecretStr | None = None
    data: Path | None = None
    # In a container nothing less is reached from outside.
    host: str = "0.0.0.0"  # nosec B104
    port: int = DEFAULT_PORT
    credentials: Credentials | None = None
    old_signing_secret: SecretStr | None = None
    metrics_host: str = LOOPBACK
    metrics_port: int | None = None
    log_level: str = "INFO"
    log_form: str | None = None
    """json or text; None for whichever suits what it is written to."""
    drain_delay: float = 0
    """Seconds for which it goes on taking requests when it is told to stop, so that a balancer can notice."""

    @property
    def signing_secrets(self) -> tuple[str, ...]:
        """What a request may be signed with; none behind Socket Mode, where no request is taken."""
        secrets = () if self.app_token else (self.signing_secret, self.old_signing_secret)
        return tuple(secret.get_secret_value() for secret in secrets if secret)


def cache_folder(environment: Mapping[str, str]) -> Path | None:
    """Where what takes long to make is kept: `STORYBOT_CACHE`, or the person's own cache; None when there is none."""
    if chosen := environment.get("STORYBOT_CACHE"):
        return Path(chosen)
    caches = environment.get("XDG_CACHE_HOME") or ((home := environment.get("HOME")) and f"{home}/.cache")
    return Path(caches) / "storybot" if caches else None


def data_folder(environment: Mapping[str, str]) -> Path | None:
    """Where the database is kept: `STORYBOT_DATA`, or the person's own data; None when there is no such place."""
    if chosen := environment.get("STORYBOT_DATA"):
        return Path(chosen)
    kept = environment.get("XDG_DATA_HOME") or ((home := environment.get("HOME")) and f"{home}/.local/share")
    return Path(kept) / "storybot" if kept else None


def database_url(environment: Mapping[str, str]) -> SecretStr | None:
    """A PostgreSQL database to use instead of the file: `STORYBOT_DATABASE_URL`."""
    url = environment.get("STORYBOT_DATABASE_URL", "").strip()
    return SecretStr(url) if url else None


def secret_keys(environment: Mapping[str, str]) -> tuple[SecretStr, ...]:
    """The keys that tokens are sealed with, the newest first: `STORYBOT_SECRET_KEYS`, with commas between."""
    keys = environment.get("STORYBOT_SECRET_KEYS", "").split(",")
    return tuple(SecretStr(key.strip()) for key in keys if key.strip())


def load(path: Path | None) -> Settings:
    """The settings of a file, or the defaults without one; ProblemsError tells everything that is wrong with it."""
    settings, problems = _settings(path)
    if problems:
        raise ProblemsError(problems)
    return settings


def load_to_run(path: Path | None, environment: Mapping[str, str]) -> tuple[Settings, Connection]:
    """Settings and secrets; ProblemsError tells what is wrong with the file and with the environment together."""
    settings, problems = _settings(path)
    connection, missing = _connection(environment)
    if problems or missing:
        raise ProblemsError([*problems, *missing])
    return settings, connection


def _settings(path: Path | None) -> tuple[Settings, list[Problem]]:
    if path is None:
        return Settings(), []
    try:
        document = strict_yaml.read(path.read_bytes().decode())
    except (OSError, UnicodeDecodeError) as unreadable:
        reason = unreadable.strerror if isinstance(unreadable, OSError) else "it is not UTF-8 text"
        mend = "Copy config.example.yaml there, or name another file with --config."
        return Settings(), [Problem(str(path), None, f"The settings cannot be read: {reason}.", mend)]
    problems = [Problem(str(path), flaw.line, flaw.what, flaw.mend) for flaw in document.flaws]
    if not document.whole:
        return Settings(), problems
    try:
        settings = Settings.model_validate(document.value or {})
    except ValidationError as invalid:
        for error in invalid.errors():
            what, mend = in_words(error, _fields_at(error["loc"][:-1]))
            problems.append(Problem(str(path), document.line_of(error["loc"]), what, mend))
        return Settings(), problems
    beside = path.resolve().parent
    packs = tuple(pack if pack == BUILTIN else str(beside / pack) for pack in settings.packs)
    return settings.model_copy(update={"packs": packs}), problems


def _fields_at(loc: tuple[str | int, ...]) -> list[str]:
    model: type[BaseModel] = Settings
    for name in loc:
        field = model.model_fields.get(str(name))
        if field is None or not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
            return []
        model = field.annotation
    return list(model.model_fields)


@dataclass(frozen=True, slots=True)
class _Variables:
    """Reads environment variables, and gathers what is amiss with them."""

    environment: Mapping[str, str]
    problems: list[Problem]

    def text(self, name: str) -> str:
        return self.environment.get(name, "").strip()

    def secret(self, name: str, prefix: str, where: str, *, needed: bool, or_else: str = "") -> SecretStr | None:
        value = self.text(name)
        if not value and needed:
            mend = f"Copy it from {where}{or_else}."
            self.problems.append(Problem(name, None, "This environment variable is missing.", mend))
        if value and not value.startswith(prefix):
            self.problems.append(Problem(name, None, f"It should start with {prefix}.", f"Copy it from {where}."))
        return SecretStr(value) if value else None

    def number(self, name: str, default: int, most: int, mend: str) -> int:
        value = self.text(name) or str(default)
        if value.isascii() and value.isdigit() and len(value) < 10 and int(value) <= most:
            return int(value)
        self.problems.append(Problem(name, None, f"It should be a whole number, at most {most}.", mend))
        return default

    def choice(self, name: str, of: Sequence[str], default: str) -> str:
        value = self.text(name) or default
        fits = next((each for each in of if each.casefold() == value.casefold()), None)
        if fits is None and value:
            wished = f"{', '.join(of[:-1])} or {of[-1]}"
            self.problems.append(Problem(name, None, f"It should be {wished}.", "Take one of them, or leave it out."))
        return fits or default


def _connection(environment: Mapping[str, str]) -> tuple[Connection, list[Problem]]:
    problems: list[Problem] = []
    variables = _Variables(environment, problems)
    secret, number = variables.secret, variables.number
    app_token = secret("SLACK_APP_TOKEN", "xapp-", "Basic Information, App-Level Tokens", needed=False)
    client_id = variables.text("SLACK_CLIENT_ID")
    client_secret = secret("SLACK_CLIENT_SECRET", "", "Basic Information, App Credentials", needed=bool(client_id))
    bot_token = secret("SLACK_BOT_TOKEN", "xoxb-", "OAuth & Permissions, Bot User OAuth Token", needed=not client_id)
    if client_id and bot_token:
        what = "It is for one workspace, and SLACK_CLIENT_ID for many."
        problems.append(Problem("SLACK_BOT_TOKEN", None, what, "Take one of the two away."))
    if client_id and not secret_keys(environment):
        what = "This environment variable is missing: tokens are kept only under a key."
        problems.append(Problem("STORYBOT_SECRET_KEYS", None, what, "Make one with “openssl rand -base64 32”."))
    or_else = ", or set SLACK_APP_TOKEN to run in Socket Mode"
    signing_secret = secret(
        "SLACK_SIGNING_SECRET", "", "Basic Information, App Credentials", needed=app_token is None, or_else=or_else
    )
    old_signing_secret = secret("SLACK_SIGNING_SECRET_OLD", "", "where SLACK_SIGNING_SECRET was", needed=False)
    port = number("PORT", DEFAULT_PORT, 65535, "Take a free port, or leave it out.")
    metrics_port = number("STORYBOT_METRICS_PORT", 0, 65535, "Take a free port, or leave it out: then there is none.")
    log_level = variables.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")
    log_form = variables.choice("STORYBOT_LOG_FORMAT", ("json", "text"), "")
    drain_delay = number("STORYBOT_DRAIN_DELAY", 0, 60, "Take 0 without a load balancer, and about 5 behind one.")
    api_url = variables.text("SLACK_API_URL") or SLACK_API
    if not (api_url.startswith(("https://", "http://")) and urlsplit(api_url).hostname):
        problems.append(Problem("SLACK_API_URL", None, "It should be a web address.", f"Slack's own is {SLACK_API}"))
    if not api_url.endswith("/"):
        api_url += "/"
    keys = secret_keys(environment)
    found = Connection(
        bot_token,
        signing_secret,
        app_token,
        api_url=api_url,
        database_url=database_url(environment),
        data=data_folder(environment),
        port=port,
        credentials=Credentials(client_id, client_secret or SecretStr(""), keys) if client_id else None,
        old_signing_secret=old_signing_secret,
        metrics_host=variables.text("STORYBOT_METRICS_HOST") or LOOPBACK,
        metrics_port=metrics_port or None,
        log_level=log_level,
        log_form=log_form or None,
        drain_delay=drain_delay,
    )
    return found, problems
