"""Packages, organizations, tags and resources (contract 1.5)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from functions.data_access.store import snapshots
from functions.data_access.store.snapshots import File, Snapshot

from .conftest import KEY, SITE, Site

PACKAGE = {
    "author", "author_email", "creator_user_id", "id", "isopen", "license_id", "license_title", "license_url", "maintainer",
    "maintainer_email", "metadata_created", "metadata_modified", "name", "notes", "num_resources", "num_tags", "organization", "owner_org",
    "private", "state", "title", "type", "url", "version", "extras", "groups", "resources", "tags", "relationships_as_subject",
    "relationships_as_object",
}  # fmt: skip
RESOURCE = {
    "cache_last_updated", "cache_url", "created", "datastore_active", "description", "format", "hash", "id", "last_modified",
    "metadata_modified", "mimetype", "mimetype_inner", "name", "package_id", "position", "resource_type", "size", "state", "url",
    "url_type",
}  # fmt: skip


def test_a_package_has_every_key_that_ckans_have(site: Site) -> None:
    package = site.read("package_show", id="bulb")
    assert package.keys() == PACKAGE
    assert package["resources"][0].keys() == RESOURCE
    assert (package["license_id"], package["isopen"], package["type"], package["state"]) == ("uk-ogl", True, "dataset", "active")
    assert package["organization"]["title"] == "Department of Lighting"
    assert [tag["name"] for tag in package["tags"]] == ["energy", "lighting"]
    assert {"key": "update_frequency", "value": "daily"} in package["extras"]
    assert package["maintainer_email"] == "bulbs@example.gov.uk"


def test_a_package_is_found_by_name_and_by_id_and_tells_what_is_missing(site: Site) -> None:
    package = site.read("package_show", name_or_id="bulb", include_datasets=False, include_password_hash=True, include_users=False)
    assert site.read("package_show", id=package["id"]) == package
    assert site.error("package_show") == {"name_or_id": ["Missing value"], "__type": "Validation Error", "status": 409}
    assert site.error("package_show", id="nope") == {"message": "Not found", "__type": "Not Found Error", "status": 404}


def test_the_files_of_the_newest_snapshot_are_resources(site: Site) -> None:
    files = (File("records.parquet", 12, "ab" * 32), File("records.csv.gz", 3, "cd" * 32), File("records.ndjson.gz", 4, "ef" * 32))
    snapshots.record("bulb", Snapshot(7, "2026-11-23T09:30:00Z", 5, "sha-256:00", "", files))
    rows, parquet, csv, lines = site.read("package_show", id="bulb")["resources"]
    assert (rows["datastore_active"], rows["url_type"]) == (True, "datastore")
    assert rows["url"] == f"{SITE}/datastore/dump/{rows['id']}"
    assert [each["format"] for each in (parquet, csv, lines)] == ["PARQUET", "CSV", "NDJSON"]
    assert (parquet["hash"], parquet["size"], parquet["position"]) == ("ab" * 32, 12, 1)
    assert parquet["url"] == f"{SITE}/datasets/bulb/snapshots/latest/records.parquet"
    assert site.read("resource_show", id=csv["id"]) == csv
    assert site.error("resource_show", id="nope")["message"] == "Not found: Resource was not found."


def test_times_are_naive_and_to_the_microsecond(site: Site) -> None:
    site.table()
    package = site.read("package_show", id="lamps")
    for name in ("metadata_created", "metadata_modified"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}", package[name]), name


def test_lists_of_packages_turn_pages(site: Site) -> None:
    assert site.read("package_list", limit=1, offset=1) == ["street"]
    assert site.read("package_list", include_private=True, include_drafts=True, include_deleted=True) == ["bulb", "street"]
    assert [each["name"] for each in site.read("current_package_list_with_resources", limit="1")] == ["bulb"]
    assert site.error("package_list", limit="x")["limit"] == ["Invalid integer", "Please enter an integer value"]


def test_organizations_are_departments_without_people(site: Site) -> None:
    assert site.read("organization_list") == ["lighting", "transport"]
    assert site.read("organization_list", sort="package_count desc", all_fields=True)[0]["package_count"] == 2
    shown = site.read("organization_show", id="lighting", include_users=True, include_datasets=True)
    assert (shown["users"], shown["package_count"], [each["name"] for each in shown["packages"]]) == ([], 2, ["bulb", "street"])
    assert shown.keys() >= {
        "approval_status", "created", "description", "display_name", "id", "image_display_url", "image_url", "is_organization", "name",
        "num_followers", "package_count", "state", "title", "type", "users", "extras", "groups", "tags",
    }  # fmt: skip
    assert site.read("organization_show", id=shown["id"])["name"] == "lighting"
    assert site.error("organization_show", id="nope")["__type"] == "Not Found Error"
    assert "example.gov.uk" not in str(site.read("organization_list", all_fields=True, include_users=True))


def test_people_are_nobodys_business(site: Site) -> None:
    assert site.error("user_list", key=None)["__type"] == "Authorization Error"
    assert site.error("user_show", id="admin")["__type"] == "Authorization Error"


def test_tags_are_keywords(site: Site) -> None:
    assert site.read("tag_list") == ["energy", "lighting"]
    assert site.read("tag_list", query="ener", all_fields=True)[0]["name"] == "energy"
    assert site.read("tag_show", id="energy").keys() == {"id", "name", "vocabulary_id", "display_name"}
    assert site.error("tag_show", id="nope")["message"] == "Not found: Tag was not found."


def test_the_site_tells_what_it_is(site: Site) -> None:
    status = site.read("status_show")
    assert status.keys() >= {
        "site_title",
        "site_description",
        "site_url",
        "error_emails_to",
        "locale_default",
        "extensions",
        "ckan_version",
    }
    assert (status["site_url"], status["ckan_version"]) == (SITE, "2.12.0")
    assert [each["id"] for each in site.read("license_list")] == ["uk-ogl"]


def test_groups_and_views_are_not_kept(site: Site) -> None:
    assert site.read("group_list") == site.read("resource_view_list", id="x") == []
    assert site.error("group_show", id="x")["__type"] == "Not Found Error"


def test_resources_are_found_by_a_field(site: Site) -> None:
    assert site.read("resource_search", query="name:bulbs")["count"] == 1
    assert site.read("resource_search", query=["name:bulbs", "format:parquet"])["count"] == 0
    assert "not recognised" in site.error("resource_search", query="nope:x")["query"][0]
    assert site.error("resource_search")["query"] == ["Missing value"]


@pytest.mark.parametrize(
    ("kind", "query", "found"),
    [
        (
            "dataset",
            "bul",
            {"ResultSet": {"Result": [{"match_displayed": "bulb", "match_field": "name", "name": "bulb", "title": "Bulbs in use"}]}},
        ),
        ("tag", "ener", {"ResultSet": {"Result": [{"Name": "energy"}]}}),
        ("group", "x", []),
        ("user", "a", []),
    ],
)
def test_what_somebody_begins_to_write_is_gone_on_with(site: Site, kind: str, query: str, found: Any) -> None:
    assert site.get(f"/api/2/util/{kind}/autocomplete", {"incomplete": query}).json == found


def test_formats_and_organizations_are_gone_on_with(site: Site) -> None:
    assert site.get("/api/util/resource/format_autocomplete", {"incomplete": "c"}).json == {"ResultSet": {"Result": [{"Format": "csv"}]}}
    [found] = site.get("/api/2/util/organization/autocomplete", {"q": "light"}).json
    assert (found["name"], found["title"]) == ("lighting", "Department of Lighting")


def test_what_a_departments_file_declares_is_not_written_here(site: Site) -> None:
    assert site.error("package_create", key=None)["message"] == "Access denied: User  not authorized to create packages"
    assert site.error("package_create", name="new", owner_org="lighting")["message"].startswith(
        "Access denied: User lamps not authorized to create packages here: a dataset is declared in its department's file."
    )
    assert site.error("package_update", id="nope")["message"] == "Not found: Package was not found."
    assert site.error("package_update", id="bulb")["__type"] == "Authorization Error"
    assert site.error("resource_create", package_id="bulb", url="x")["__type"] == "Authorization Error"
    assert site.error("organization_create", name="x")["__type"] == "Authorization Error"


def test_a_package_that_cannot_be_is_told_in_ckans_words(site: Site) -> None:
    problems = {"name": ["Missing value"], "owner_org": ["An organization must be provided"]}
    assert site.error("package_create") == {**problems, "__type": "Validation Error", "status": 409}
    bad = site.error("package_create", name="A b", owner_org="x")
    assert bad["name"] == ["Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"]
    assert site.error("package_create", name="bulb", owner_org="x")["name"] == ["That URL is already in use."]
    assert site.post("package_create", key=KEY).status == 409
