"""Settings: one object, read once from defaults, the settings file and the environment."""

from __future__ import annotations

import getpass
import os
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from earwitness.core.clip import ClipFormat
from earwitness.core.errors import UsageError
from earwitness.media.enhance import Enhancement

Origin = Literal["default", "file", "environment", "command line"]


def _user() -> str:
    """The name of the user on this machine; some containers have none."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return "user"


class Settings(BaseSettings):
    """Everything that can be set; a later source wins: default, file, environment, command line.

    The file is `config.toml` in the library's folder; variables are called
    `EARWITNESS_<NAME>`.
    """

    model_config = SettingsConfigDict(
        env_prefix="EARWITNESS_", extra="forbid", frozen=True, populate_by_name=True
    )

    home: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("earwitness", appauthor=False),
        description="the library's folder",
    )
    database: SecretStr | None = Field(
        None,
        description="address of a PostgreSQL database for the library, "
        "`postgresql://user:password@host/name`; empty: a file in its folder",
    )
    artifacts: str | None = Field(
        None,
        description="a bucket for results and recordings, `s3://bucket/prefix`; empty: the "
        "library's folder",
    )
    artifacts_endpoint: str | None = Field(
        None,
        validation_alias=AliasChoices(
            "EARWITNESS_ARTIFACTS_ENDPOINT",
            "AWS_ENDPOINT_URL_S3",
            "AWS_ENDPOINT_URL",
            "artifacts_endpoint",
        ),
        description="address of a store that is not Amazon's, `https://minio.example:9000`",
    )
    artifacts_region: str | None = Field(
        None,
        validation_alias=AliasChoices(
            "EARWITNESS_ARTIFACTS_REGION", "AWS_REGION", "AWS_DEFAULT_REGION", "artifacts_region"
        ),
        description="region of the bucket",
    )
    artifacts_key_id: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices(
            "EARWITNESS_ARTIFACTS_KEY_ID", "AWS_ACCESS_KEY_ID", "artifacts_key_id"
        ),
        description="id of the bucket's key; empty: what the machine's role gives",
    )
    artifacts_secret: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices(
            "EARWITNESS_ARTIFACTS_SECRET", "AWS_SECRET_ACCESS_KEY", "artifacts_secret"
        ),
        description="the bucket's key",
    )
    artifacts_token: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices(
            "EARWITNESS_ARTIFACTS_TOKEN", "AWS_SESSION_TOKEN", "artifacts_token"
        ),
        description="token of a session with the store, where the key has one",
    )
    artifacts_private: bool = Field(
        False,
        description="the store is your own: sessions that must stay on this machine may use it",
    )
    artifacts_cache_mb: int = Field(
        10_000, ge=0, description="room for copies of results on this machine, in MB"
    )
    output: Path = Field(Path("output"), description="where session folders are written")
    playbook: str = Field("meeting", description="playbook of new sessions")
    language: str | None = Field(
        None,
        validation_alias=AliasChoices("EARWITNESS_LANGUAGE", "WHISPER_LANGUAGE", "language"),
        description="language of new sessions: a code or auto; empty: the playbook's",
    )
    transcriber: str = Field("auto", description="engine that turns speech into words")
    diarizer: str = Field("auto", description="engine that tells voices apart")
    model: str | None = Field(None, description="model name or folder for the transcriber")
    device: Literal["cpu", "cuda"] | None = Field(
        None, description="where models run; empty: the best there is"
    )
    workers: int = Field(
        default_factory=lambda: max(1, os.cpu_count() or 1),
        ge=1,
        le=256,
        description="pieces of one recording worked on at the same time",
    )
    enhance: Enhancement = Field(
        "none", description="what the transcriber's sound goes through: none, normalise or denoise"
    )
    vocabulary: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="names and terms that may be said, with commas between them"
    )
    engine_options: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="options of single engines: `name=value`, with commas between them"
    )
    stale_days: int | None = Field(
        None,
        ge=0,
        description="days after which an unfinished run is stale; empty: the playbook's, 7",
    )
    keep_sound_days: int | None = Field(
        None,
        ge=0,
        description="days for which an unfinished run's decoded sound is kept; empty: the "
        "playbook's: 1 in therapy, elsewhere as long as the run can be continued",
    )
    clips: Literal["all", "moments", "none"] = Field(
        "none", description="sound that is cut into files of its own: all lines, moments or none"
    )
    clip_format: ClipFormat = Field("m4a", description="format of clips: wav, m4a or opus")
    clip_padding: int | None = Field(
        None,
        ge=0,
        le=10_000,
        description="milliseconds of sound around each clip; empty: 150, around a moment 1000",
    )
    profile_likeness: float = Field(
        0.75,
        gt=0,
        le=1,
        description="likeness from which on two profile entries say the same; 1: same words only",
    )
    formats: str = Field("json,txt,md,srt,vtt", description="formats that are written")
    user: str = Field(
        default_factory=_user,
        description="who makes corrections, as the ledger names them",
    )
    offline: bool = Field(False, description="never fetch a model")
    queue: Literal["local", "procrastinate"] = Field(
        "local",
        description="who hands queued runs to workers: they look for themselves (local), or"
        " Procrastinate, where the library is on PostgreSQL",
    )
    lease_s: float = Field(
        15.0,
        ge=1.0,
        description="seconds a worker may be silent before another one takes its run over",
    )
    hub_token: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("EARWITNESS_HUB_TOKEN", "HF_TOKEN", "hub_token"),
        description="token of the model hub, for models that ask for one",
    )

    breaker_failures: int = Field(
        8, ge=1, le=1000, description="failures in a row after which a service is left alone"
    )
    breaker_reset_s: float = Field(
        30, gt=0, le=86_400, description="seconds for which it is left alone, then one call tries"
    )
    breakers: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="the same for one kind of service or one host: `hub.failures=3`, "
        "`api.openai.com.reset_s=120`, with commas between them",
    )

    openai_api_key: SecretStr | None = Field(
        None, description="key of the service that the transcriber `openai` asks"
    )
    openai_account_key: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("OPENAI_API_KEY", "openai_account_key"),
        description="key of OpenAI itself, when that is empty; sent to api.openai.com alone",
    )

    language_models: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="language models that may be asked, such as ollama:qwen3, in the order in which"
        " they are tried; with commas between them. Asked only by `--by models`",
    )
    language_model_key: SecretStr | None = Field(
        None, description="key of language models that are named by their address"
    )
    anthropic_api_key: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices(
            "EARWITNESS_ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY", "anthropic_api_key"
        ),
        description="key of Anthropic",
    )
    language_model_timeout_s: int = Field(
        120, ge=1, le=3_600, description="seconds that one question to a language model may take"
    )
    language_model_tokens: int | None = Field(
        None, ge=1, description="most tokens one command may have language models read and write"
    )
    language_model_dollars: Decimal | None = Field(
        None, ge=0, description="most US dollars one command may spend on language models"
    )
    currency: str = Field(
        "USD", pattern="^[A-Z]{3}$", description="currency of the rates and the budget below"
    )
    budget_month: Decimal | None = Field(
        None, ge=0, description="what a month may cost, services and rates together"
    )
    rate_cpu_hour: Decimal | None = Field(
        None, ge=0, description="what an hour of one processor costs; empty: not counted"
    )
    rate_gpu_hour: Decimal | None = Field(
        None, ge=0, description="what an hour of busy GPUs costs; empty: not counted"
    )
    rate_gb_month: Decimal | None = Field(
        None, ge=0, description="what a gigabyte kept for a month costs; empty: not counted"
    )

    @field_validator("vocabulary", "engine_options", "breakers", "language_models", mode="before")
    @classmethod
    def _listed(cls, told: object) -> object:
        """A text with commas is a list."""
        if isinstance(told, str):
            return tuple(part.strip() for part in told.split(",") if part.strip())
        return told

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line, environment, file; no .env files and no secret folders."""
        home = _given_home(init_settings, env_settings)
        file = TomlConfigSettingsSource(settings_cls, toml_file=home / "config.toml")
        return init_settings, env_settings, file


def read_settings(**flags: object) -> Settings:
    """Settings with what was said on the command line on top; None means not said.

    Raises:
        UsageError: If a source holds a value that makes no sense, or a name that is unknown; or
            if two models are named.
    """
    if ":" in str(flags.get("transcriber") or "") and flags.get("model") is not None:
        raise UsageError("two models are named", hint="leave out --model, or what follows the :")
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"setting {name}: {first['msg']}", hint="earwitness config show --origin"
        ) from None
    except ValueError as error:  # the file is no TOML
        raise UsageError(
            f"the settings file cannot be read: {error}", hint="mend or remove config.toml"
        ) from error


def origins(settings: Settings, flags: frozenset[str]) -> dict[str, Origin]:
    """Where each setting's value comes from."""
    environment = EnvSettingsSource(Settings)()
    file = TomlConfigSettingsSource(Settings, toml_file=settings.home / "config.toml")()

    def origin(name: str) -> Origin:
        if name in flags:
            return "command line"
        aliases = Settings.model_fields[name].validation_alias
        names = {name, *(aliases.choices if isinstance(aliases, AliasChoices) else ())}
        if names & environment.keys():
            return "environment"
        return "file" if names & file.keys() else "default"

    return {name: origin(name) for name in Settings.model_fields}


def _given_home(
    init_settings: PydanticBaseSettingsSource, env_settings: PydanticBaseSettingsSource
) -> Path:
    given = init_settings().get("home") or env_settings().get("home")
    return Path(given) if given else platformdirs.user_data_path("earwitness", appauthor=False)
