"""Files into a store: what one taught its reader serves the next, and each stands for itself."""

from __future__ import annotations

import json
from pathlib import Path

from auditor.engine.local import count_inputs
from auditor.index.inputs import Indexed, index_inputs
from auditor.index.store import Store
from auditor.telemetry.report import ReadReport
from tests.support import otlp


def write(file: Path, trace: int) -> None:
    """A request like all others, but for its trace."""
    own = otlp.span(1, "server", "GET /", {"http.request.method": "GET"}, traceId=f"{trace:032x}")
    file.write_text(json.dumps(otlp.request(own)))


def test_files_that_share_rows_are_kept_whole_each(tmp_path: Path) -> None:
    folder = tmp_path / "traces"
    folder.mkdir()
    for number in (1, 2, 3):
        write(folder / f"{number}.json", number)
    with Store(tmp_path / "a") as store, Store(tmp_path / "b") as parts:
        assert index_inputs(store, [str(folder)]) == Indexed(new=3, spans=3)
        assert store.model() == count_inputs([str(folder)], ReadReport())
        for number in (3, 1, 2):  # as several runs of the command would
            index_inputs(parts, [str(folder / f"{number}.json")])
        assert parts.model() == store.model()
        write(folder / "4.json", 4)
        assert index_inputs(store, [str(folder)]) == Indexed(new=1, known=3, spans=1)


def test_progress_is_told_and_another_name_makes_no_other_file(tmp_path: Path) -> None:
    write(tmp_path / "1.json", 1)
    told: list[tuple[int, int]] = []
    with Store(tmp_path / "s") as store:
        index_inputs(store, [str(tmp_path / "1.json")], progress=lambda done, whole: told.append((done, whole)))
        assert told
        assert all(done <= whole == (tmp_path / "1.json").stat().st_size for done, whole in told)
        (tmp_path / "1.json").rename(tmp_path / "other.json")
        assert index_inputs(store, [str(tmp_path / "other.json")]) == Indexed(known=1)
