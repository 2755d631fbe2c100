"""Hand a request of the front door to the HTTP API on the emulator, and its answer back, byte for byte."""

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

LONGEST_BODY = 10 * 1024 * 1024
"""What an HTTP API of API Gateway takes; the emulator takes anything."""
LONGEST_WAIT = 40.0
ABOUT_THE_CONNECTION = set(
    b"connection keep-alive proxy-connection te trailer transfer-encoding upgrade content-length date server".split()
)


class Gateway:
    """The one HTTP API of the platform, at its path on the emulator."""

    def __init__(self, endpoint: str, api: str) -> None:
        self._client = httpx.AsyncClient(timeout=LONGEST_WAIT, limits=httpx.Limits(max_connections=200, max_keepalive_connections=50))
        self._client.headers.clear()  # the functions hear what the caller said, and nothing of httpx
        self._endpoint = httpx.URL(endpoint)
        self._stage = f"/_aws/execute-api/{api}/$default".encode()

    async def pass_on(self, request: Request) -> Response:
        """The API's answer; 413 for a body over 10 MB; 502 when the emulator does not answer."""
        body = await request.body()
        if len(body) > LONGEST_BODY:
            return JSONResponse({"message": "Request Entity Too Large"}, status_code=413)
        path = request.scope.get("raw_path", request.url.path.encode()).partition(b"?")[0]
        query = request.scope["query_string"]
        asked = self._client.build_request(
            request.method,
            self._endpoint.copy_with(raw_path=self._stage + path + (b"?" + query if query else b"")),
            headers=[*kept(request.headers.raw), *forwarded(request)],
            content=body,
        )
        try:
            answer = await self._client.send(asked, stream=True)
            content = b"".join([part async for part in answer.aiter_raw()])  # as it came: still compressed, if it is
            await answer.aclose()
        except httpx.HTTPError as error:
            return JSONResponse({"message": f"The platform did not answer: {type(error).__name__}"}, status_code=502)
        response = Response(content, answer.status_code)
        response.raw_headers = [*kept(answer.headers.raw), (b"content-length", str(len(content)).encode())]
        return response

    async def close(self) -> None:
        await self._client.aclose()


def kept(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers that are about the message, not about one connection."""
    return [(name, value) for name, value in headers if name.lower() not in ABOUT_THE_CONNECTION]


def forwarded(request: Request) -> list[tuple[bytes, bytes]]:
    """Where the caller believes to be, so that the addresses the platform makes lead through the front door."""
    host, caller = request.headers.get("host", ""), request.client.host if request.client else "127.0.0.1"
    return [
        (b"x-forwarded-host", host.encode("latin-1")),
        (b"x-forwarded-proto", request.url.scheme.encode()),
        (b"x-forwarded-port", host.rpartition(":")[2].encode("latin-1")),
        (b"x-forwarded-for", caller.encode()),
    ]
