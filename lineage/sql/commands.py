"""Shapes of what databases without SQL are sent: command lines (Redis, Memcached) and documents (MongoDB, search)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lineage.sql.dialects import words

MASK = "?"

_COMMANDS = words(
    """append auth bgsave bitcount bitfield bitop bitpos blmove blpop brpop bzpopmax bzpopmin client cluster command
    config copy dbsize decr decrby del discard dump echo eval evalsha exec exists expire expireat fcall flushall
    flushdb geoadd geodist geopos georadius geosearch get getbit getdel getex getrange getset hdel hello hexists hget
    hgetall hincrby hincrbyfloat hkeys hlen hmget hmset hrandfield hscan hset hsetnx hstrlen hvals incr incrby
    incrbyfloat info keys lindex linsert llen lmove lmpop lpop lpos lpush lpushx lrange lrem lset ltrim mget migrate
    monitor mset msetnx multi object persist pexpire pexpireat pfadd pfcount pfmerge ping psetex psubscribe pttl
    publish pubsub punsubscribe quit randomkey rename renamenx restore role rpop rpoplpush rpush rpushx sadd save scan
    scard script sdiff sdiffstore select set setbit setex setnx setrange sinter sinterstore sismember smembers
    smismember smove sort spop srandmember srem sscan strlen subscribe sunion sunionstore time touch ttl type unlink
    unsubscribe unwatch wait watch xack xadd xautoclaim xclaim xdel xgroup xinfo xlen xpending xrange xread
    xreadgroup xrevrange xtrim zadd zcard zcount zincrby zinterstore zlexcount zmscore zpopmax zpopmin zrandmember
    zrange zrangebylex zrangebyscore zrank zrem zremrangebyrank zremrangebyscore zrevrange zrevrangebyscore zrevrank
    zscan zscore zunionstore json.get json.set json.del json.mget ft.search ft.create ft.aggregate
    gets gat gats add replace prepend cas delete stats version
    find insert update aggregate count distinct findandmodify getmore bulkwrite createindexes drop create mapreduce
    put post head match return merge with where unwind call"""
)
_NO_KEY = frozenset({"auth", "hello", "echo", "eval", "config", "client", "ping", "script", "acl"})
_ARGUMENT = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|\'(?:[^\'\\]++|\\.)*+(?:\'|\\?\Z)|\S++', re.DOTALL)
_KEY_HEAD = re.compile(r"(?:[a-z_]{1,30}:)+")
_SYSTEMS_WITH_KEYS = ("redis", "valkey", "memcached")

_DOCUMENT = re.compile(r"\s*(?:[\[{]|(?:db|[A-Z]{3,6})\b[^{\[(]{0,200}[\[{(])")
_PIECE = re.compile(
    r"""(?P<string>"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|'(?:[^'\\]++|\\.)*+(?:'|\\?\Z))
    |(?P<space>\s++)|(?P<word>[$A-Za-z_][\w$.-]*+)|(?P<number>[-+]?\d[\w.+:-]*+)|(?P<sign>[\[\]{}():,])|(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_SEARCH_PATH = re.compile(
    r"\s*(GET|POST|PUT|DELETE|HEAD) /?([a-z](?!(?:\S*?\d){4})[a-z_.-]{0,39})/"
    r"(_(?:search|msearch|count|doc|create|update|update_by_query|delete_by_query|mget|bulk))(?![\w])[^\s{]*",
    re.ASCII,
)
_NAME = re.compile(r"(?!(?:.*\d){4})[$A-Za-z_][\w$.-]{0,39}", re.ASCII)
_COLLECTION_VERBS = words(
    "find insert update delete aggregate count distinct findAndModify mapReduce create drop createIndexes"
)
_REPEATS = (
    (re.compile(r"\?(?: ?, ?\?)++"), "?"),
    (re.compile(r"(\{[^{}\[\]]*+\})(?: ?, ?\1)++"), r"\1"),
)


def shape_without_sql(text: str, system: str | None = None) -> str:
    """The shape of a document or of command lines. Only a value that a key-value store is sent may be a document."""
    with_keys = (system or "").lower() in _SYSTEMS_WITH_KEYS
    return (None if with_keys else document_shape(text)) or command_shape(text, system)


def command_shape(text: str, system: str | None = None) -> str:
    """Known command words and the word-like head of a key (`session:`); everything else is masked."""
    with_keys = (system or "").lower() in _SYSTEMS_WITH_KEYS
    return "; ".join(dict.fromkeys(_command(line, with_keys) for line in text.splitlines() if line.strip()))


def _command(line: str, with_keys: bool) -> str:
    first, *arguments = (found.group() for found in _ARGUMENT.finditer(line))
    if first.lower() not in _COMMANDS:
        return MASK
    head = _KEY_HEAD.match(arguments[0]) if arguments and with_keys and first.lower() not in _NO_KEY else None
    masked = [f"{head.group()}{MASK}" if head else MASK] if arguments else []
    return " ".join([first, *masked, *([MASK] if len(arguments) > 1 else [])])


def document_shape(text: str) -> str | None:
    """A JSON-like body (or a shell call around one) with its keys, and without its values. None: not a document."""
    search = _SEARCH_PATH.match(text)
    if search is None and not _DOCUMENT.match(text):
        return None
    folded = "".join(_document_pieces(text[search.end() :] if search else text))
    for pattern, replacement in _REPEATS:
        folded = pattern.sub(replacement, folded)
    return f"{search[1]} /{search[2]}/{search[3]} {folded}".rstrip() if search else folded


def _document_pieces(text: str) -> Iterator[str]:
    pieces = [(str(m.lastgroup), m.group()) for m in _PIECE.finditer(text) if m.lastgroup != "space"]
    collection_follows = False
    for index, (group, piece) in enumerate(pieces):
        following = pieces[index + 1][1] if index + 1 < len(pieces) else ""
        inner = piece.strip("\"'")
        if group == "sign":
            yield piece + (" " if piece in ",:" else "")
            continue
        is_cut_off = piece[0] in "\"'" and (len(piece) < 2 or piece[-1] != piece[0])
        is_name = bool(_NAME.fullmatch(inner)) and not is_cut_off
        if is_name and (following == ":" or (group == "word" and following == "(")):
            yield inner
            collection_follows = index <= 1 and inner in _COLLECTION_VERBS
        elif group == "word" and index == 0 and is_name and piece.lower() in _COMMANDS:
            yield piece + " "
        elif collection_follows and is_name:
            yield inner
            collection_follows = False
        else:
            yield MASK


def command_literals(text: str) -> tuple[str, ...]:
    """Everything in a command or document that may be a value."""
    return tuple(m.group().strip("\"'") for m in _PIECE.finditer(text) if m.lastgroup in ("string", "number", "word"))
