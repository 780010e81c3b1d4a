"""Bodies of requests: JSON without traps, and merge patches as RFC 7396 has them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.editing.document import merge, read_document, read_feature, read_patch
from geoplan.errors import GeoplanError

# The test cases of RFC 7396, appendix A.
RFC = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("target", "patch", "result"), RFC)
def test_a_merge_patch_does_what_the_standard_says(target: Any, patch: Any, result: Any) -> None:
    before = json.dumps(target)
    assert merge(target, patch) == result
    assert json.dumps(target) == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "json_broken"),
        (b"{", "json_broken"),
        (b"\xff\xfe{}", "json_broken"),
        (b'{"a": NaN}', "number_not_finite"),
        (b'{"a": -Infinity}', "number_not_finite"),
        (b'{"a": 1e400}', "number_not_finite"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "number_not_finite"),
        (b"[" * 100_000, "json_too_deep"),
        (b'{"a":' * 50 + b"1" + b"}" * 50, "json_too_deep"),
        (b"[]", "not_a_feature"),
        (b"null", "not_a_feature"),
        (
            json.dumps({"properties": {str(n): n for n in range(501)}}).encode(),
            "too_many_properties",
        ),
    ],
)
def test_a_body_with_a_trap_is_a_problem_and_no_crash(body: bytes, code: str) -> None:
    with pytest.raises(GeoplanError) as caught:
        read_document(body)
    assert (caught.value.code, caught.value.status) == (code, 400)


@pytest.mark.parametrize(
    "said",
    [{}, {"type": "FeatureCollection"}, {"type": "Feature", "properties": []}, {"type": "Feature", "properties": "x"}],
)  # fmt: skip
def test_what_is_no_feature_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(GeoplanError, match="no GeoJSON Feature"):
        read_feature(json.dumps(said).encode())


@pytest.mark.parametrize("said", [{"status": "open"}, {"properties": {}, "reason": "x"}])
def test_a_patch_of_members_that_a_feature_does_not_have_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(GeoplanError) as caught:
        read_patch(json.dumps(said).encode())
    assert caught.value.code == "member_unknown"


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_bytes_at_all_end_otherwise_than_in_a_document_or_a_problem(body: bytes) -> None:
    try:
        found: object = read_document(body)
    except GeoplanError as error:
        found = error.status
    assert found == 400 or isinstance(found, dict)
