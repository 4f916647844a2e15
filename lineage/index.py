"""What many questions about one audit look up: its records by party, field, category. Each table is made once."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from threading import Lock
from typing import TypeVar

from lineage.audit import Access, Audit, AuditField, Exposure, Flow
from lineage.model import Party
from lineage.system import Context

LEAST = 0.5  # confidence that makes a label count here, as it does for flows unless auditor.toml says otherwise
REMEMBERED = 3  # audits: the one that is served, and two that are compared
Categories = Mapping[str, tuple[str, ...]]  # field id -> its data categories
_Item = TypeVar("_Item")
_Key = TypeVar("_Key")


class Index:
    """The tables of one audit. Records stand in each in the order in which the audit has them."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit

    def prepare(self) -> None:
        """Make all tables now."""
        for name, member in vars(Index).items():
            if isinstance(member, cached_property):
                getattr(self, name)

    @cached_property
    def flow(self) -> Mapping[str, Flow]:
        return {flow.id: flow for flow in self.audit.flows}

    @cached_property
    def exposure(self) -> Mapping[str, Exposure]:
        return {exposure.id: exposure for exposure in self.audit.exposures}

    @cached_property
    def flows_by_category(self) -> Mapping[str, Sequence[Flow]]:
        return _grouped(self.audit.flows, lambda flow: (flow.category,))

    @cached_property
    def flows_by_field(self) -> Mapping[str, Sequence[Flow]]:
        return _grouped(self.audit.flows, lambda flow: (flow.field,) if flow.field is not None else ())

    @cached_property
    def flows_by_source(self) -> Mapping[Party, Sequence[Flow]]:
        return _grouped(self.audit.flows, lambda flow: (flow.source,))

    @cached_property
    def flows_by_sink(self) -> Mapping[Party, Sequence[Flow]]:
        return _grouped(self.audit.flows, lambda flow: (flow.sink,))

    @cached_property
    def exposures_by_sink(self) -> Mapping[Party, Sequence[Exposure]]:
        return _grouped(self.audit.exposures, lambda exposure: (exposure.sink,))

    @cached_property
    def exposures_by_category(self) -> Mapping[str, Sequence[Exposure]]:
        return _grouped(self.audit.exposures, lambda exposure: (exposure.category,))

    @cached_property
    def accesses_by_field(self) -> Mapping[str, Sequence[tuple[int, Access]]]:
        """Each with its place in the audit, so that those of several fields can be put in order again."""
        return _grouped(enumerate(self.audit.accesses), lambda numbered: (numbered[1].field,))

    @cached_property
    def accesses_by_service(self) -> Mapping[str, Sequence[Access]]:
        return _grouped(self.audit.accesses, lambda access: (access.service,))

    @cached_property
    def contexts_by_last(self) -> Mapping[tuple[str, str], Sequence[Context]]:
        """Calling paths by the operation (service, name) at their end."""
        return _grouped(self.audit.contexts, lambda context: ((context.path[-1].service, context.path[-1].name),))

    @cached_property
    def field(self) -> Mapping[str, AuditField]:
        return {field.id: field for field in self.audit.fields}

    @cached_property
    def tables(self) -> frozenset[str]:
        """`store/table` of every declared field."""
        return frozenset(f"{field.store}/{field.table}" for field in self.audit.fields)

    @cached_property
    def categories(self) -> Categories:
        """The data categories of each field that has any: by labels that are sure enough and by flows."""
        found: dict[str, set[str]] = defaultdict(set)
        for field in self.audit.fields:
            found[field.id] |= {label.category for label in field.labels if label.confidence >= LEAST}
        for flow in self.audit.flows:
            if flow.field is not None:
                found[flow.field].add(flow.category)
        return {id_: tuple(sorted(categories)) for id_, categories in found.items() if categories}

    @cached_property
    def labelled_by_store(self) -> Mapping[str, Sequence[str]]:
        """The ids of fields with a category, by store."""
        return _grouped(self.categories, lambda field: (field.rpartition(".")[0].rpartition("/")[0],))

    @cached_property
    def known_categories(self) -> frozenset[str]:
        """All that fields have or flows carry."""
        return frozenset(c for found in self.categories.values() for c in found).union(self.flows_by_category)

    @cached_property
    def places(self) -> Mapping[str, tuple[str, str, str]]:
        """(store, table, column) of every field that was declared, and of every one that was touched."""
        places = {field.id: (field.store, field.table, field.column) for field in self.audit.fields}
        for id_ in self.accesses_by_field:
            if id_ not in places:
                table, _, column = id_.rpartition(".")
                store, _, name = table.rpartition("/")
                places[id_] = (store, name, column)
        return places

    @cached_property
    def categories_by_end(self) -> Mapping[str, frozenset[str]]:
        """By field id or party's name: the categories of flows that have it, or that begin or end there."""
        found: dict[str, set[str]] = defaultdict(set)
        for flow in self.audit.flows:
            for name in (flow.source.name, flow.sink.name, *((flow.field,) if flow.field is not None else ())):
                found[name].add(flow.category)
        return {name: frozenset(categories) for name, categories in found.items()}

    def flows_between(self, source: str, target: str) -> Sequence[Flow]:
        """The flows of every category that is found at both ends, each a field's id or a party's name."""
        nowhere: frozenset[str] = frozenset()
        both = self.categories_by_end.get(source, nowhere) & self.categories_by_end.get(target, nowhere)
        return [flow for category in sorted(both) for flow in self.flows_by_category[category]]


_indices: OrderedDict[int, Index] = OrderedDict()
_lock = Lock()


def index_of(audit: Audit) -> Index:
    """The index of an audit: always the same one for as long as the audit is among the last that were asked about."""
    with _lock:
        found = _indices.get(id(audit))  # an index keeps its audit, so that no other can have the same identity
        if found is None:
            found = _indices[id(audit)] = Index(audit)
        _indices.move_to_end(id(audit))
        while len(_indices) > REMEMBERED:
            _indices.popitem(last=False)
        return found


def _grouped(items: Iterable[_Item], keys: Callable[[_Item], Iterable[_Key]]) -> Mapping[_Key, Sequence[_Item]]:
    groups: dict[_Key, list[_Item]] = defaultdict(list)
    for item in items:
        for key in keys(item):
            groups[key].append(item)
    return dict(groups)
