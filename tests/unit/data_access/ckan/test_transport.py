"""How actions are asked, and in what their answers come (contract 1.1 to 1.3)."""

from __future__ import annotations

import json

import pytest

from .conftest import KEY, READER, SITE, Site


def test_both_addresses_of_an_action_answer_the_same(site: Site) -> None:
    first, second = site.get("/api/action/package_list"), site.get("/api/3/action/package_list")
    assert first.json == second.json
    assert first.json == {"help": f"{SITE}/api/3/action/help_show?name=package_list", "success": True, "result": ["bulb", "street"]}


def test_an_answer_has_the_headers_that_ckan_sends(site: Site) -> None:
    headers = site.get("/api/action/package_list").headers
    assert headers["content-type"] == "application/json;charset=utf-8"
    assert headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert headers["vary"] == "Cookie"
    assert not headers.keys() & {"etag", "last-modified"}


def test_the_api_tells_its_versions(site: Site) -> None:
    assert site.get("/api").json == {"version": 1}
    assert site.get("/api/3").json == {"version": 3}


def test_an_action_with_a_slash_behind_it_is_not_there(site: Site) -> None:
    assert site.get("/api/action/package_list/").status == 404


@pytest.mark.parametrize("name", ["X", "datastore_search_sql"])
def test_an_unknown_action_is_told_as_a_bare_string(site: Site, name: str) -> None:
    answer = site.post(name, {"sql": "SELECT 1"})
    assert (answer.status, answer.json) == (400, f"Bad request: Action name not known: {name}")
    assert site.get(f"/api/3/action/{name}").json == f"Bad request: Action name not known: {name}"


def test_a_write_needs_a_post(site: Site) -> None:
    answer = site.get("/api/action/datastore_upsert", {"resource_id": "x"})
    assert answer.status == 400
    assert answer.json == "Bad request: JSON Error: Invalid request. Please use POST method for your request"


def test_a_body_must_be_a_dictionary(site: Site) -> None:
    answer = site.post("package_list", body="[1]")
    assert answer.status == 400
    assert answer.json == "Bad request: JSON Error: Request data JSON decoded to [1] but it needs to be a dictionary."


@pytest.mark.parametrize("body", ["{", '{"a": NaN}', "{" * 100_000, b"\xff", '{"id": "\\ud800"}'])
def test_a_body_that_is_no_json_is_told_as_a_bare_string(site: Site, body: str | bytes) -> None:
    answer = site.post("package_list", body=body)
    assert answer.status == 400
    assert answer.json.startswith("Bad request: JSON Error: Error decoding JSON data. Error: ")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", '{"id": "bulb"}'),
        ("application/x-www-form-urlencoded", "id=bulb"),
        ("application/x-www-form-urlencoded", '{"id": "bulb"}'),  # what `curl -d` sends
        ("multipart/form-data; boundary=B", '--B\r\nContent-Disposition: form-data; name="id"\r\n\r\nbulb\r\n--B--\r\n'),
    ],
)
def test_a_body_is_json_a_form_or_multipart(site: Site, content_type: str, body: str) -> None:
    assert site.post("package_show", body=body, content_type=content_type).json["result"]["name"] == "bulb"


def test_a_file_joins_the_parameters_by_its_name(site: Site) -> None:
    body = '--B\r\nContent-Disposition: form-data; name="id"; filename="bulb"\r\nContent-Type: text/csv\r\n\r\na,b\r\n--B--\r\n'
    assert site.post("package_show", body=body, content_type="multipart/form-data; boundary=B").json["result"]["name"] == "bulb"


def test_a_parameter_that_is_repeated_becomes_a_list(site: Site) -> None:
    answer = site.get("/api/action/package_search", [("facet.field", "organization"), ("facet.field", "tags"), ("rows", "0")])
    assert answer.json["result"]["facets"] == {"organization": {"lighting": 2}, "tags": {"lighting": 2, "energy": 1}}


def test_jsonp_names_a_function_and_asks_for_nobody(site: Site) -> None:
    answer = site.get("/api/action/organization_list_for_user", {"callback": "fn"}, headers={"authorization": KEY})
    assert answer.headers["content-type"] == "application/javascript;charset=utf-8"
    assert answer.text.startswith("fn({")
    assert answer.text.endswith("});")
    assert json.loads(answer.text[3:-2])["result"] == []


@pytest.mark.parametrize("callback", ["alert(1)//", "</script>", "a b", "x" * 200, "1a", ""])
def test_jsonp_runs_nothing_but_a_function(site: Site, callback: str) -> None:
    answer = site.get("/api/action/package_list", {"callback": callback})
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/json;charset=utf-8"


@pytest.mark.parametrize("header", ["authorization", "x-ckan-api-key"])
def test_a_key_is_taken_whole_in_either_header(site: Site, header: str) -> None:
    answer = site.get("/api/action/organization_list_for_user", headers={header: KEY})
    assert [each["name"] for each in answer.json["result"]] == ["lighting"]


def test_a_key_that_is_not_known_is_nobodys_and_no_error(site: Site) -> None:
    answer = site.post("package_list", key="forged")
    assert (answer.status, answer.json["success"]) == (200, True)
    assert site.error("package_create", key="forged")["message"] == "Access denied: User  not authorized to create packages"


def test_a_key_without_the_scope_may_not_write(site: Site) -> None:
    refusal = site.error("datastore_create", key=READER, resource={"package_id": "lamps"}, fields=[{"id": "a"}])
    assert (refusal["status"], refusal["message"]) == (403, "Access denied: User lamps not authorized to create packages")


def test_help_is_there_for_every_action(site: Site) -> None:
    from functions.data_access.ckan.registry import ACTIONS

    for name in ACTIONS:
        assert len(site.read("help_show", name=name)) > 20, name
    assert site.error("help_show", name="nothing")["__type"] == "Not Found Error"


def test_a_failure_of_ours_tells_nothing_of_itself(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from functions.data_access.ckan import packages

    def fail() -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(packages, "datasets", fail)
    answer = site.post("package_list")
    assert answer.status == 500
    assert answer.json == {"success": False, "error": {"__type": "Internal Server Error", "message": "Internal Server Error"}}
