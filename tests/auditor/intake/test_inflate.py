"""Bodies that are compressed, well and badly."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from contextlib import suppress

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.intake.inflate import ENCODINGS, Damaged, TooLarge, inflate

MIB = 1 << 20


def compressed(data: bytes, encoding: str) -> bytes:
    match encoding:
        case "gzip":
            return gzip.compress(data)
        case "deflate":
            return zlib.compress(data)
        case "zstd":
            return zstandard.ZstdCompressor().compress(data)
    return data


@settings(deadline=None)
@given(st.binary(max_size=5000), st.sampled_from(ENCODINGS))
def test_what_was_compressed_comes_back_up_to_the_limit(data: bytes, encoding: str) -> None:
    body = compressed(data, encoding)
    assert inflate(body, encoding, len(data)) == data
    if data:
        with pytest.raises(TooLarge):
            inflate(body, encoding, len(data) - 1)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=3000), min_size=1, max_size=5), st.sampled_from(["gzip", "zstd"]))
def test_members_and_frames_are_read_whole_under_one_limit(parts: list[bytes], encoding: str) -> None:
    body, whole = b"".join(compressed(part, encoding) for part in parts), b"".join(parts)
    assert inflate(body, encoding, len(whole)) == whole
    if whole:
        with pytest.raises(TooLarge):
            inflate(body, encoding, len(whole) - 1)


def test_deflate_without_its_wrapper() -> None:
    raw = zlib.compressobj(wbits=-15)
    assert inflate(raw.compress(b"abc") + raw.flush(), "deflate", 3) == b"abc"


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=500), st.sampled_from(["gzip", "deflate", "zstd"]), st.data())
def test_what_is_cut_off_is_damaged(data: bytes, encoding: str, draw: st.DataObject) -> None:
    body = compressed(data, encoding)
    cut = draw.draw(st.integers(1, len(body) - 1))
    with pytest.raises(Damaged):
        inflate(body[:cut], encoding, MIB)


@settings(deadline=None)
@given(st.binary(max_size=2000), st.sampled_from(ENCODINGS))
def test_any_bytes_give_bytes_or_a_known_error(body: bytes, encoding: str) -> None:
    with suppress(Damaged, TooLarge):
        assert len(inflate(body, encoding, 1000)) <= 1000


def test_a_window_above_eight_mebibytes_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27, write_content_size=False)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    with pytest.raises(Damaged):
        inflate(stream.compress(bytes(1000)) + stream.flush(), "zstd", MIB)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd"])
def test_a_bomb_is_given_up_at_the_limit(encoding: str) -> None:
    bomb = compressed(bytes(128 * MIB), encoding)
    tracemalloc.start()
    with pytest.raises(TooLarge):
        inflate(bomb, encoding, 4 * MIB)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 48 * MIB
