import json

from classifiers.jsonl import answer_all


def test_same_order_and_shape() -> None:
    rows: list[dict[str, object]] = [
        {"table": "users", "column": "email", "type": "text"},
        {"table": "orders", "column": "total"},
        {"table": None, "column": "dob", "values": None},
    ]
    answers = list(answer_all(rows))
    assert [answer["column"] for answer in answers] == ["email", "total", "dob"]
    assert answers[1]["labels"] == []
    label = answers[0]["labels"][0]  # type: ignore[index]
    assert set(label) == {"category", "facet", "confidence", "evidence"}
    assert json.loads(json.dumps(answers)) == [json.loads(json.dumps(answer)) for answer in answers]


def test_columns_of_one_table_are_neighbours_wherever_they_stand() -> None:
    rows: list[dict[str, object]] = [
        {"table": "places", "column": "state"},
        {"table": "other", "column": "x"},
        {"table": "places", "column": "street"},
    ]
    assert next(answer_all(rows))["labels"]
    assert not next(answer_all(rows[:2]))["labels"]


def test_a_flattened_document_has_only_near_neighbours() -> None:
    far: list[dict[str, object]] = [{"table": "doc", "column": "state"}]
    far += [{"table": "doc", "column": "value"} for _ in range(20)]
    far += [{"table": "doc", "column": "street"}]
    assert not next(answer_all(far))["labels"]


def test_values_are_judged_and_not_repeated() -> None:
    row: dict[str, object] = {"table": "t", "column": "c", "values": ["ada@example.org", "bob@example.org", None, 7]}
    (answer,) = answer_all([row])
    assert answer["labels"]
    assert "ada" not in json.dumps(answer)


def test_a_row_without_a_column_is_an_error_of_that_row_alone() -> None:
    answers = list(answer_all([{"table": "t"}, {"table": "t", "column": 5}, {"table": "t", "column": "email"}]))
    assert [("error" in answer, bool(answer["labels"])) for answer in answers] == [
        (True, False),
        (True, False),
        (False, True),
    ]


def test_one_persons_data_inside_a_flattened_order_is_theirs() -> None:
    columns = ["id", "total", "name", "street", "zip", "id", "total", "name", "price", "weight", "name", "colour"]
    answers = list(answer_all({"table": "orders", "column": column} for column in columns))
    assert answers[2]["labels"]
    alone: list[dict[str, object]] = [{"table": "orders", "column": "name"}, {"table": "orders", "column": "total"}]
    assert not next(answer_all(alone))["labels"]
