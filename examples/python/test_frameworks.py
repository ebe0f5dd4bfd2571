"""Checks that the comparison in frameworks.py detects losses."""

import unittest
from collections import Counter

from frameworks import compare, row, unknown

OWN = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "minimum": 1, "description": "From there."},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "day": {"type": "string", "format": "date"},
        "filter": {"type": "object"},
        "name": {"type": ["string", "null"], "maxLength": 5},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "integer"}}}},
    },
}


def lost(**changes) -> dict:
    """Returns the losses if these properties are changed, or removed if None."""
    properties = {name: member for name, member in {**OWN["properties"], **changes}.items() if member is not None}
    total, found = Counter(), Counter()
    compare(OWN, {**OWN, "properties": properties}, total, found)
    return {feature: count for feature, count in found.items() if count}


class Compare(unittest.TestCase):
    def test_nothing_is_lost_of_the_same(self):
        self.assertEqual(lost(), {})

    def test_keywords_that_are_dropped_are_counted(self):
        self.assertEqual(lost(id={"type": "integer"}), {"limit": 1, "description": 1})
        self.assertEqual(lost(kind={"type": "string"}), {"enum": 1})
        self.assertEqual(lost(day={"type": "string"}), {"format": 1})
        self.assertEqual(lost(name={"type": "string", "maxLength": 5}), {"null": 1})

    def test_properties_that_are_dropped_are_counted(self):
        self.assertEqual(lost(day=None), {"property": 1, "optional": 1, "format": 1})
        items = {"type": "array", "items": {"type": "object", "properties": {}}}
        self.assertEqual(lost(lines=items), {"property": 1, "optional": 1})

    def test_an_object_that_is_closed_can_not_be_given_but_a_text_can(self):
        self.assertEqual(lost(filter={"type": "object", "additionalProperties": False}), {"free": 1})
        self.assertEqual(lost(filter={"type": ["string", "null"]}), {})

    def test_what_is_optional_may_become_required_where_it_may_be_null(self):
        def required(**changes):
            total, found = Counter(), Counter()
            other = {**OWN, "required": list(OWN["properties"]), "properties": {**OWN["properties"], **changes}}
            compare(OWN, other, total, found)
            return found["optional"]

        self.assertEqual(required(), 4)
        self.assertEqual(required(day={"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}), 3)

    def test_tools_that_are_renamed_or_missing_are_counted(self):
        own = {"a": {"name": "a", "description": "A", "schema": OWN}}
        _, found, same = row(own, {"a": {"name": "b", "description": "A", "schema": OWN}})
        self.assertEqual((found["name"], found["about"], same), (1, 0, 0))
        _, found, _ = row(own, {})
        self.assertEqual((found["name"], found["required"], found["closed"]), (1, 1, 1))

    def test_keywords_that_the_page_excludes_are_found(self):
        self.assertEqual(unknown({"properties": {"a": {"items": {"oneOf": []}}}}), {"oneOf"})


if __name__ == "__main__":
    unittest.main()
