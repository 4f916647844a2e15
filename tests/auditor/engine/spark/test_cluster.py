"""What the command line may say of Spark, and what is told of its failures."""

from __future__ import annotations

import pytest

from auditor.engine.spark.cluster import Cluster, read_cluster
from auditor.errors import UsageProblem


@pytest.mark.parametrize("master", ["local", "local[2]", "local[*]", "local[4,2]", "yarn", "spark://a:7077", "k8s://x"])
def test_masters(master: str) -> None:
    assert read_cluster("spark", master, ["spark.a.b=c=d"]) == Cluster(master, (("spark.a.b", "c=d"),))


def test_the_local_engine_has_no_cluster() -> None:
    assert read_cluster("local", None, []) is None


@pytest.mark.parametrize(
    ("engine", "master", "settings"),
    [
        ("flink", None, []),
        ("local", "local[2]", []),
        ("local", None, ["spark.a=b"]),
        ("spark", "here", []),
        ("spark", "local[2] x", []),
        ("spark", None, ["a=b"]),
        ("spark", None, ["spark.a"]),
    ],
)
def test_what_is_none(engine: str, master: str | None, settings: list[str]) -> None:
    with pytest.raises(UsageProblem, match="--"):
        read_cluster(engine, master, settings)
