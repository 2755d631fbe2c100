from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.data_access.merkle import TILE_BYTES, TILE_WIDTH, Frontier, Tree
from schemas.proof import EMPTY_ROOT, leaf_hash, node_hash, verify_consistency, verify_inclusion

RFC_LEAVES = [
    bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
RFC_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [f"leaf {number}".encode() for number in range(1200)]


class Grown:
    """A tree grown leaf by leaf, and the tiles that left its frontier."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.kept: dict[tuple[int, int], bytes] = {}
        self.fetched: list[tuple[int, int]] = []
        frontier = Frontier()
        for leaf in leaves:
            frontier, leaving = frontier.append(leaf_hash(leaf))
            self.kept |= {(tile.level, tile.index): tile.hashes for tile in leaving}
        self.tree = Tree(frontier, self.fetch)

    def fetch(self, level: int, index: int) -> bytes:
        self.fetched.append((level, index))
        return self.kept[level, index]


@pytest.fixture(scope="module")
def grown() -> Grown:
    return Grown(LEAVES)


def test_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert Tree(Frontier(), Grown([]).fetch).root(0) == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_of_the_published_leaves(size: int) -> None:
    assert Grown(RFC_LEAVES).tree.root(size).hex() == RFC_ROOTS[size - 1]
    assert Grown(RFC_LEAVES[:size]).tree.root(size).hex() == RFC_ROOTS[size - 1]


def test_the_paths_of_the_published_leaves() -> None:
    tree = Grown(RFC_LEAVES).tree
    assert [node.hex()[:8] for node in tree.inclusion(5, 8)] == ["bc1a0643", "ca854ea1", "d37ee418"]
    assert [node.hex()[:8] for node in tree.consistency(6, 8)] == ["0ebc5d34", "ca854ea1", "d37ee418"]
    assert [node.hex()[:8] for node in tree.consistency(2, 5)] == ["5f083f0a", "bc1a0643"]
    assert Grown([b"a", b"b", b"c", b"d"]).tree.root(4).hex() == "33376a3bd63e9993708a84ddfe6c28ae58b83505dd1fed711bd924ec5a6239f0"


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 513, 767, 768, 1199, 1200])
def test_any_size_up_to_the_present_one_has_the_root_rfc_6962_gives_it(grown: Grown, size: int) -> None:
    assert grown.tree.root(size) == rfc_root(LEAVES[:size])


@settings(max_examples=60, deadline=None)
@given(size=st.integers(1, len(LEAVES)), data=st.data())
def test_any_leaf_in_any_size_has_the_path_rfc_6962_gives_it(grown: Grown, size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = grown.tree.inclusion(index, size)
    assert path == rfc_path(index, LEAVES[:size])
    assert verify_inclusion(leaf_hash(LEAVES[index]), index, size, path, grown.tree.root(size))


@settings(max_examples=60, deadline=None)
@given(larger=st.integers(1, len(LEAVES)), data=st.data())
def test_any_two_sizes_are_consistent_as_rfc_6962_shows_it(grown: Grown, larger: int, data: st.DataObject) -> None:
    smaller = data.draw(st.integers(1, larger))
    nodes = grown.tree.consistency(smaller, larger)
    assert nodes == rfc_consistency(smaller, LEAVES[:larger])
    assert verify_consistency(smaller, larger, grown.tree.root(smaller), grown.tree.root(larger), nodes)


@settings(max_examples=60, deadline=None)
@given(size=st.integers(2, len(LEAVES)), data=st.data())
def test_a_changed_leaf_index_step_or_root_is_found_out(grown: Grown, size: int, data: st.DataObject) -> None:
    index, other = data.draw(st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True))
    path, root, leaf = grown.tree.inclusion(index, size), grown.tree.root(size), leaf_hash(LEAVES[index])
    assert not verify_inclusion(leaf_hash(LEAVES[other]), index, size, path, root)
    assert not verify_inclusion(leaf, other, size, path, root)
    assert not verify_inclusion(leaf, index, size, path[:-1], root)
    assert not verify_inclusion(leaf, index, size, [*path, root], root)
    assert not verify_inclusion(leaf, index, size, path, sha256(root).digest())


def test_a_rewritten_past_is_found_out(grown: Grown) -> None:
    forged = Grown([b"forged", *LEAVES[1:]]).tree
    assert not verify_consistency(300, 900, grown.tree.root(300), forged.root(900), forged.consistency(300, 900))


def test_a_root_of_the_present_size_reads_no_tile(grown: Grown) -> None:
    grown.fetched.clear()
    grown.tree.root(len(LEAVES))
    assert grown.fetched == []


def test_a_proof_reads_few_tiles_however_long_the_log(grown: Grown) -> None:
    grown.fetched.clear()
    grown.tree.inclusion(3, len(LEAVES))
    assert set(grown.fetched) <= {(0, 0)}


def test_a_full_tile_leaves_only_when_the_next_hash_arrives() -> None:
    full = Grown(LEAVES[:TILE_WIDTH])
    assert full.kept == {}
    assert [len(tile) for tile in full.tree.frontier.tiles] == [TILE_BYTES, 32]
    assert list(Grown(LEAVES[: TILE_WIDTH + 1]).kept) == [(0, 0)]


def test_a_third_level_begins_after_65536_leaves() -> None:
    """Grown by tiles of equal leaves, since only the shape is looked at."""
    leaf, frontier, leaving = leaf_hash(b"same"), Frontier(), list[tuple[int, int]]()
    for _ in range(TILE_WIDTH * TILE_WIDTH + 1):
        frontier, tiles = frontier.append(leaf)
        leaving += [(tile.level, tile.index) for tile in tiles]
    assert [len(tile) // 32 for tile in frontier.tiles] == [1, TILE_WIDTH, 1]
    assert leaving == [(0, index) for index in range(TILE_WIDTH)]


def rfc_root(leaves: list[bytes]) -> bytes:
    """MTH(D[n]), as RFC 6962 section 2.1 writes it down: what the tiled tree is held against."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = largest_power_below(len(leaves))
    return node_hash(rfc_root(leaves[:split]), rfc_root(leaves[split:]))


def rfc_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH(m, D[n])."""
    if len(leaves) == 1:
        return []
    split = largest_power_below(len(leaves))
    if index < split:
        return [*rfc_path(index, leaves[:split]), rfc_root(leaves[split:])]
    return [*rfc_path(index - split, leaves[split:]), rfc_root(leaves[:split])]


def rfc_consistency(smaller: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF(m, D[n], b)."""
    if smaller == len(leaves):
        return [] if whole else [rfc_root(leaves)]
    split = largest_power_below(len(leaves))
    if smaller <= split:
        return [*rfc_consistency(smaller, leaves[:split], whole), rfc_root(leaves[split:])]
    return [*rfc_consistency(smaller - split, leaves[split:], False), rfc_root(leaves[:split])]


def largest_power_below(number: int) -> int:
    power = 1
    while power * 2 < number:
        power *= 2
    return power
