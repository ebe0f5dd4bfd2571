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
            for name in part.get("properties", {}).keys() & merged.get("properties", {}).keys():
                declared = [merged["properties"][name], part["properties"][name]]
                if declared[0] != declared[1]:
                    properties[name] = {"allOf": declared}
            values = [value for value in part.get("enum", []) if value in merged.get("enum", [])]
            required = [*part.get("required", []), *merged.get("required", [])]
            merged = {**part, **merged}
            if properties:
                merged["properties"] = properties
            if required:
                merged["required"] = required
            if values:
                merged["enum"] = values
            if part.get("readOnly"):
                merged["readOnly"] = True
        return merged

    def draw(self, schema, chance=0.5, depth=0, guide=None):
        """A value; a property that is not required is drawn with `chance`.

        `guide` is the value's schema in the original document. A tool lists the members of all alternatives, and any
        value where it can't express the alternatives; which of them belong together is drawn from the guide.
        """
        schema = self.merged(schema)
        guide = guide and guide.chosen()
        if guide and isinstance(schema.get("type"), list):
            kinds = [kind for kind in schema["type"] if kind != "null"]
            kind = guide.schema.get("type")
            if len(kinds) >= 4 and "enum" not in schema:
                return guide.draw(chance, depth)
            if kind in kinds:
                schema = {**schema, "type": kind}
        for keyword in ("oneOf", "anyOf"):
            if schema.get(keyword):
                return self.alternative(schema, keyword, chance, depth)
        if "const" in schema:
            return schema["const"]
        values = [value for value in schema.get("enum", []) if value is not None]
        if guide and set(guide.schema.get("enum", [])) & set(values):
            values = [value for value in values if value in guide.schema["enum"]]
        if values:
            return self.random.choice(values)
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = next((name for name in kind if name != "null"), None)
        if kind is None:
            kind = "object" if "properties" in schema or "additionalProperties" in schema else "string"
        if kind == "object":
            return self.draw_object(schema, chance, depth, guide)
        if kind == "array":
            return self.draw_array(schema, chance, depth, guide)
        return getattr(self, f"draw_{kind}", self.draw_string)(schema, chance, depth)

    def alternative(self, schema, keyword, chance, depth):
        options = [option for option in schema[keyword] if self.resolve(option).get("type") != "null"]
        option = self.random.choice(options)
        base = {key: value for key, value in schema.items() if key not in (keyword, "discriminator")}
        value = self.draw({"allOf": [option, base]}, chance, depth)
        tag = schema.get("discriminator", {}).get("propertyName")
        if tag and isinstance(value, dict):
            value[tag] = self.tag_of(schema, option)
        return value

    def tag_of(self, schema, option):
        """The value of the discriminator that stands for an alternative."""
        reference = option.get("$ref", "")
        mapping = schema["discriminator"].get("mapping", {})
        names = [name for name, target in mapping.items() if target == reference or target == reference.split("/")[-1]]
        return names[0] if names else reference.split("/")[-1]

    def draw_object(self, schema, chance, depth, guide=None):
        if schema.get("format") == "binary":
            return {"file_name": "a.txt", "content_base64": self.FORMATS["byte"]}
        properties = schema.get("properties", {})
        required = set(schema.get("required", []))
        if guide and not properties and guide.schema.get("properties"):
            # The tool doesn't list the members of deeply nested objects.
            return guide.draw(chance, depth)
        if guide and guide.is_alternative:
            properties = {name: member for name, member in properties.items() if name in required or guide.has(name)}
            required |= guide.required()
        value = {}
        for name, member in properties.items():
            own = self.merged(member)
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
                inner = guide and guide.member(name)
                value[name] = self.draw(member, chance if depth < MAX_DEPTH else 0, depth + 1, inner)
        further = schema.get("additionalProperties")
        if isinstance(further, dict) and further and not value and chance > 0 and depth < MAX_DEPTH:
            value["k1"] = self.draw(further, chance, depth + 1, guide and guide.member("k1"))
        return value

    @staticmethod
    def is_nullable(schema):
        kind = schema.get("type")
        return schema.get("nullable") is True or (isinstance(kind, list) and "null" in kind)

    def draw_array(self, schema, chance, depth, guide=None):
        least = schema.get("minItems", 0)
        most = max(least, min(schema.get("maxItems", MAX_ITEMS), MAX_ITEMS))
        if depth >= MAX_DEPTH:
            most = least
        count = max(self.random.randint(least, most), 1 if most and chance > 0 else least)
        inner = guide and guide.items()
        items = [self.draw(schema.get("items", {}), chance, depth + 1, inner) for _ in range(count)]
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
        # Without an offset, which openapi-core doesn't allow.
        "time": "05:06:07",
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
                if schema["pattern"].startswith("^([A-Za-z0-9+/]{4})*"):
                    return self.FORMATS["byte"]
                if schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", 10_000):
                    return text
        if schema.get("format") in self.FORMATS:
            return self.FORMATS[schema["format"]]
        least = schema.get("minLength", 0)
        length = max(least, min(6, schema.get("maxLength", 6)))
        letters = self.random.choices(string.ascii_lowercase, k=length)
        return "".join(letters)


class Guide:
    """A schema in the original document, for drawing a value from a tool's schema."""

    def __init__(self, sampler, schema):
        self.sampler = sampler
        self.schema = sampler.merged(schema)
        self.is_alternative = False

    def chosen(self):
        """The guide itself, or one of its alternatives."""
        for keyword in ("oneOf", "anyOf"):
            options = [option for option in self.schema.get(keyword, []) if self.sampler.resolve(option).get("type") != "null"]
            if options:
                option = self.sampler.random.choice(options)
                base = {key: value for key, value in self.schema.items() if key not in (keyword, "discriminator")}
                chosen = Guide(self.sampler, {"allOf": [option, base]}).chosen()
                chosen.is_alternative = True
                tag = self.schema.get("discriminator", {}).get("propertyName")
                if tag:
                    member = {"type": "string", "enum": [self.sampler.tag_of(self.schema, option)]}
                    chosen.schema = {**chosen.schema, "properties": {**chosen.schema.get("properties", {}), tag: member}}
                return chosen
        return self

    def names(self):
        """The names of its properties, and of those of its alternatives."""
        options = [option for keyword in ("oneOf", "anyOf") for option in self.schema.get(keyword, [])]
        inner = (Guide(self.sampler, option).names() for option in options)
        return set(self.schema.get("properties", {})).union(*inner)

    def draw(self, chance, depth):
        return self.sampler.draw(self.schema, chance, depth)

    def has(self, name):
        return name in self.schema.get("properties", {}) or bool(self.schema.get("additionalProperties"))

    def required(self):
        return set(self.schema.get("required", []))

    def member(self, name):
        member = self.schema.get("properties", {}).get(name, self.schema.get("additionalProperties"))
        return Guide(self.sampler, member) if isinstance(member, dict) else None

    def items(self):
        items = self.schema.get("items")
        return Guide(self.sampler, items) if isinstance(items, dict) else None
