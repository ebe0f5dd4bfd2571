"""Records what CrewAI sends to a model for every schema, and how it handles server errors.

Run it with `python measure_crewai.py FILE`; frameworks.py compares the results.
"""

import json
import os
import sys
from typing import Any

os.environ.setdefault("CREWAI_DISABLE_TELEMETRY", "true")
os.environ.setdefault("CREWAI_TRACING_ENABLED", "false")
os.environ.setdefault("OTEL_SDK_DISABLED", "true")

from crewai import Agent, BaseLLM, Crew, Task
from crewai.tools import BaseTool
from crewai.utilities.agent_utils import convert_tools_to_openai_schema
from crewai.utilities.pydantic_schema_utils import create_model_from_schema
from cwpsa_tools import ToolServer, get_tools

from server import server

NOTE = "create_a_connect_wise_psa_ticket_note"


class Plain(BaseTool):
    """A tool as CrewAI's own MCP adapter creates it from a schema."""

    def _run(self, **_: Any) -> str:
        return ""


def sent(tools: list[Any]) -> dict:
    """Returns the tools as they would be sent, by original name."""
    made = {}
    for tool in tools:
        [declared], _, _ = convert_tools_to_openai_schema([tool])
        function = declared["function"]
        made[tool.name] = {
            "name": function["name"], "description": function["description"], "schema": function["parameters"]
        }
    return made


def error_of(tool: Any) -> dict:
    """Returns how a crew handles a server error."""
    read = []

    class Scripted(BaseLLM):
        def call(self, messages: Any, tools: Any = None, **_: Any) -> Any:
            read.extend(message["content"] for message in messages if message["role"] == "tool")
            if read:
                return "?"
            function = {"name": NOTE, "arguments": '{"ticketId": "x"}'}
            return [{"id": "1", "type": "function", "function": function}]

        def supports_function_calling(self) -> bool:
            return True

    agent = Agent(role="?", goal="?", backstory="?", tools=[tool], llm=Scripted(model="scripted"))
    try:
        Crew(agents=[agent], tasks=[Task(description="?", expected_output="?", agent=agent)]).kickoff()
    except Exception as error:
        status = getattr(error, "status", None)
        seen = {"name": type(error).__name__, "message": str(error), "status": status, "headers": status is not None}
        return {"caller": seen}
    return {"model": read[0]}


def main() -> None:
    base_url = server()
    tools = get_tools("acme", base_url=base_url, framework="crewai")
    plain, refused = [], {}
    for remote in ToolServer(base_url).tools("acme"):
        try:
            schema = create_model_from_schema(json.loads(json.dumps(remote.schema)), model_name="Arguments")
        except Exception as error:
            refused[remote.name] = f"{type(error).__name__}: {error}"
            continue
        plain.append(Plain(name=remote.name, description=remote.description, args_schema=schema))
    [note] = [tool for tool in tools if tool.name == NOTE]
    found = {
        "sent": {"CrewAI": sent(tools), "CrewAI, without the SDK": sent(plain)},
        "refused": {"CrewAI, without the SDK": refused},
        "errors": {"CrewAI": error_of(note)},
    }
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(found, file)


if __name__ == "__main__":
    main()
