"""The access tokens of accounts are read from a JSON object or a folder; an error names the account and no token."""

import json
from pathlib import Path

import pytest

from hubspot_timeline import AccountPool, OAuthRefresh
from hubspot_timeline.errors import OptionError
from hubspot_timeline.files import FileError, read_accounts

OAUTH = {"client_id": "id", "client_secret": "s3cret-1", "refresh_token": "s3cret-2"}


def test_an_account_has_a_token_oauth_credentials_or_a_token_file(tmp_path: Path) -> None:
    """The path of a token file is relative to the file that names it."""
    (tmp_path / "token").write_text("of-a-file\n")
    path = tmp_path / "accounts.json"
    path.write_text(json.dumps({"1": "plain", "2": OAUTH, "ü": {"token_file": "token"}}))

    accounts = read_accounts(str(path))

    assert accounts == {"1": "plain", "2": OAuthRefresh("id", "s3cret-1", "s3cret-2"), "ü": "of-a-file"}
    assert not any(secret in repr(accounts) for secret in ("plain", "s3cret", "of-a-file"))


def test_a_folder_has_a_file_for_each_account(tmp_path: Path) -> None:
    """Hidden files are not accounts: a mounted secret of Kubernetes has such folders, an editor leaves such files."""
    for name, token in {"1": "one", "b": "two\n", ".hidden": "three"}.items():
        (tmp_path / name).write_text(token)
    (tmp_path / "..data").mkdir()

    assert read_accounts(str(tmp_path)) == {"1": "one", "b": "two"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "accounts.json is an array, not an object such as"),
        ("{}", "accounts.json holds no account; add at least one"),
        ('{"1": "s3cret",\n"1": "s3cret"}', "accounts.json: 1: appears twice"),
        ('{"1":\n s3cret}', "accounts.json:2: not JSON"),
        ('{"1": ""}', "accounts.json: account '1': the access token is empty"),
        ('{"1": "Bearer s3cret"}', "accounts.json: account '1': the access token begins with Bearer"),
        ('{"1": "s3cret s3cret"}', "accounts.json: account '1': the access token contains a space"),
        ('{"1": 5}', "accounts.json: account '1' is a number; give a token, an object with client_id"),
        ('{"1": {"token": "s3cret"}}', "accounts.json: account '1' has token; give a token, an object with client_id"),
        ('{"1": {}}', "accounts.json: account '1' has nothing; give a token"),
        ('{"1": {"token_file": "s3cret"}, "2": 1}', "accounts.json: account '1': the token file"),
        ('{"1": {"token_file": 5}}', "accounts.json: account '1' has token_file; give a token"),
        (json.dumps({"1": OAUTH | {"client_id": " "}}), "accounts.json: account '1': client_id is empty"),
        (
            json.dumps({"1": OAUTH | {"refresh_token": 1}}),
            "accounts.json: account '1': refresh_token is an int, not text",
        ),
    ],
)
def test_an_error_names_the_file_and_the_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, message: str
) -> None:
    """It quotes no token."""
    monkeypatch.chdir(tmp_path)
    Path("accounts.json").write_text(content)

    with pytest.raises(FileError) as caught:
        read_accounts("accounts.json")

    assert str(caught.value).startswith(message)
    assert "s3cret" not in str(caught.value).replace("token file s3cret", "")


def test_a_pool_from_the_environment_has_the_accounts_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HUBSPOT_TIMELINE_ACCOUNTS is the path; without it, or if nothing is there, the error says so."""
    (tmp_path / "1").write_text("one")
    monkeypatch.setenv("HUBSPOT_TIMELINE_ACCOUNTS", str(tmp_path))
    with AccountPool.from_env() as pool:
        assert pool._account_tokens == {"1": "one"}  # noqa: SLF001 - nothing shows the tokens of a pool
    monkeypatch.setenv("HUBSPOT_TIMELINE_ACCOUNTS", str(tmp_path / "none"))
    with pytest.raises(FileError, match="none cannot be read"):
        AccountPool.from_env()
    monkeypatch.delenv("HUBSPOT_TIMELINE_ACCOUNTS")
    with pytest.raises(OptionError, match="the accounts are missing; set HUBSPOT_TIMELINE_ACCOUNTS"):
        AccountPool.from_env()
