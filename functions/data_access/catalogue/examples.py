"""Commands and programs that work as they stand: with the addresses of this site, of this dataset, with a value that is in it."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from functions.common.developer_keys import DEMO_KEY
from functions.data_access.canonical import Item
from functions.data_access.dictionary import Dictionary

PARQUET = "records.parquet"
_SITE = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", re.ASCII)
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Example:
    """A command or a program, and what it does."""

    title: str
    text: str


def site(base_url: str) -> str:
    """The address of this site, for somebody to copy: never one that would be more than an address in their shell."""
    return base_url if _SITE.fullmatch(base_url) else "https://localhost"


def of_a_dataset(site: str, name: str, dictionary: Dictionary, item: Item | None, *, large: bool, has_files: bool) -> list[Example]:
    """How to ask for records with what people have at hand; `item` is one that there is. In a `large` dataset an index must serve it."""
    condition = _condition(dictionary, item, indexed=large)
    narrowed = f"{site}/datasets/{name}/records?{urlencode(condition | {'_limit': '5'})}"
    action = f"{site}/api/3/action/datastore_search?{urlencode({'resource_id': name, 'limit': 5})}"
    examples = [
        Example("Ask with curl", f"curl -H {shlex.quote(f'X-Api-Key: {DEMO_KEY}')} {shlex.quote(narrowed)}"),
        Example("Ask with Python, and nothing to install", _PYTHON.format(address=json.dumps(narrowed), key=json.dumps(DEMO_KEY))),
        Example("Ask as you would ask CKAN, with curl", f"curl {shlex.quote(action)}"),
        Example("Ask as you would ask CKAN, with ckanapi", _CKANAPI.format(site=json.dumps(site), name=json.dumps(name))),
    ]
    if has_files:
        file = f"{site}/datasets/{name}/snapshots/latest/{PARQUET}"
        examples.append(Example("Load all of it into DuckDB", _DUCKDB.format(name=name, file=shlex.quote(file))))
    return examples


def verifying(site: str, name: str, number: int) -> str:
    """How to check an entry with a program that is not ours to change once it is downloaded."""
    return f"curl -O {shlex.quote(f'{site}/data/verify.py')}\npython3 verify.py {shlex.quote(f'{site}/registers/{name}')} {number}"


def record_address(name: str, key: str) -> str:
    """Where programs find a record."""
    return f"/datasets/{name}/records/{quote(key, safe='')}"


def _condition(dictionary: Dictionary, item: Item | None, *, indexed: bool) -> dict[str, str]:
    """A field and a value of it that a record has: rather one that many have than the key, which one has."""
    likely = sorted(dictionary.fields, key=lambda field: (field.name == dictionary.key, not field.index, not field.values))
    for field in likely:
        value = (item or {}).get(field.name)
        if isinstance(value, str) and 0 < len(value) <= _LONGEST and (field.index or not indexed) and not field.name.startswith("_"):
            return {field.name: value}
    return {}


_PYTHON = """import json
import urllib.request

request = urllib.request.Request(
    {address},
    headers={{"X-Api-Key": {key}}},
)
with urllib.request.urlopen(request) as answer:
    for record in json.load(answer)["records"]:
        print(record)"""

_DUCKDB = """curl -L -o {name}.parquet {file}
duckdb -c "SELECT * FROM '{name}.parquet' LIMIT 5\""""

_CKANAPI = """from ckanapi import RemoteCKAN

site = RemoteCKAN({site})
found = site.action.datastore_search(resource_id={name}, limit=5)
print(found["total"], found["records"])"""
