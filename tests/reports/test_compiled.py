"""Templates that were compiled once are not compiled again, and never used when they would be stale."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from reports.compiled import CompiledTemplates

Render = Callable[[], tuple[str, bool]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page").write_text("Hello {{ name }}")
    (tmp_path / "maker.py").write_text("1")
    return tmp_path


@pytest.fixture
def render(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Render:
    """(what the page says, whether it had to be compiled), in a process that has not seen it."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)

    def rendered() -> tuple[str, bool]:
        compiled: list[str] = []

        class Watched(Environment):
            def _generate(self, *words: object, **more: object) -> str:
                compiled.append("page")
                return super()._generate(*words, **more)  # type: ignore[arg-type]

        cache = CompiledTemplates(folder, [folder / "maker.py"])
        page = Watched(loader=FileSystemLoader(folder), bytecode_cache=cache).get_template("page")
        return page.render(name="you"), bool(compiled)

    return rendered


def test_a_page_is_compiled_once(render: Render) -> None:
    assert render() == ("Hello you", True)
    assert render() == ("Hello you", False)


def test_a_changed_page_is_compiled_again(render: Render, folder: Path) -> None:
    render()
    (folder / "page").write_text("Good day {{ name }}")
    assert render() == ("Good day you", True)


def test_a_changed_maker_makes_all_pages_stale(render: Render, folder: Path) -> None:
    render()
    (folder / "maker.py").write_text("2")
    assert render() == ("Hello you", True)


def test_damaged_bytes_are_compiled_again(render: Render, folder: Path) -> None:
    render()
    for kept in (folder / "__pycache__").iterdir():
        kept.write_bytes(kept.read_bytes()[:-20])
    assert render() == ("Hello you", True)


def test_nothing_is_kept_when_python_keeps_nothing(
    render: Render, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert render() == ("Hello you", True)
    assert not (folder / "__pycache__").exists()


def test_a_folder_that_cannot_be_written_is_no_hindrance(render: Render, folder: Path) -> None:
    (folder / "__pycache__").write_text("not a folder")
    assert render() == ("Hello you", True)
    assert render() == ("Hello you", True)
