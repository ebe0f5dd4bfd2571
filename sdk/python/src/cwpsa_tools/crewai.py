"""Tools for CrewAI.

CrewAI sends strict schemas to providers: every property is required, and an object accepts only its declared properties, so
filters can't be passed. To work around this, optional arguments accept null, and an object without declared properties
becomes a JSON string, which the server parses.
"""

import json
from typing import Any

from crewai.tools import BaseTool
from pydantic import BaseModel, ConfigDict, PrivateAttr

from .client import RemoteTool


class _Arguments(BaseModel):
    """Accepts all arguments; the server validates them."""

    model_config = ConfigDict(extra="allow")


class ServerTool(BaseTool):
    """A CrewAI tool. Returns a JSON string."""

    _remote: RemoteTool = PrivateAttr()

    def _run(self, **arguments: Any) -> str:
        return json.dumps(self._remote.call(self._given(arguments)), ensure_ascii=False)

    async def _arun(self, **arguments: Any) -> str:
        return json.dumps(await self._remote.acall(self._given(arguments)), ensure_ascii=False)

    def _given(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return _given(self._remote.schema, arguments) or {}


def tool(remote: RemoteTool) -> ServerTool:
    """Converts a tool to a CrewAI tool."""
    schema = _strict(remote.schema)
    own = {
        "__module__": __name__,
        "model_json_schema": classmethod(lambda cls, *_, **__: json.loads(json.dumps(schema))),
    }
    made = ServerTool(
        name=remote.name,
        description=remote.description,
        args_schema=type("Arguments", (_Arguments,), own),
        # Otherwise, CrewAI caches results and doesn't repeat a call.
        cache_function=_never,
    )
    made._remote = remote
    return made


def _never(_arguments: Any = None, _result: Any = None) -> bool:
    return False


def _types(schema: dict[str, Any]) -> list[str]:
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else list(types)


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    """Converts a schema to a strict schema that doesn't force the model to invent values."""
    types = _types(schema)
    if "object" in types and not schema.get("properties"):
        text = f"{schema.get('description', '')} Pass it as a JSON string.".strip()
        return {**schema, "type": ["string", *(kind for kind in types if kind != "object")], "description": text}
    made = dict(schema)
    if "properties" in schema:
        required = schema.get("required", [])
        made["properties"] = {
            name: _strict(member) if name in required else _or_null(_strict(member))
            for name, member in schema["properties"].items()
        }
        # CrewAI sets the next two itself, but not for nullable objects.
        made["required"] = list(schema["properties"])
        made["additionalProperties"] = False
    if "items" in schema:
        made["items"] = _strict(schema["items"])
    return made


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    made = {**schema, "type": list(dict.fromkeys([*_types(schema), "null"]))}
    if "enum" in schema:
        made["enum"] = [*schema["enum"], None]
    return made


def _given(schema: dict[str, Any], value: Any) -> Any:
    """Removes nulls for absent arguments. Returns None if nothing else is left."""
    if isinstance(value, list):
        return [_given(schema.get("items", {}), item) for item in value]
    if not isinstance(value, dict):
        return value
    known = schema.get("properties", {})
    kept = {}
    for name, member in value.items():
        given = _given(known.get(name, {}), member)
        if given is not None or name not in known or "null" in _types(known[name]):
            kept[name] = given
    return kept if kept or not value else None
