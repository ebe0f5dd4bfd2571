"""Draws values from JSON Schemas. Supports only the features that OpenAPI documents and the generated tools use."""

import random
import string
import urllib.parse

import rstr

# The most items of a list, and the deepest nesting before only what is required is drawn.
MAX_ITEMS = 2
MAX_DEPTH = 4


class Sampler:
    """Draws values. References are resolved in `document`; `for_response` decides about read-only properties."""

    def __init__(self, document, seed, for_response=False):
        self.document = document
        self.random = random.Random(seed)
        self.for_response = for_response

    def resolve(self, schema):
        while isinstance(schema, dict) and "$ref" in schema:
            target = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                part = urllib.parse.unquote(part.replace("~1", "/").replace("~0", "~"))
                target = target[int(part)] if isinstance(target, list) else target[part]
            schema = target
        return schema if isinstance(schema, dict) else {}

    def merged(self, schema):
        """The schema with the parts of its `allOf`, each resolved."""
        schema = self.resolve(schema)
        if "allOf" not in schema:
            return schema
        merged = {key: value for key, value in schema.items() if key != "allOf"}
        for part in schema["allOf"]:
            part = self.merged(part)
            properties = {**part.get("properties", {}), **merged.get("properties", {})}
            required = [*part.get("required", []), *merged.get("required", [])]
            merged = {**part, **merged}
            if properties:
                merged["properties"] = properties
            if required:
                merged["required"] = required
        return merged

    def draw(self, schema, chance=0.5, depth=0):
        """A value; a property that is not required is drawn with `chance`."""
        schema = self.merged(schema)
        for keyword in ("oneOf", "anyOf"):
            if schema.get(keyword):
                return self.alternative(schema, keyword, chance, depth)
        if "const" in schema:
            return schema["const"]
        values = [value for value in schema.get("enum", []) if value is not None]
        if values:
            return self.random.choice(values)
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = next((name for name in kind if name != "null"), None)
        if kind is None:
            kind = "object" if "properties" in schema or "additionalProperties" in schema else "string"
        return getattr(self, f"draw_{kind}", self.draw_string)(schema, chance, depth)

    def alternative(self, schema, keyword, chance, depth):
        options = [option for option in schema[keyword] if self.resolve(option).get("type") != "null"]
        option = self.random.choice(options)
        base = {key: value for key, value in schema.items() if key not in (keyword, "discriminator")}
        value = self.draw({"allOf": [option, base]}, chance, depth)
        tag = schema.get("discriminator", {}).get("propertyName")
        if tag and isinstance(value, dict):
            reference = option.get("$ref", "")
            mapping = schema["discriminator"].get("mapping", {})
            names = [name for name, target in mapping.items() if target == reference or target == reference.split("/")[-1]]
            value[tag] = names[0] if names else reference.split("/")[-1]
        return value

    def draw_object(self, schema, chance, depth):
        required = set(schema.get("required", []))
        value = {}
        for name, member in schema.get("properties", {}).items():
            own = self.resolve(member)
            if not self.for_response and own.get("readOnly"):
                continue
            if self.for_response and own.get("writeOnly"):
                continue
            if name in required or (depth < MAX_DEPTH and self.random.random() < chance):
                if depth > 3 * MAX_DEPTH:
                    continue
                if self.for_response and self.is_nullable(own) and self.random.random() < 0.2:
                    value[name] = None
                    continue
                value[name] = self.draw(member, chance if depth < MAX_DEPTH else 0, depth + 1)
        further = schema.get("additionalProperties")
        if isinstance(further, dict) and further and not value and chance > 0 and depth < MAX_DEPTH:
            value["k1"] = self.draw(further, chance, depth + 1)
        return value

    @staticmethod
    def is_nullable(schema):
        kind = schema.get("type")
        return schema.get("nullable") is True or (isinstance(kind, list) and "null" in kind)

    def draw_array(self, schema, chance, depth):
        least = schema.get("minItems", 0)
        most = max(least, min(schema.get("maxItems", MAX_ITEMS), MAX_ITEMS))
        if depth >= MAX_DEPTH:
            most = least
        count = max(self.random.randint(least, most), 1 if most and chance > 0 else least)
        items = [self.draw(schema.get("items", {}), chance, depth + 1) for _ in range(count)]
        # Tools state in words that items must be unique, as not every provider accepts the keyword.
        return [item for at, item in enumerate(items) if item not in items[:at]]

    def draw_boolean(self, _schema, _chance, _depth):
        return self.random.random() < 0.5

    def draw_integer(self, schema, _chance, _depth):
        low, high = self.bounds(schema)
        step = int(schema.get("multipleOf", 1)) or 1
        low, high = -(-int(low) // step), int(high) // step
        return self.random.randint(low, max(low, high)) * step

    def draw_number(self, schema, _chance, _depth):
        low, high = self.bounds(schema)
        if schema.get("multipleOf"):
            return round(low / schema["multipleOf"]) * schema["multipleOf"]
        return round(self.random.uniform(low, min(high, low + 1000)) * 4) / 4 if high - low > 1 else low

    @staticmethod
    def bounds(schema):
        low, high = schema.get("minimum"), schema.get("maximum")
        exclusive = schema.get("exclusiveMinimum")
        if exclusive is True and low is not None:
            low += 1
        elif isinstance(exclusive, (int, float)) and not isinstance(exclusive, bool):
            low = exclusive + 1
        exclusive = schema.get("exclusiveMaximum")
        if exclusive is True and high is not None:
            high -= 1
        elif isinstance(exclusive, (int, float)) and not isinstance(exclusive, bool):
            high = exclusive - 1
        if low is None:
            low = 1 if high is None or high >= 1 else high - 10
        if high is None:
            high = low + 1000
        return low, high

    FORMATS = {
        "date-time": "2026-03-04T05:06:07Z",
        "date": "2026-03-04",
        "time": "05:06:07Z",
        "uuid": "7d444840-9dc0-11d1-b245-5ffdce74fad2",
        "email": "a@example.com",
        "uri": "https://example.com/a",
        "url": "https://example.com/a",
        "ipv4": "192.0.2.1",
        "ipv6": "2001:db8::1",
        "hostname": "example.com",
        "byte": "YWJj",
        "duration": "P1D",
    }

    def draw_string(self, schema, _chance, _depth):
        if schema.get("pattern"):
            for _ in range(20):
                text = rstr.xeger(schema["pattern"])
                if schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", 10_000):
                    return text
        if schema.get("format") in self.FORMATS:
            return self.FORMATS[schema["format"]]
        least = schema.get("minLength", 0)
        length = max(least, min(6, schema.get("maxLength", 6)))
        letters = self.random.choices(string.ascii_lowercase, k=length)
        return "".join(letters)
