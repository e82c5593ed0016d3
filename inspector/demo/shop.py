"""The demo shop's pages and catalogue, and its events from the reference's examples. Pure."""

from dataclasses import dataclass
from typing import Any, Final

from events.reference import Reference
from events.reference.examples import example_params

CURRENCY: Final = "EUR"

#: The shop's pages, with the page_type in the page_view of each.
PAGES: Final = {
    "home": "home",
    "list": "product_list",
    "product": "product",
    "cart": "cart",
    "checkout": "funnel",
    "thanks": "funnel_confirmation",
    "account": "account",
}


@dataclass(frozen=True, slots=True)
class Shirt:
    """One T-shirt. ``colour`` and ``motif`` also name its picture's classes."""

    product_id: str
    name: str
    price: float
    colour: str
    motif: str
    category: str
    line: str

    @property
    def sku(self) -> str:
        """The stock-keeping unit, which is the id of the shirt's Item."""
        return f"SKU_{self.product_id}"

    @property
    def words(self) -> tuple[str, ...]:
        """The texts that a search matches."""
        return self.name, self.colour, self.motif, self.category, self.line, "T-Shirts"

    @property
    def item(self) -> dict[str, Any]:
        """The shirt as an Item of the reference, without a quantity."""
        return {
            "id": self.sku,
            "product": {
                "id": self.product_id,
                "name": self.name,
                "price": self.price,
                "currency": CURRENCY,
                "category_1": "T-Shirts",
                "category_2": self.category,
                "brand": "Trex & Co",
                "colors": [self.colour],
                "size": "M",
            },
            "variant": self.colour,
        }


SHIRTS: Final = (
    Shirt("12345", "Trex", 14.99, "moss", "trex", "Classics", "Short arms, long weekends."),
    Shirt("12346", "Low Tide", 16.50, "sea", "wave", "Outdoors", "For people who walk home wet."),
    Shirt("12347", "Half Past Sun", 16.50, "sand", "sun", "Outdoors", "The last good hour."),
    Shirt("12348", "Col du Nord", 18.00, "slate", "peak", "Outdoors", "Two thousand metres, roughly."),
    Shirt("12349", "Ship It", 14.99, "coral", "bolt", "Classics", "Friday afternoon, quarter to five."),
    Shirt("12350", "Plain Text", 12.00, "chalk", "lines", "Classics", "No formatting at all."),
)


def catalogue() -> dict[str, dict[str, Any]]:
    """The Item of each shirt by its SKU, for the shop's script."""
    return {shirt.sku: shirt.item for shirt in SHIRTS}


def find_shirt(sku: str) -> Shirt | None:
    """The shirt with the SKU ``sku``, or None."""
    return next((shirt for shirt in SHIRTS if shirt.sku == sku), None)


def search(words: str) -> list[Shirt]:
    """The shirts with a text that contains ``words``, case ignored; "" matches all."""
    wanted = words.lower()
    return [shirt for shirt in SHIRTS if any(wanted in text.lower() for text in shirt.words)]


def complete_calls(reference: Reference) -> dict[str, dict[str, Any]]:
    """Complete, correct parameters for each standard event, in the published order."""
    return {name: example_params(reference, name) for name in reference.events}


def required_paths(reference: Reference) -> dict[str, list[str]]:
    """For each standard event the JSON Pointers of the required parameters that "Break things" leaves out.

    Objects stay, so that the findings name the missing parameters inside them.
    """
    return {name: list(_required_paths(reference, name)) for name in reference.events}


def _required_paths(reference: Reference, name: str) -> list[str]:
    params = example_params(reference, name)
    rows = reference.events[name].parameters
    paths = [f"/{row.name}" for row in rows if row.is_required and row.schema is None]
    if "user" in params:
        paths.append("/user/consent_categories")
    if "items" in params:
        paths += ["/items/0/product/name", "/items/0/quantity"]
    return paths
