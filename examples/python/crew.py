"""Adds a note to a ticket with a CrewAI agent. Run it with `python crew.py`."""

import json
import os
from typing import Any

os.environ.setdefault("CREWAI_DISABLE_TELEMETRY", "true")
os.environ.setdefault("CREWAI_TRACING_ENABLED", "false")
os.environ.setdefault("OTEL_SDK_DISABLED", "true")

from crewai import LLM, Agent, BaseLLM, Crew, Task
from cwpsa_tools import get_tools

from job import Note, show
from server import account, server

JOB = Note("The crew ordered the laptop with PO #5092.")


class Scripted(BaseLLM):
    """A scripted model that calls functions."""

    def call(self, messages: Any, tools: Any = None, **_: Any) -> Any:
        results = [json.loads(message["content"]) for message in messages if message["role"] == "tool"]
        step = JOB.next(results)
        if isinstance(step, str):
            return step
        name, arguments = step
        show("tools", ", ".join(tool["function"]["name"] for tool in tools))
        # With a strict schema, a model passes every argument, using null for arguments that it doesn't need.
        [tool] = [tool["function"] for tool in tools if tool["function"]["name"] == name]
        arguments = {**dict.fromkeys(tool["parameters"]["properties"]), **arguments}
        show("calls", f"{name} {json.dumps(arguments)}")
        return [{"id": "call-0", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}]

    def supports_function_calling(self) -> bool:
        return True


def model() -> BaseLLM:
    """Returns a real model if a key is set, otherwise a scripted model."""
    if os.environ.get("OPENAI_API_KEY"):
        return LLM(model=os.environ.get("MODEL", "openai/gpt-5.5"))
    return Scripted(model="scripted")


def main() -> None:
    base_url = server()
    tools = get_tools(
        account(), base_url=base_url, api_key=os.environ.get("CWPSA_TOKEN"), framework="crewai", **JOB.wanted
    )
    agent = Agent(role="Dispatcher", goal="Keep tickets up to date", backstory="Exact", tools=tools, llm=model())
    task = Task(description=JOB.question, expected_output="The note's id", agent=agent)
    show("asks", JOB.question)
    answer = Crew(agents=[agent], tasks=[task]).kickoff().raw
    show("answers", answer)
    JOB.check(answer, base_url)


if __name__ == "__main__":
    main()
