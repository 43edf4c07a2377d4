"""Settings: read once from the environment, typed, all faults reported together."""

import contextlib
import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo

from kb.errors import KbError

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_SECRETS = {"changeme", "change-me", "secret", "dev", "sample", "example", "password"}
# sun_path holds 108 bytes with its closing NUL (unix(7)).
LONGEST_SOCKET_PATH = 107
HERE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 - compared with, never listened at
# Who may make an account. A domain as mail servers write it: letters, digits and hyphens between dots.
SIGNUP = r"invite|open|domain:[a-z0-9-]+(\.[a-z0-9-]+)+"
# A Whisper model is one in the data folder, by its name, or a folder elsewhere.
SPEECH = r"auto|pocketsphinx|none|whisper:(/.+|~/.+|(?!\.\.?$)[^/\s]+)"
SEMANTIC = r"off|/.+|~/.+"


class BadSettings(KbError):
    code = "bad-settings"
    title = "The settings need a correction"


def _bind(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("write it as HOST:PORT, such as 127.0.0.1:8000")
    return value


def _one_of(pattern: str, say: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"write {say}")
        return value

    return AfterValidator(check)


def _secret(value: str) -> str:
    if value and (value.lower() in SAMPLE_SECRETS or len(value) < 16):
        raise ValueError("that is a sample or too short; leave it out, and one is made in the data folder")
    return value


def _with_server(value: str, info: ValidationInfo) -> str:
    # A faulty address is not among the data; what is wrong with that is said by itself.
    if value == "postgresql:" and not info.data.get("database_url", "postgresql:").startswith("postgresql"):
        raise ValueError("postgresql: is the site's database, so KB_DATABASE_URL must name one on a PostgreSQL server")
    return value


def _absolute(value: Path) -> Path:
    return value.expanduser().absolute()


class Settings(BaseModel):
    """One running site. Every field is `KB_` plus its name in the environment; `docs/settings.md` explains each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bind: Annotated[str, AfterValidator(_bind)] = "127.0.0.1:8000"
    site_url: Annotated[str, _one_of(r"|https?://[^\s/]+(/\S*)?", "an address such as https://showhow.example.org")] = (
        ""
    )
    data_dir: Annotated[Path, AfterValidator(_absolute)] = ROOT / "uploads"
    database_url: Annotated[str, _one_of(r"|(sqlite|postgresql)(\+\w+)?://.*", "a sqlite: or postgresql: URL")] = ""
    redis_url: Annotated[str, _one_of(r"|(redis|rediss|redis\+socket|unix)://.+", "a redis: or unix: URL")] = ""
    storage_url: Annotated[str, _one_of(r"file:", "file:")] = "file:"
    search_url: Annotated[
        str, _one_of(r"whoosh:|postgresql:", "whoosh: or postgresql:"), AfterValidator(_with_server)
    ] = "whoosh:"
    secret_key: Annotated[str, AfterValidator(_secret)] = ""
    speech: Annotated[str, _one_of(SPEECH, "auto, whisper:NAME-OR-FOLDER, pocketsphinx or none")] = "auto"
    screen_text: Annotated[str, _one_of(r"auto|none", "auto or none")] = "auto"
    semantic: Annotated[str, _one_of(SEMANTIC, "off, or the whole path of a model's folder")] = "off"
    keep_originals: bool = True
    max_upload_bytes: Annotated[int, Field(ge=1)] = 2 * 1024**3
    max_duration_s: Annotated[int, Field(ge=1)] = 3600
    signup: Annotated[str, _one_of(SIGNUP, "invite, open or domain:example.org")] = "invite"
    public: bool = False
    trusted_proxies: Annotated[int, Field(ge=0, le=10)] = 0
    x_accel: Annotated[str, _one_of(r"|/[\w/-]*\w/", "a path between two slashes, such as /protected/")] = ""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read KB_* (and KB_*_FILE, whose value is a path to the value). Raises BadSettings naming every fault."""
        values: dict[str, Any] = {}
        faults: list[str] = []
        for field in cls.model_fields:
            name = f"KB_{field.upper()}"
            if path := environ.get(f"{name}_FILE"):
                try:
                    values[field] = Path(path).read_text(encoding="utf-8").strip()
                except OSError as error:
                    faults.append(f"{name}_FILE: {path} can't be read ({error.strerror})")
            elif name in environ:
                values[field] = environ[name].strip()
            if values.get(field) == "" and field == "secret_key":
                faults.append(f"{name}: it is empty; leave it out, and one is made in the data folder")
        try:
            settings = cls(**values)
        except ValidationError as error:
            faults += [
                f"KB_{str(fault['loc'][0]).upper()}: {fault['msg'].removeprefix('Value error, ')}"
                for fault in error.errors()
            ]
        if faults:
            raise BadSettings("These settings need a correction:\n  " + "\n  ".join(faults))
        return settings

    # -- the data folder ----------------------------------------------------------------------

    @property
    def private_dir(self) -> Path:
        """Mode 700: database, secret, index, Redis, unfinished uploads. Never mapped to a web server."""
        return self.data_dir / "private"

    @property
    def tmp_dir(self) -> Path:
        return self.private_dir / "tmp"

    @property
    def index_dir(self) -> Path:
        return self.private_dir / "index"

    @property
    def models_dir(self) -> Path:
        """Where an admin puts models of speech, each in a folder that has its name."""
        return self.private_dir / "models"

    @property
    def meaning_dir(self) -> Path:
        """The vectors of all passages, made with the model of KB_SEMANTIC."""
        return self.private_dir / "meaning"

    @property
    def meaning_socket(self) -> Path:
        """Where the process listens that holds the model for those who search."""
        return self.meaning_dir / "asked.sock"

    @property
    def semantic_folder(self) -> Path | None:
        """None: searches go by words alone."""
        return None if self.semantic == "off" else Path(self.semantic).expanduser()

    def make_folders(self) -> None:
        """Make the data folder and what belongs in it; the private part for this user alone."""
        for folder in (self.data_dir, self.data_dir / "originals", self.data_dir / "media"):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.private_dir, self.tmp_dir, self.index_dir, self.private_dir / "redis"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    # -- what follows from the settings -----------------------------------------------------------

    @property
    def address(self) -> str:
        """Where people find the site, without a slash at the end."""
        return (self.site_url or f"http://{self._bind_here}").rstrip("/")

    @property
    def _bind_here(self) -> str:
        """KB_BIND as this machine can call it: an address that stands for all of them leads nowhere."""
        host, _, port = self.bind.rpartition(":")
        return f"{HERE.get(host, host)}:{port}"

    @property
    def leads_only_here(self) -> bool:
        """Whether no other machine finds the site under this address: loopback, or what stands for every address."""
        host = urlsplit(self.address).hostname or ""
        try:
            ip = ip_address(host)
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")
        return ip.is_loopback or ip.is_unspecified

    @property
    def is_https(self) -> bool:
        return self.address.startswith("https://")

    @property
    def sqlalchemy_url(self) -> str:
        if not self.database_url:
            return f"sqlite:///{self.private_dir / 'kb.sqlite3'}"
        return re.sub(r"^postgresql://", "postgresql+psycopg://", self.database_url)

    @property
    def libpq_url(self) -> str:
        """The same for PostgreSQL's own library, which knows no drivers."""
        return re.sub(r"^postgresql\+\w+://", "postgresql://", self.database_url)

    @property
    def redis_socket(self) -> Path:
        """The private Redis' socket; in a short folder derived from the data folder where its own path is too long."""
        socket = self.private_dir / "redis" / "redis.sock"
        if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
            return socket
        digest = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"kb-{os.getuid()}-{digest}" / "redis.sock"

    @property
    def broker_url(self) -> str:
        """What redis-py and kombu connect to; both take redis: URLs, only the socket's spelling differs."""
        if self.redis_url:
            return re.sub(r"^unix://", "redis+socket://", self.redis_url)
        return f"redis+socket://{quote(str(self.redis_socket))}"

    @property
    def redis_client_url(self) -> str:
        return re.sub(r"^redis\+socket://", "unix://", self.broker_url)

    @cached_property
    def secret(self) -> str:
        """KB_SECRET_KEY, or the one in the data folder, made on first use with mode 600."""
        if self.secret_key:
            return self.secret_key
        path = self.private_dir / "secret"
        if path.exists():
            return path.read_text(encoding="ascii")
        with tempfile.NamedTemporaryFile("w", dir=self.private_dir, prefix="secret-", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            # Whole or not at all, and the first of several processes wins.
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
        return path.read_text(encoding="ascii")
