"""Patterns of EventBridge and details of events that hypothesis draws, all from one small world, so that they often meet."""

from hypothesis import strategies as st

# A pattern asks the first two for values and the others for fields inside: a pattern that asked one place for both would match nothing.
LEAVES, OBJECTS = st.sampled_from(["a", "b"]), st.sampled_from(["c", "d"])
TEXTS = st.sampled_from(
    ["", "a", "A", "ab", "aB", "ABC", "b.png", "x*y", "xzy", "x\\", "ß", "SS", "10.0.0.7", "010.0.0.7", "10.1.0.0", "fe80::1", "1"]
)
NUMBERS = st.one_of(st.integers(-3, 3), st.sampled_from([0.5, 1.0, -2.5, 1e6]))
SCALARS = st.one_of(TEXTS, NUMBERS, st.booleans(), st.none())
LEAF = st.one_of(SCALARS, st.lists(SCALARS, max_size=3), st.lists(st.lists(SCALARS, max_size=2), max_size=2))
OF_LEAVES: st.SearchStrategy[dict[str, object]] = st.one_of(
    st.fixed_dictionaries({"a": LEAF, "b": LEAF}), st.dictionaries(LEAVES, LEAF, max_size=2)
)
ODD: st.SearchStrategy[object] = st.one_of(LEAF, OF_LEAVES, st.lists(OF_LEAVES, max_size=2))
DETAILS: st.SearchStrategy[object] = st.one_of(
    st.recursive(
        OF_LEAVES,
        lambda inner: st.builds(
            lambda leaves, objects: {**leaves, **objects},
            OF_LEAVES,
            st.dictionaries(OBJECTS, st.one_of(inner, st.lists(inner, max_size=3)), max_size=2),
        ),
        max_leaves=6,
    ),
    st.dictionaries(st.one_of(LEAVES, OBJECTS), ODD, max_size=3),
    ODD,
)

WILDCARDS = st.sampled_from(["*", "a*", "*B", "*.png", "x*y", "x\\*y", "x\\\\", "*a*b*", "a?"])
AFFIXES = st.one_of(TEXTS, st.builds(lambda text: {"equals-ignore-case": text}, TEXTS))
SOME_TEXT = TEXTS.filter(bool)


def one_or_several(texts: st.SearchStrategy[str]) -> st.SearchStrategy[object]:
    return st.one_of(texts, st.lists(texts, min_size=1, max_size=2))


@st.composite
def ranges(draw: st.DrawFn) -> list[object]:
    low, high = sorted(draw(st.lists(NUMBERS, min_size=2, max_size=2, unique=True)))
    return [draw(st.sampled_from([">", ">="])), low, draw(st.sampled_from(["<", "<="])), high]


OPERANDS: dict[str, st.SearchStrategy[object]] = {
    "prefix": AFFIXES,
    "suffix": AFFIXES,
    "exactly": TEXTS,
    "equals-ignore-case": TEXTS,
    "wildcard": WILDCARDS,
    "exists": st.booleans(),
    "cidr": st.sampled_from(["10.0.0.0/24", "10.0.0.5/8", "10.0.0.0/0", "fe80::/10"]),
    "numeric": st.one_of(st.tuples(st.sampled_from(["=", "<", "<=", ">", ">="]), NUMBERS).map(list), ranges()),
    "anything-but": st.one_of(
        TEXTS,
        NUMBERS,
        st.lists(TEXTS, min_size=1, max_size=3),
        st.lists(NUMBERS, min_size=1, max_size=3),
        st.builds(lambda operand: {"prefix": operand}, one_or_several(SOME_TEXT)),
        st.builds(lambda operand: {"suffix": operand}, one_or_several(SOME_TEXT)),
        st.builds(lambda operand: {"equals-ignore-case": operand}, one_or_several(TEXTS)),
        st.builds(lambda operand: {"wildcard": operand}, one_or_several(WILDCARDS)),
    ),
}
OPERATORS = st.sampled_from(sorted(OPERANDS)).flatmap(lambda name: OPERANDS[name].map(lambda operand: {name: operand}))
CONDITIONS = st.lists(st.one_of(SCALARS, OPERATORS, OPERATORS), min_size=1, max_size=4)
ASKED_OF_LEAVES: st.SearchStrategy[dict[str, object]] = st.dictionaries(LEAVES, CONDITIONS, min_size=1, max_size=2)


def branched(inner: st.SearchStrategy[dict[str, object]]) -> st.SearchStrategy[dict[str, object]]:
    """Fields, and beside them `$or`, before or after."""
    either = st.lists(inner, min_size=2, max_size=3)
    return st.builds(
        lambda fields, listed, first: {"$or": listed, **fields} if first else {**fields, "$or": listed},
        st.dictionaries(LEAVES, CONDITIONS, max_size=1),
        either,
        st.booleans(),
    )


PATTERNS: st.SearchStrategy[dict[str, object]] = st.recursive(
    ASKED_OF_LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda leaves, objects: {**leaves, **objects},
            st.dictionaries(LEAVES, CONDITIONS, max_size=1),
            st.dictionaries(OBJECTS, inner, min_size=1, max_size=1),
        ),
        branched(inner),
    ),
    max_leaves=5,
)
BROKEN: st.SearchStrategy[object] = st.recursive(
    st.one_of(SCALARS, CONDITIONS, st.just([]), st.just({})),
    lambda inner: st.one_of(
        st.dictionaries(
            st.sampled_from(["a", "$or", "prefix", "numeric", "cidr", "exists", "wildcard", "anything-but"]), inner, max_size=2
        ),
        st.lists(inner, max_size=3),
    ),
    max_leaves=5,
)
