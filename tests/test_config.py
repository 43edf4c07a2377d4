import threading
from pathlib import Path

import pytest

from kb.config import LONGEST_SOCKET_PATH, BadSettings, Settings


def test_without_any_variable_there_is_a_working_site() -> None:
    settings = Settings.from_environment({})
    assert settings.address == "http://127.0.0.1:8000"
    assert settings.sqlalchemy_url.startswith("sqlite:////")
    assert settings.broker_url.startswith("redis+socket:///")


def test_all_faults_are_reported_at_once() -> None:
    faulty = {"KB_BIND": "8000", "KB_MAX_DURATION_S": "long", "KB_SIGNUP": "yes", "KB_SPEECH": "loud"}
    with pytest.raises(BadSettings) as caught:
        Settings.from_environment(faulty)
    assert all(name in caught.value.detail for name in faulty)


def test_the_index_in_the_database_needs_a_postgresql() -> None:
    with pytest.raises(BadSettings, match=r"KB_SEARCH_URL: postgresql: is the site's database, so KB_DATABASE_URL"):
        Settings.from_environment({"KB_SEARCH_URL": "postgresql:"})
    with pytest.raises(BadSettings) as caught:
        Settings.from_environment({"KB_SEARCH_URL": "postgresql:", "KB_DATABASE_URL": "mysql://x"})
    assert "KB_SEARCH_URL" not in caught.value.detail, "only the address is wrong"
    url = "postgresql+psycopg://kb@db/showhow"
    settings = Settings.from_environment({"KB_SEARCH_URL": "postgresql:", "KB_DATABASE_URL": url})
    assert settings.libpq_url == "postgresql://kb@db/showhow"


@pytest.mark.parametrize("secret", ["", "changeme", "short"])
def test_a_sample_or_empty_secret_is_refused(secret: str) -> None:
    with pytest.raises(BadSettings, match="KB_SECRET_KEY"):
        Settings.from_environment({"KB_SECRET_KEY": secret})


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("long enough to be a secret\n")
    assert Settings.from_environment({"KB_SECRET_KEY_FILE": str(file)}).secret == "long enough to be a secret"


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="KB_BIND_FILE"):
        Settings.from_environment({"KB_BIND_FILE": str(tmp_path / "none")})


def test_the_secret_is_made_once_and_is_private(tmp_path: Path) -> None:
    made: list[str] = []

    def read() -> None:
        made.append(Settings(data_dir=tmp_path).secret)

    Settings(data_dir=tmp_path).make_folders()
    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1
    assert len(made[0]) == 64
    assert (tmp_path / "private" / "secret").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o700


def test_a_socket_path_that_is_too_long_is_replaced_by_a_short_one(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    socket = Settings(data_dir=deep).redis_socket
    assert len(str(socket)) <= LONGEST_SOCKET_PATH
    assert socket == Settings(data_dir=deep).redis_socket
    assert socket != Settings(data_dir=deep / "other").redis_socket


def test_every_spelling_of_a_redis_socket_suits_both_libraries() -> None:
    for url in ("unix:///run/redis.sock", "redis+socket:///run/redis.sock"):
        settings = Settings(redis_url=url)
        assert settings.broker_url == "redis+socket:///run/redis.sock"
        assert settings.redis_client_url == "unix:///run/redis.sock"


@pytest.mark.parametrize(
    ("bind", "address"), [("0.0.0.0:8000", "http://127.0.0.1:8000"), ("[::]:80", "http://[::1]:80")]
)
def test_an_address_that_stands_for_all_is_said_as_one_that_can_be_opened(bind: str, address: str) -> None:
    assert Settings(bind=bind).address == address


@pytest.mark.parametrize("path", ["protected", "/protected", "/", "//", "/a b/", "https://elsewhere/"])
def test_files_are_handed_over_below_a_path_between_slashes(path: str) -> None:
    with pytest.raises(BadSettings, match="KB_X_ACCEL"):
        Settings.from_environment({"KB_X_ACCEL": path})
