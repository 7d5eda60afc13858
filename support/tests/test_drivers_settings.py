"""Everything that is wrong with a target is told at once, with file, line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.capabilities import CAPABILITIES
from support.launching import problems_of
from support.problems import Problems
from support.settings import load_target


def told(name: str | Path) -> str:
    with pytest.raises(Problems) as caught:
        load_target(str(name))
    return caught.value.render()


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "staging.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_default_target_declares_every_capability() -> None:
    target = load_target("embedded")
    assert target.kind == "embedded"
    assert target.capabilities == frozenset(CAPABILITIES)


def test_an_unknown_name_lists_the_known_ones() -> None:
    assert "use one of: embedded" in told("stagging")


def test_a_missing_file_is_told() -> None:
    assert "there is no such target file" in told("nowhere/x.toml")


def test_broken_toml_is_told_with_its_line(tmp_path: Path) -> None:
    assert "staging.toml:2: this is not TOML" in told(written(tmp_path, '[target]\nkind = "deployed\n'))


def test_everything_wrong_is_told_together(tmp_path: Path) -> None:
    text = '[target]\nkind = "deployed"\ncapabilities = ["time_travel"]\ncolour = "blue"\n[patience]\nscale = -1\n'
    found = told(written(tmp_path, text))
    assert "staging.toml:3: unknown capability 'time_travel'" in found
    assert "staging.toml:4: unknown key 'target.colour'" in found
    assert "staging.toml:6: patience.scale = -1" in found
    assert found.endswith("3 problems")


def test_addresses_and_secrets_are_checked_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STAGING_DB", raising=False)
    text = (
        '[target]\nkind = "deployed"\ncapabilities = ["clock_control", "process_control", "administration"]\n'
        '[addresses]\nplatform = "staging.example"\n[secrets]\ndatabase_url = "STAGING_DB"\n'
    )
    found = told(written(tmp_path, text))
    assert "platform = 'staging.example' is not an address" in found
    assert "the capability 'clock_control' needs the address 'clock'" in found
    assert "only an embedded target has 'process_control'" in found
    assert "the capability 'administration' needs the secret 'admin_password'" in found
    assert "the environment variable STAGING_DB (database_url) is not set" in found


def test_an_address_where_nobody_answers_is_told(tmp_path: Path, unused_tcp_port: int) -> None:
    target = load_target(str(written(tmp_path, f'[target]\nkind = "deployed"\n[addresses]\nplatform = "http://127.0.0.1:{unused_tcp_port}"\n')))
    assert "nobody answers at platform" in Problems(problems_of(target, None)).render()


def test_the_value_of_a_secret_comes_from_the_environment_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGING_DB", "postgresql://x")
    text = '[target]\nkind = "deployed"\n[addresses]\nplatform = "http://localhost:1"\n[secrets]\ndatabase_url = "STAGING_DB"\n'
    target = load_target(str(written(tmp_path, text)))
    assert target.secret("database_url") == "postgresql://x"
    assert target.secret("admin_password") is None
