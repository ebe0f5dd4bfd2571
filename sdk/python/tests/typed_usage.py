"""Uses the types of methods, tags and frameworks. `test_types` type-checks this file, but it is never run."""

from cwpsa_tools import ToolMethod, ToolServer, ToolTag, get_tools

methods: list[ToolMethod] = ["read", "write", "custom", "list", "count"]
tags: list[ToolTag] = ["service", "Tickets"]
get_tools("acme", methods=methods, tags=tags, framework="pydantic-ai")
get_tools("acme", methods="read", tags="Tickets")
get_tools("acme", methods=["reads"])  # type: ignore[list-item]
get_tools("acme", tags="Ticket")  # type: ignore[arg-type]
get_tools("acme", framework="fortran")  # type: ignore[arg-type]
ToolServer().tools("acme", ["reads"])  # type: ignore[list-item]
