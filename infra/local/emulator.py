"""MiniStack with its gaps filled: `python -m infra.local.emulator --home .local --port 4566`.

One small function per gap; each names the upstream symbols it touches, and nothing starts when one of them is gone (`upstream.py`).
Each gap has its test in `tests/integration/local`. What templates make is in `resources.py`, streams in
`streams.py`, what is kept in `state.py`, the processes of functions in `workers.py`; `serve.py` is the process itself.
"""

import argparse
import asyncio
import decimal
import hashlib
import json
import os
import shutil
import sysconfig
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from infra.local import resources, serve, state, streams, workers
from infra.local.upstream import replace, upstream, wrap

UNPACKED = Path(__file__).parents[2] / "build" / "unpacked"
"""Shared by every emulator on this machine: the tests start many."""

LAMBDA_HAS = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six.py", "urllib3")
"""What the Python runtime of Lambda brings besides the standard library."""


def count_to_38_digits() -> None:
    """DynamoDB keeps 38 significant digits, the emulator counts with Python's 28 (decimal.DefaultContext, before any thread starts)."""
    decimal.DefaultContext.prec = 38
    decimal.setcontext(decimal.Context(prec=38))


def name_queues_without_the_port() -> None:
    """Queues are kept under a URL with the port, and not found after a start on another (services.sqs.DEFAULT_PORT, _CANONICAL_NETLOC)."""
    replace("services.sqs", "DEFAULT_PORT", "4566")
    replace("services.sqs", "_CANONICAL_NETLOC", f"{upstream('services.sqs', 'DEFAULT_HOST')}:4566")


def lose_no_message_between_threads() -> None:
    """A message appended while another thread rebuilds the queue's list is gone (services.sqs._dlq_sweep, _HANDLERS and every appender)."""
    lock = threading.RLock()
    replace("services.sqs", "_queues_lock", lock)

    def locked(function: Callable[..., Any]) -> Callable[..., Any]:
        def one_at_a_time(*arguments: Any, **named: Any) -> Any:
            with lock:
                return function(*arguments, **named)

        return one_at_a_time

    for module, name in (
        ("services.sqs", "_act_send_message"),
        ("services.sqs", "_collect_msgs"),
        ("services.sqs", "_dlq_sweep"),
        ("services.sqs", "_expire_retained"),
        ("services.sqs", "get_state"),
        ("services.eventbridge", "_dispatch_to_sqs"),
        ("services.sns", "_deliver_to_sqs"),
        ("services.s3", "_deliver_event_to_sqs"),
        ("services.lambda_svc", "_route_async_failure"),
    ):
        replace(module, name, locked(upstream(module, name)))
    handlers = upstream("services.sqs", "_HANDLERS")
    for action, function in handlers.items():
        if not asyncio.iscoroutinefunction(function):
            handlers[action] = locked(function)


def unpack_each_package_once(folder: Path) -> None:
    """Every new worker unpacks its whole bundle and compiles it anew (core.lambda_runtime.zipfile): here each top-level package of a
    bundle is unpacked once, by its content, and bundles and workers share it with what Python compiled.
    """
    zipfile = upstream("core.lambda_runtime", "zipfile")

    class SharingZip(zipfile.ZipFile):  # type: ignore[misc,name-defined]
        def extractall(self, path: str) -> None:
            if Path(path).name != "code":
                super().extractall(path)
                return
            packages = defaultdict(list)
            for entry in self.infolist():
                packages[entry.filename.partition("/")[0]].append(entry)
            for name, entries in packages.items():
                (Path(path) / name).symlink_to(self.shared(entries) / name)

        def shared(self, entries: list[Any]) -> Path:
            listing = repr([(entry.filename, entry.CRC, entry.file_size) for entry in entries])
            home = folder / hashlib.sha256(listing.encode()).hexdigest()[:32]
            if not home.exists():
                fresh = Path(tempfile.mkdtemp(dir=folder))
                super().extractall(fresh, members=entries)
                try:
                    fresh.rename(home)
                except OSError:  # another worker with the same package was first
                    shutil.rmtree(fresh)
            os.utime(home)
            return home

    folder.mkdir(parents=True, exist_ok=True)
    forget_unused(folder)
    replace(
        "core.lambda_runtime",
        "zipfile",
        SimpleNamespace(ZipFile=SharingZip, BadZipFile=zipfile.BadZipFile, LargeFileError=zipfile.LargeZipFile),
    )


def forget_unused(folder: Path) -> None:
    """Drop what no worker has used for a week."""
    last_week = time.time() - 7 * 24 * 3600
    for unpacked in folder.iterdir():
        with suppress(FileNotFoundError):  # what another emulator has just put in its place
            if unpacked.stat().st_mtime < last_week:
                shutil.rmtree(unpacked, ignore_errors=True)


def show_functions_what_lambda_shows(folder: Path) -> None:
    """Functions see this project and everything installed for it (core.lambda_runtime._PYTHON_WORKER_SCRIPT): Lambda gives them boto3."""
    installed = Path(sysconfig.get_path("purelib"))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in LAMBDA_HAS:
        (folder / name).symlink_to(installed / name)
    script = upstream("core.lambda_runtime", "_PYTHON_WORKER_SCRIPT")
    hidden = (str(Path(__file__).parents[2]), str(installed), sysconfig.get_path("platlib"))
    narrow = f"import sys\nsys.path[:] = [place for place in sys.path if not place.startswith({hidden!r})] + [{str(folder)!r}]\n"
    replace("core.lambda_runtime", "_PYTHON_WORKER_SCRIPT", narrow + script)


def refuse_what_the_bus_refuses() -> None:
    """PutEvents takes details that are not JSON objects, and calls over 1 MB (services.eventbridge._put_events)."""
    too_large = upstream("services.eventbridge", "error_response_json")

    def fault(entry: dict[str, Any]) -> tuple[str, str] | None:
        if not entry.get("Source") or not entry.get("DetailType"):
            return "InvalidArgument", "Parameter Source or DetailType is not valid. Reason: it is a required argument."
        try:
            return None if isinstance(json.loads(entry.get("Detail") or ""), dict) else ("MalformedDetail", "Detail is malformed.")
        except ValueError:
            return "MalformedDetail", "Detail is malformed."

    def put(original: Callable[..., Any], data: dict[str, Any], **named: Any) -> Any:
        entries = data.get("Entries", [])
        if sum(len(json.dumps(entry, ensure_ascii=False).encode()) for entry in entries) > 1024 * 1024:
            return too_large("ValidationException", "Total size of the entries in the request is over the limit.", 400)
        faults = [fault(entry) for entry in entries]
        if not any(faults):
            return original(data, **named)
        good = [entry for entry, wrong in zip(entries, faults, strict=True) if not wrong]
        status, headers, body = original(data | {"Entries": good}, **named)
        answer = json.loads(body)
        taken = iter(answer["Entries"])
        answer["Entries"] = [{"ErrorCode": wrong[0], "ErrorMessage": wrong[1]} if wrong else next(taken) for wrong in faults]
        answer["FailedEntryCount"] = sum("ErrorCode" in entry for entry in answer["Entries"])
        return status, headers, json.dumps(answer).encode()

    wrap("services.eventbridge", "_put_events", put)


class Texts(list[dict[str, Any]]):
    """The texts that one number was sent."""

    def append(self, text: dict[str, Any]) -> None:
        super().append(text | {"Timestamp": time.time()})


def remember_when_texts_were_sent() -> None:
    """Captured texts carry no time, so the outbox could not order them (services.sns._sms_log_for, _sms_messages)."""
    texts = upstream("services.sns", "_sms_messages")

    def texts_to(number: str) -> Texts:
        if not isinstance(texts.get(number), Texts):
            texts[number] = Texts(texts.get(number) or ())
        found: Texts = texts[number]
        return found

    replace("services.sns", "_sms_log_for", texts_to)


def keep_all_that_an_email_says() -> None:
    """Captured emails lack their own headers and where answers go (services.ses_v2.handle_request, services.ses._sent_emails_list,
    _sent_emails, app._handle_ses_messages_request).
    """
    newest, sent = upstream("services.ses", "_sent_emails_list"), upstream("services.ses", "_sent_emails")

    async def take(original: Callable[..., Any], method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        answer = await original(method, path, headers, body, query)
        if path.rstrip("/").endswith("/outbound-emails") and answer[0] == HTTPStatus.OK:
            asked, given = json.loads(body), json.loads(answer[2])["MessageId"]
            email = next(one for one in reversed(newest()) if one["MessageId"] == given)
            email["Headers"] = asked.get("Content", {}).get("Simple", {}).get("Headers", [])
            email["ReplyTo"] = asked.get("ReplyToAddresses", [])
        return answer

    async def show(original: Callable[..., Any], *arguments: Any) -> Any:
        answer = await original(*arguments)
        if answer is None or answer[0] != HTTPStatus.OK:
            return answer
        kept = {one["MessageId"]: one for _, emails in sent.all_items() for one in emails}
        shown = json.loads(answer[2])
        for email in (one for emails in shown["messages"].values() for one in emails):
            email |= {name: kept[email["MessageId"]].get(name, []) for name in ("Headers", "ReplyTo")}
        return *answer[:2], json.dumps(shown).encode()

    wrap("services.ses_v2", "handle_request", take)
    wrap("app", "_handle_ses_messages_request", show)


def treat_loopback_as_secure() -> None:
    """With IAM enforced, HTTP on loopback meets every enforce_ssl deny (core.iam_evaluator._request_origin, app.pin_request_origin)."""
    replace("core.iam_evaluator", "_request_origin", ContextVar("origin", default=("127.0.0.1", True)))
    wrap("app", "pin_request_origin", lambda original, address, secure: original(address, True))


class Entry(str):
    """The ARN of the bus that one PutEvents entry goes to, with the condition keys of that entry."""

    keys: dict[str, str]


def check_source_and_detail_type() -> None:
    """PutEvents is judged without events:source and events:detail-type (core.iam_actions.eventbridge_resource_arns,
    core.iam_evaluator.enforce): here each entry is, with its own.
    """

    def buses(original: Callable[..., list[str]], body: bytes, region: str, account: str) -> list[str]:
        if not original(body, region, account):
            return []
        checked: list[str] = []
        for entry in json.loads(body)["Entries"]:
            arns = original(json.dumps({"Entries": [entry]}).encode(), region, account)
            for arn in map(Entry, arns):
                named = {"events:source": entry.get("Source"), "events:detail-type": entry.get("DetailType")}
                arn.keys = {key: value for key, value in named.items() if isinstance(value, str)}
                checked.append(arn)
        return checked

    def enforce(original: Callable[..., Any], *arguments: Any, resource_arn: str = "*", **named: Any) -> Any:
        if isinstance(resource_arn, Entry):
            named["service_context"] = (named.get("service_context") or {}) | resource_arn.keys
        return original(*arguments, resource_arn=str(resource_arn), **named)

    wrap("core.iam_actions", "eventbridge_resource_arns", buses)
    wrap("core.iam_evaluator", "enforce", enforce)


def judge_emails_by_their_sender() -> None:
    """SendEmail is judged as if on every resource (core.iam_actions._ses_v2_resource_arn); in AWS on the identity that it is sent from,
    which here is always a domain.
    """

    def identity(original: Callable[..., str], method: str, path: str, body: bytes, region: str, account: str) -> str:
        if not path.startswith("/v2/email/outbound-emails"):
            return original(method, path, body, region, account)
        sender = str(json.loads(body).get("FromEmailAddress", ""))
        domain = sender.rpartition("@")[2].rstrip(">")
        return f"arn:aws:ses:{region}:{account}:identity/{domain}"

    wrap("core.iam_actions", "_ses_v2_resource_arn", identity)


def judge_batches_by_their_parts() -> None:
    """A batch for SQS is judged by a name of its own (core.iam_actions._action_from_target); in AWS who may send may send a batch."""

    def action(original: Callable[..., str | None], headers: dict[str, str]) -> str | None:
        named = original(headers)
        return named.removesuffix("Batch") if named and headers.get("x-amz-target", "").startswith("AmazonSQS.") else named

    wrap("core.iam_actions", "_action_from_target", action)


def fill_gaps(home: Path, *, enforce_iam: bool) -> None:
    """Everything above, and what `resources.py`, `streams.py` and `state.py` fill. Raises UpstreamChanged."""
    resources.accept_inert_resources()
    resources.accept_archives()
    resources.read_cors_as_it_is_stored()
    resources.refer_to_secrets_by_arn()
    workers.read_each_invocation_to_its_last_line()
    count_to_38_digits()
    name_queues_without_the_port()
    lose_no_message_between_threads()
    unpack_each_package_once(UNPACKED)
    show_functions_what_lambda_shows(home / "runtime")
    workers.keep_few_workers()
    workers.let_idle_workers_go()
    workers.forget_old_log_lines()
    refuse_what_the_bus_refuses()
    remember_when_texts_were_sent()
    keep_all_that_an_email_says()
    streams.read_side_by_side()
    state.keep_unread_stream_records()
    state.keep_sent_emails()
    state.hash_each_bundle_once()
    state.end_deployments_cut_short()
    if enforce_iam:
        treat_loopback_as_secure()
        check_source_and_detail_type()
        judge_emails_by_their_sender()
        judge_batches_by_their_parts()


def main() -> None:
    """Serve until told to stop; the state of `--home` is taken up at start and left there at stop."""
    command = argparse.ArgumentParser(prog="python -m infra.local.emulator", description="AWS on this machine, for Commonweal.")
    command.add_argument("--home", type=Path, default=Path(".local"), help="the folder that keeps state between runs")
    command.add_argument("--port", type=int, default=0, help="0 takes a free one; the port is printed when it is open")
    command.add_argument("--enforce-iam", action="store_true", help="check every call against the caller's policies")
    elsewhere = os.environ.get("COMMONWEAL_FUNCTIONS_ENDPOINT", "")
    command.add_argument("--functions-endpoint", default=elsewhere, help="where functions find AWS, if not here")
    command.add_argument("--public-url", default="", help="where people find the platform: for links in messages")
    command.add_argument("--warm", action="store_true", help="start a worker of each function that is there already")
    command.add_argument("--attached", action="store_true", help="stop when standard input ends")
    chosen = command.parse_args()
    home = chosen.home.absolute()
    listener = serve.open_house(home, chosen.port)
    serve.settle(
        home,
        listener.getsockname()[1],
        enforce_iam=chosen.enforce_iam,
        functions_endpoint=chosen.functions_endpoint,
        public_url=chosen.public_url,
    )
    fill_gaps(home, enforce_iam=chosen.enforce_iam)
    serve.serve(home, listener, attached=chosen.attached, warm=chosen.warm)


if __name__ == "__main__":
    main()
