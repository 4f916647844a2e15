"""A category of personal data over the whole system."""

from __future__ import annotations

from dataclasses import dataclass

from reports.field_view import FieldView
from reports.flow_view import CategoryView, ExposureView, exposure_rank
from reports.site.links import to_category, with_query
from reports.site.pager import Paged, paged
from reports.site.site import Site, take


@dataclass(frozen=True, slots=True)
class CategoryPage:
    """`fields` hold it; `leaves` are the exposures at outside parties, `reaches` all others, the gravest first.
    `around` leads to the explorer."""

    category: CategoryView
    fields: Paged[FieldView]
    leaves: tuple[ExposureView, ...]
    reaches: tuple[ExposureView, ...]
    around: str


def category_page(site: Site, name: str, number: int) -> CategoryPage:
    """The page of the category of this slug, without those below it; `number` is that of the page of fields."""
    category = take(site.category_views, name)
    found = [ExposureView(one, category, ()) for one in site.index.exposures_by_category.get(category.key, ())]
    ranked = sorted(found, key=exposure_rank)
    return CategoryPage(
        category,
        paged(site.sensitive_by_category.get(category.key, ()), number, to_category(category.key)),
        tuple(one for one in ranked if one.exposure.sink.kind == "outsider"),
        tuple(one for one in ranked if one.exposure.sink.kind != "outsider"),
        with_query("/explorer", category=name),
    )
