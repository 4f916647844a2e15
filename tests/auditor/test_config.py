"""auditor.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.config import Config, load_config
from auditor.errors import ConfigError


def write(folder: Path, text: str) -> str:
    file = folder / "auditor.toml"
    file.write_text(text)
    return str(file)


def test_no_file_means_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_config(None) == Config()
    write(tmp_path, "[classify]\nmin_confidence = 1\n")
    assert load_config(None).min_confidence == 1.0


def test_settings(tmp_path: Path) -> None:
    text = '[classify]\nfacets = ["personal"]\nmin_confidence = 0.7\n[stores]\n"db-1/app" = "orders"\n'
    assert load_config(write(tmp_path, text)) == Config(("personal",), 0.7, {"db-1/app": "orders"})


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    text = 'colour = 1\nstores = 3\n[classify]\nfacets = ["nope"]\nmin_confidence = true\nx = 1\n'
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, text))
    for words in ("'colour'", "'classify.x'", "classify.facets", "min_confidence", "[stores]"):
        assert words in str(caught.value)


def test_not_toml_and_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="line 1"):
        load_config(write(tmp_path, "= ="))
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(str(tmp_path / "none.toml"))
