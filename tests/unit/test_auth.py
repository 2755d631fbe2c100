"""Who is let in with a key, whole or as a Notify token; and that nothing which leaks or is old lets anybody in."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest

from functions.common import auth, clients, clock, keyring, keys, recent
from functions.common.failures import Refusal
from functions.departments.services import Service
from functions.departments.store import services as store
from tests.unit.departments.ground import Ground, calls, ground

UNREADABLE = (
    "Invalid token: make sure your API token matches the example at "
    "https://docs.notifications.service.gov.uk/rest-api.html#authorisation-header"
)
CLOCK = "Error: Your system clock must be accurate to within 30 seconds"


@pytest.fixture
def aws() -> Iterator[Ground]:
    with ground() as made:
        yield made


@pytest.fixture
def floods(aws: Ground) -> Service:
    return aws.service()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let seconds pass, for what the process keeps."""
    passed = [0.0]
    monkeypatch.setattr(recent, "monotonic", lambda: 1_000.0 + passed[0])

    def wait(seconds: float) -> None:
        passed[0] += seconds

    return wait


def refusal(scheme: Any, headers: dict[str, str]) -> Refusal:
    with pytest.raises(Refusal) as raised:
        scheme(headers)
    assert raised.value.code == "AuthError"
    return raised.value


def token(key: str, headers: dict[str, Any] | None = None, **claims: Any) -> dict[str, str]:
    """The header that a Notify client sends, with these claims in the place of its own; None leaves one out."""
    found = keys.parse(key)
    assert found
    payload = {"iss": found.service_id, "iat": clock.epoch(), **claims}
    payload = {name: claim for name, claim in payload.items() if claim is not None}
    signed = jwt.api_jws.encode(json.dumps(payload).encode(), found.secret, "HS256", headers=headers)
    return {"authorization": f"Bearer {signed}"}


class TestWholeKey:
    @pytest.mark.parametrize("place", ["x-api-key", "api_key", "authorization"])
    def test_a_key_opens_wherever_its_protocol_puts_it(self, aws: Ground, floods: Service, place: str) -> None:
        made = aws.key(floods, scopes=["data:read", "events:emit"], type="team")
        assert auth.whole_key({place: made.key}) == auth.Caller(
            "environment-agency", str(floods.id), str(made.id), "team", frozenset({"data:read", "events:emit"})
        )

    @pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  "])
    def test_a_key_may_be_a_bearer_token(self, aws: Ground, floods: Service, scheme: str) -> None:
        assert auth.whole_key({"authorization": scheme + aws.key(floods).key}).service_id == str(floods.id)

    @pytest.mark.parametrize("headers", [{}, {"authorization": ""}, {"authorization": "Bearer "}, {"x-api-key": "  "}])
    def test_without_a_key_one_is_asked_for(self, aws: Ground, headers: dict[str, str]) -> None:
        refused = refusal(auth.whole_key, headers)
        assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, "Bearer")

    def test_a_wrong_secret_an_unknown_service_and_no_key_at_all_are_told_the_same(self, aws: Ground, floods: Service) -> None:
        aws.key(floods)
        other = aws.service("communities", "local-authorities")
        foreign = str(aws.key(other).key)
        wrong = [
            f"live-{floods.id}-{uuid4()}",
            f"live-{uuid4()}-{uuid4()}",
            f"live-{floods.id}-{foreign[-36:]}",
            "nonsense",
            "é" * 80,
            "x" * 100_000,
        ]
        assert {
            (refusal(auth.whole_key, {"x-api-key": key}).status, str(refusal(auth.whole_key, {"x-api-key": key}))) for key in wrong
        } == {(401, "This key is not known.")}

    def test_a_revoked_key_says_so_to_who_has_the_secret_alone(self, aws: Ground, floods: Service) -> None:
        made = aws.key(floods)
        store.revoke_key(floods, str(made.id))
        assert str(refusal(auth.whole_key, {"x-api-key": made.key})) == "This key was revoked."
        assert str(refusal(auth.whole_key, {"x-api-key": f"live-{floods.id}-{uuid4()}"})) == "This key is not known."

    def test_an_expired_key_opens_nothing(self, aws: Ground, floods: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        made = aws.key(floods, expires_at=datetime.now(UTC) + timedelta(hours=1))
        assert auth.whole_key({"x-api-key": made.key})
        monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + timedelta(hours=1))
        assert str(refusal(auth.whole_key, {"x-api-key": made.key})) == "This key has expired."

    def test_a_suspended_service_is_refused(self, aws: Ground, floods: Service) -> None:
        made = aws.key(floods)
        store.suspend_service(floods)
        assert refusal(auth.whole_key, {"x-api-key": made.key}).status == 403

    def test_every_kept_fingerprint_is_compared_in_constant_time(
        self, aws: Ground, floods: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = [aws.key(floods, name=f"key{number}") for number in range(3)]
        compared: list[str] = []
        compare = hmac.compare_digest

        def spy(one: str, other: str) -> bool:
            compared.append(one)
            return compare(one, other)

        monkeypatch.setattr("hmac.compare_digest", spy)
        auth.whole_key({"x-api-key": made[0].key})
        assert len(compared) == 3


class TestCache:
    def test_a_warm_process_asks_the_table_nothing(self, aws: Ground, floods: Service, later: Any) -> None:
        made = aws.key(floods)
        auth.whole_key({"x-api-key": made.key})
        auth.notify_jwt(token(made.key))
        asked = [calls(client) for client in (clients.dynamodb(), clients.kms(), clients.secrets())]
        later(1.9)
        auth.whole_key({"x-api-key": made.key})
        auth.notify_jwt(token(made.key))
        assert asked == [[], [], []]

    def test_a_cold_process_reads_the_table_once(self, aws: Ground, floods: Service) -> None:
        made = aws.key(floods)
        asked = calls(clients.dynamodb())
        auth.notify_jwt(token(made.key))
        assert asked == ["Query"]

    @pytest.mark.parametrize("scheme", ["whole_key", "notify_jwt"])
    def test_a_revoked_key_is_refused_within_two_seconds(self, aws: Ground, floods: Service, later: Any, scheme: str) -> None:
        made = aws.key(floods)
        headers = {"x-api-key": made.key} if scheme == "whole_key" else token(made.key)
        getattr(auth, scheme)(headers)
        store.revoke_key(floods, str(made.id))
        later(2)
        assert "revoked" in str(refusal(getattr(auth, scheme), headers))

    def test_a_new_key_and_a_new_service_open_at_once(self, aws: Ground, floods: Service, later: Any) -> None:
        refusal(auth.notify_jwt, token(f"live-{floods.id}-{uuid4()}"))
        first = aws.key(floods, name="first")
        assert auth.notify_jwt(token(first.key)).key_id == str(first.id)
        second = aws.key(floods, name="second")
        assert auth.whole_key({"x-api-key": second.key}).key_id == str(second.id)

    def test_unknown_services_are_not_remembered(self, aws: Ground) -> None:
        for _ in range(20):
            refusal(auth.whole_key, {"x-api-key": f"live-{uuid4()}-{uuid4()}"})
        assert not keyring._kept

    def test_no_more_than_its_share_is_remembered(self, aws: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(recent, "MOST", 3)
        for number in range(6):
            keyring.look_up(str(aws.service(name=f"service{number}").id))
        assert len(keyring._kept) == 3


class TestLeak:
    def test_a_leaked_table_holds_no_secret_and_no_plain_hash_of_one(self, aws: Ground, floods: Service) -> None:
        import base64
        import hashlib

        made = [aws.key(floods, name="jwt").key, aws.key(floods, name="whole", scopes=["data:read"]).key]
        leaked = json.dumps(aws.items(), default=lambda value: bytes(value).hex() + base64.b64encode(bytes(value)).decode())
        for key in made:
            found = keys.parse(key)
            assert found
            for text in (found.secret, key, f"{found.service_id}:{found.secret}"):
                assert text not in leaked
                assert text.replace("-", "") not in leaked
                for plain in ("md5", "sha1", "sha256", "sha512"):
                    assert hashlib.new(plain, text.encode()).hexdigest() not in leaked

    def test_only_a_key_whose_scope_needs_its_secret_keeps_it_even_sealed(self, aws: Ground, floods: Service) -> None:
        aws.key(floods, name="jwt")
        aws.key(floods, name="whole", scopes=["events:emit", "content:write", "data:read", "notifications:manage"])
        sealed = {item["name"]["S"]: "ciphertext" in item for item in aws.items() if item["sk"]["S"].startswith("key#")}
        assert sealed == {"jwt": True, "whole": False}

    def test_a_sealed_secret_is_bound_to_its_service(self, aws: Ground, floods: Service) -> None:
        aws.key(floods)
        sealed = next(item["ciphertext"]["B"] for item in aws.items() if "ciphertext" in item)
        with pytest.raises(clients.kms().exceptions.InvalidCiphertextException):
            clients.kms().decrypt(CiphertextBlob=sealed, EncryptionContext={"service": str(uuid4())})

    def test_a_fingerprint_copied_to_another_service_opens_nothing(self, aws: Ground, floods: Service) -> None:
        made = aws.key(floods)
        other = aws.service("communities", "local-authorities")
        stolen = next(item for item in aws.items() if item["sk"]["S"] == f"key#{made.id}")
        clients.dynamodb().put_item(TableName="departments", Item={**stolen, "pk": {"S": keyring.partition(str(other.id))}})
        assert refusal(auth.whole_key, {"x-api-key": f"live-{other.id}-{made.key[-36:]}"}).status == 401

    def test_a_key_does_not_say_its_secret_in_a_log(self) -> None:
        key = keys.make("live", str(uuid4()))
        assert key.secret not in repr(key)


class TestNotifyToken:
    """The error table of the notifications contract, 1.1, row by row."""

    def test_an_official_clients_token_is_accepted(self, aws: Ground, floods: Service) -> None:
        from notifications_python_client.authentication import create_jwt_token

        made = aws.key(floods, type="team", scopes=["notifications:send", "data:read"])
        signed = create_jwt_token(made.key[-36:], made.key[-73:-37])
        assert auth.notify_jwt({"authorization": f"bEARER {signed}"}) == auth.Caller(
            "environment-agency", str(floods.id), str(made.id), "team", frozenset({"notifications:send", "data:read"})
        )

    def test_each_secret_of_the_service_is_tried(self, aws: Ground, floods: Service) -> None:
        made = [aws.key(floods, name=name) for name in ("one", "two", "three")]
        assert [auth.notify_jwt(token(one.key)).key_id for one in made] == [str(one.id) for one in made]

    @pytest.mark.parametrize("headers", [{}, {"authorization": ""}])
    def test_no_header(self, aws: Ground, headers: dict[str, str]) -> None:
        refused = refusal(auth.notify_jwt, headers)
        assert (refused.status, refused.message) == (401, "Unauthorized: authentication token must be provided")

    @pytest.mark.parametrize("header", ["Basic abc", "Token abc", "abc.def.ghi"])
    def test_another_scheme(self, aws: Ground, header: str) -> None:
        refused = refusal(auth.notify_jwt, {"authorization": header})
        assert (refused.status, refused.message) == (401, "Unauthorized: authentication bearer scheme must be used")

    @pytest.mark.parametrize("text", ["abc", "a.b.c", "é.é.é", "", "e30.W10.AA", "\ud800.\ud800.\ud800"])
    def test_an_undecodable_token(self, aws: Ground, text: str) -> None:
        self._is_forbidden({"authorization": f"Bearer .{text}"}, UNREADABLE)

    def test_a_whole_key_is_no_token(self, aws: Ground, floods: Service) -> None:
        self._is_forbidden({"authorization": f"Bearer {aws.key(floods).key}"}, UNREADABLE)

    @pytest.mark.parametrize("ago", [31, 3600])
    def test_an_expired_token(self, aws: Ground, floods: Service, ago: int) -> None:
        key = aws.key(floods).key
        self._is_forbidden(token(key, exp=clock.epoch() - ago), UNREADABLE)
        self._is_forbidden(token(key, exp="tomorrow"), UNREADABLE)
        assert auth.notify_jwt(token(key, exp=clock.epoch() + 60))

    def test_no_issuer(self, aws: Ground, floods: Service) -> None:
        self._is_forbidden(token(aws.key(floods).key, iss=None), "Invalid token: iss field not provided")

    @pytest.mark.parametrize("issuer", ["floods", 7, ["a"], {}, "", True])
    def test_an_issuer_that_is_no_uuid(self, aws: Ground, floods: Service, issuer: object) -> None:
        self._is_forbidden(token(aws.key(floods).key, iss=issuer), "Invalid token: service id is not the right data type")

    def test_an_unknown_service(self, aws: Ground, floods: Service) -> None:
        self._is_forbidden(token(aws.key(floods).key, iss=str(uuid4())), "Invalid token: service not found")

    def test_a_service_without_keys(self, aws: Ground, floods: Service) -> None:
        self._is_forbidden(token(f"live-{floods.id}-{uuid4()}"), "Invalid token: service has no API keys")

    def test_an_archived_service(self, aws: Ground, floods: Service) -> None:
        key = aws.key(floods).key
        store.suspend_service(floods)
        self._is_forbidden(token(key), "Invalid token: service is archived")

    def test_a_signature_of_no_key(self, aws: Ground, floods: Service) -> None:
        aws.key(floods)
        other = aws.key(aws.service("communities", "local-authorities"))
        self._is_forbidden(token(f"live-{floods.id}-{uuid4()}"), "Invalid token: API key not found")
        self._is_forbidden(token(f"live-{floods.id}-{other.key[-36:]}"), "Invalid token: API key not found")

    def test_a_key_that_may_not_send_signs_nothing(self, aws: Ground, floods: Service) -> None:
        self._is_forbidden(token(aws.key(floods, scopes=["data:read"]).key), "Invalid token: API key not found")

    def test_no_time_of_issue(self, aws: Ground, floods: Service) -> None:
        self._is_forbidden(token(aws.key(floods).key, iat=None), "Invalid token: API key not found")

    def test_a_revoked_key(self, aws: Ground, floods: Service) -> None:
        made = aws.key(floods)
        store.revoke_key(floods, str(made.id))
        self._is_forbidden(token(made.key), "Invalid token: API key revoked")

    def test_an_expired_key(self, aws: Ground, floods: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        made = aws.key(floods, expires_at=datetime.now(UTC) + timedelta(hours=1))
        monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + timedelta(hours=1))
        self._is_forbidden(token(made.key), "Invalid token: API key expired")

    @pytest.mark.parametrize("algorithm", ["HS512", "HS384", "none", "RS256", None, ["HS256"]])
    def test_another_algorithm(self, aws: Ground, floods: Service, algorithm: object) -> None:
        made = token(aws.key(floods).key)["authorization"]
        header = json.dumps({"typ": "JWT", "alg": algorithm}).encode()
        forged = ".".join([jwt.utils.base64url_encode(header).decode(), *made.split(".")[1:]])
        self._is_forbidden({"authorization": f"Bearer {forged}"}, "Invalid token: algorithm used is not HS256")

    def test_a_token_signed_with_another_hash_of_the_same_family(self, aws: Ground, floods: Service) -> None:
        key = aws.key(floods).key
        signed = jwt.encode({"iss": str(floods.id), "iat": clock.epoch()}, key[-36:], "HS512")
        self._is_forbidden({"authorization": f"Bearer {signed}"}, "Invalid token: algorithm used is not HS256")

    @pytest.fixture
    def standing_clock(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No second goes by between what is signed and what is checked."""
        moment = clock.now()
        monkeypatch.setattr(clock, "now", lambda: moment)

    @pytest.mark.parametrize("wrong", [-31, 31, -3600, 10**30, -(10**30), float("nan"), float("inf"), "now", True, [], {}])
    @pytest.mark.usefixtures("standing_clock")
    def test_a_clock_that_is_wrong(self, aws: Ground, floods: Service, wrong: Any) -> None:
        number = isinstance(wrong, int | float) and not isinstance(wrong, bool)
        self._is_forbidden(token(aws.key(floods).key, iat=clock.epoch() + wrong if number else wrong), CLOCK)

    @pytest.mark.parametrize("wrong", [-29, 29, 0.5])
    @pytest.mark.usefixtures("standing_clock")
    def test_a_clock_that_is_nearly_right(self, aws: Ground, floods: Service, wrong: float) -> None:
        assert auth.notify_jwt(token(aws.key(floods).key, iat=clock.epoch() + wrong))

    def test_a_token_for_later(self, aws: Ground, floods: Service) -> None:
        self._is_forbidden(token(aws.key(floods).key, nbf=clock.epoch() + 60), CLOCK)

    @staticmethod
    def _is_forbidden(headers: dict[str, str], message: str) -> None:
        refused = refusal(auth.notify_jwt, headers)
        assert (refused.status, refused.message) == (403, message)
