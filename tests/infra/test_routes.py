"""The routes of each stage lead every operation of an OpenAPI document to the function whose document it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from tests.contracts.openapi import DOCUMENTS, FOLDER, PAGES
from tests.infra.templates import Deployment

WITHOUT_DOCUMENT = {page.removeprefix("functions.") for page in PAGES} | {"publishing.pages"}
"""What people look at, and the addresses that no other route takes."""


def routes(deployment: Deployment) -> dict[str, str]:
    """The entry point behind each route of the API."""
    integrations = {one.name: one.properties["IntegrationUri"] for one in deployment.all("AWS::ApiGatewayV2::Integration")}
    return {
        one.properties["RouteKey"]: deployment.resources[integrations[one.properties["Target"].removeprefix("integrations/")]].properties[
            "Environment"
        ]["Variables"]["FUNCTION"]
        for one in deployment.all("AWS::ApiGatewayV2::Route")
    }


def chosen(keys: Iterator[str], method: str, path: str) -> str:
    """The route that API Gateway takes for a request: of those that fit, that with the least left open."""

    def left_open(key: str) -> tuple[list[int], bool]:
        asked, _, address = key.partition(" ")
        return [1 + part.endswith("+}") if part.startswith("{") else 0 for part in address.split("/")], asked == "ANY"

    def fits(key: str) -> bool:
        asked, _, address = key.partition(" ")
        pattern = re.sub(r"{\w+}", "[^/]+", re.sub(r"{\w+\+}", ".+", address))
        return asked in (method, "ANY") and re.fullmatch(pattern, path) is not None

    return min(filter(fits, keys), key=left_open, default="$default")


def test_every_operation_of_a_document_comes_to_the_function_that_answers_it(deployment: Deployment) -> None:
    behind = routes(deployment)
    astray = []
    for name, module in DOCUMENTS.items():
        for path, operations in json.loads((FOLDER / f"{name}.json").read_bytes())["paths"].items():
            for method in operations:
                key = chosen(iter(behind), method.upper(), path.replace("{path}", "a/b").replace("{", "").replace("}", ""))
                if behind[key] != module.removeprefix("functions."):
                    astray.append(f"{method.upper()} {path} of {name} goes to {behind[key]} by {key}")
    assert astray == []


def test_every_function_behind_a_route_has_a_document(deployment: Deployment) -> None:
    assert set(routes(deployment).values()) - WITHOUT_DOCUMENT == {module.removeprefix("functions.") for module in DOCUMENTS.values()}
