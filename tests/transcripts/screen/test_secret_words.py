import pytest

from kb.transcripts.screen.secret_words import looks_secret


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAABlwAAAAdz",
        "aws_access_key_id = AKIAIOSFODNN7EXAMPLE",
        "remote: ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "xoxb-123456789012-abcdefGHIJKL",
        "sk_live_abcdefghijklmnop1234",
        "Authorization: Bearer abcdefgh12345678",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.x",
        "postgres://app:hunter2@db.internal/prod",
        "export DB_PASSWORD=hunter2",
        "password=correcthorse",
        "password: S3cr3t!pass",
        '"api_key": "9f8e7d6c5b4a"',
        "token=1c9d2f3a4b",
    ],
)
def test_what_is_plainly_a_secret_is_seen(text: str) -> None:
    assert looks_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "Enter your password:",
        "Password: ••••••••••",
        "Password must be 8 characters or more",
        "password=password",
        "password = request.form['password']",
        "login(password=os.environ['DB'])",
        "secret_key: ${SECRET_KEY}",
        "api_key = <your key>",
        "token = get_token()",
        "def check(token: str) -> bool:",
        "Token: expired",
        "https://example.org:8080/path",
        "commit 9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "ssh-keygen -t ed25519",
    ],
)
def test_words_about_secrets_are_none(text: str) -> None:
    assert not looks_secret(text)
