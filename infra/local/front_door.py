"""The one address of the platform on this machine: the HTTP API, and `/local/*`, which no stage but local has."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from infra.local import letters, outbox, trace
from infra.local.platform import Aws
from infra.local.proxy import Gateway

PICTURES = Path(__file__).parent / "pictures"
"""What the seeded pages show: departments keep their pictures elsewhere, and these have no elsewhere."""
VIEWS = Jinja2Templates(Path(__file__).parent / "views")
FOUNDATION, BUS, NOTIFICATIONS = (f"commonweal-local-{stack}" for stack in ("foundation", "bus", "notifications"))
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def front_door(aws: Aws, outputs: Mapping[str, Mapping[str, str]], about: Mapping[str, Any]) -> Starlette:
    """The ASGI app. `outputs` are those of the deployed stacks; `about` is shown at /local/ (what `platform.json` holds)."""
    gateway = Gateway(aws.endpoint, outputs[FOUNDATION]["ApiId"])
    bus_table = outputs.get(BUS, {}).get("BusTable")
    print_bucket = outputs.get(NOTIFICATIONS, {}).get("PrintBucket", "")
    emulator = httpx.AsyncClient(base_url=aws.endpoint, timeout=10.0)

    async def index(request: Request) -> Response:
        return VIEWS.TemplateResponse(request, "index.html", {"about": about})

    async def sent(request: Request) -> Response:
        to = request.query_params.get("to", "")
        found = await outbox.messages(emulator, to)
        if wants_json(request):
            return JSONResponse({"messages": [message.view() for message in found]})
        return VIEWS.TemplateResponse(request, "outbox.html", {"messages": found, "to": to})

    async def printed(request: Request) -> Response:
        found = await run_in_threadpool(letters.printed, aws.client("s3"), print_bucket)
        return VIEWS.TemplateResponse(request, "letters.html", {"letters": found})

    async def letter(request: Request) -> Response:
        pdf = await run_in_threadpool(letters.pdf, aws.client("s3"), print_bucket, request.path_params["reference"])
        return Response(pdf, media_type="application/pdf") if pdf else JSONResponse({"message": "Not Found"}, status_code=404)

    async def traced(request: Request) -> Response:
        wanted = request.path_params["id"].removesuffix(".json")
        found = await run_in_threadpool(trace.find, aws.client("dynamodb"), bus_table, wanted) if bus_table else None
        status = 200 if found else 404
        if wants_json(request):
            return JSONResponse(found.view() if found else {"message": f"Nothing is known of {wanted}."}, status)
        return VIEWS.TemplateResponse(request, "trace.html", {"trace": found, "wanted": wanted}, status)

    async def find_trace(request: Request) -> Response:
        wanted = request.query_params.get("id", "").strip()
        return RedirectResponse(request.url_for("trace", id=wanted) if wanted else "/local/", status_code=303)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await gateway.close()
        await emulator.aclose()

    return Starlette(
        routes=[
            Route("/local", lambda request: RedirectResponse("/local/")),
            Route("/local/", index),
            Route("/local/outbox", sent),
            Route("/local/outbox.json", sent),
            Route("/local/letters", printed),
            Route("/local/letters/{reference}.pdf", letter),
            Mount("/local/pictures", StaticFiles(directory=PICTURES)),
            Route("/local/trace", find_trace),
            Route("/local/trace/{id}", traced, name="trace"),
            Route("/local/{rest:path}", lambda request: JSONResponse({"message": "Not Found"}, status_code=404)),
            Route("/{path:path}", gateway.pass_on, methods=METHODS),
        ],
        # A page on another site must not reach the keys shown here by giving this address a name of its own.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
        lifespan=lifespan,
    )


def wants_json(request: Request) -> bool:
    """By the address or by the Accept header; a browser, which takes anything, gets HTML."""
    return request.url.path.endswith(".json") or "application/json" in request.headers.get("accept", "")
