"""The one expression language of declarations: JMESPath over an event's data.

A condition (`if`) is a bare expression; every other text is literal, but for `((…))`, which holds an expression. An expression that is
one plain name (letters, digits, spaces, hyphens, underscores) is the property of that name, so declarations read like message templates
and `((start-date))` needs no quotes. Whether an expression can work for an event is asked at synthesis, of `schemas.expression_checks`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jmespath
from jmespath.exceptions import EmptyExpressionError, JMESPathError, JMESPathTypeError, LexerError, ParseError

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None
type Node = Any
"""A node of jmespath's syntax tree: a mapping with `type`, `children` and `value`."""

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9 _-]*[A-Za-z0-9_])?")
_QUOTES = "'\"`"


class ExpressionError(ValueError):
    """An expression that cannot be read, or that fails on this event. It names the expression and never the event's values."""

    def __init__(self, expression: str, reason: str) -> None:
        super().__init__(f"(({expression})): {reason}")
        self.expression = expression
        self.reason = reason


@dataclass(frozen=True)
class Expression:
    """An expression as written, and its syntax tree (jmespath's own)."""

    written: str
    tree: Node

    def search(self, data: Mapping[str, Json]) -> Json:
        """Give the value of the expression for an event's data, None when absent; raises ExpressionError for a type error."""
        try:
            found: Json = _INTERPRETER.visit(self.tree, data)
            return found
        except JMESPathTypeError as error:
            expected = " or ".join(error.expected_types)
            raise ExpressionError(self.written, f"{error.function_name}() takes {expected}, not {error.actual_type}") from None
        except JMESPathError as error:
            raise ExpressionError(self.written, str(error).splitlines()[0]) from None
        except TypeError:
            # Python's jmespath raises this for "3" < 4, where the JMESPath specification gives null.
            raise ExpressionError(self.written, "puts values of different types in order") from None
        except (ValueError, ArithmeticError, LookupError, AttributeError) as error:
            raise ExpressionError(self.written, f"cannot be worked out ({type(error).__name__})") from None

    def holds(self, data: Mapping[str, Json]) -> bool:
        """Tell whether it holds as a condition. As in JMESPath, null, false and whatever is empty do not; every number does."""
        found = self.search(data)
        return not (found is None or found is False or found in ("", [], {}))


_INTERPRETER = jmespath.visitor.TreeInterpreter()


@lru_cache(maxsize=2048)
def expression(written: str) -> Expression:
    """Compile an expression, once; raises ExpressionError with the position of what cannot be read."""
    name = written.strip()
    if _PLAIN_NAME.fullmatch(name):
        return Expression(name, {"type": "field", "children": [], "value": name})
    try:
        return Expression(name, jmespath.compile(name).parsed)
    except EmptyExpressionError:
        raise ExpressionError(name, "is empty") from None
    except (ParseError, LexerError) as error:
        raise ExpressionError(name, _unreadable(name, int(error.lex_position or 0))) from None
    except JMESPathError as error:
        raise ExpressionError(name, f"cannot be read: {str(error).splitlines()[0]}") from None


@lru_cache(maxsize=2048)
def parts(text: str) -> tuple[str | Expression, ...]:
    """Split a text into its literal parts and its expressions, in order; raises ExpressionError for an unclosed or unreadable one."""
    found: list[str | Expression] = []
    literal, position = "", 0
    while (start := text.find("((", position)) >= 0:
        end = _closing(text, start + 2)
        written, before, after = text[start + 2 : end], "", ""
        # Brackets round a whole expression mean nothing to JMESPath, and (((name))) means "(name)" to whoever writes a text.
        while written.startswith("(") and _unmatched(written, 1) == len(written) - 1:
            written, before, after = written[1:-1], before + "(", after + ")"
        literal += text[position:start] + before
        found += [literal, expression(written)] if literal else [expression(written)]
        literal, position = after, end + 2
    literal += text[position:]
    return (*found, literal) if literal else tuple(found)


def render(text: str, data: Mapping[str, Json]) -> str:
    """Fill a text from an event's data.

    Numbers, `true` and `false` stand plainly; a list reads "a, b and c", its empty items left out. Raises ExpressionError, naming the
    expression, for a value that is absent, null or an object.
    """
    return "".join(part if isinstance(part, str) else _text(part.written, part.search(data)) for part in parts(text))


def value(text: str, data: Mapping[str, Json]) -> Json:
    """Fill a text; a text that is one expression and nothing else gives the value as it is (a number, a list), never null."""
    match parts(text):
        case (Expression() as only,):
            if (found := only.search(data)) is None:
                raise ExpressionError(only.written, "is absent")
            return found
    return render(text, data)


def condition(written: str, data: Mapping[str, Json]) -> bool:
    """Tell whether an `if` holds."""
    return expression(written).holds(data)


def is_plain_name(name: str) -> bool:
    """Tell whether a property can stand in `((…))` without quotes."""
    return _PLAIN_NAME.fullmatch(name) is not None


def _closing(text: str, start: int) -> int:
    """Find the `))` that ends the expression beginning at `start`, past brackets and quotes inside it."""
    end = _unmatched(text, start)
    if not text.startswith("))", end):
        raise ExpressionError(text[start:].split("\n")[0][:60].rstrip(")"), "is opened with (( and never closed with ))")
    return end


def _unmatched(text: str, start: int) -> int:
    """Find the first closing bracket from `start` on that closes nothing opened there; the end of the text if there is none."""
    depth, quote, position = 0, "", start
    while position < len(text):
        character = text[position]
        if quote:
            position += character == "\\"
            quote = "" if character == quote else quote
        elif character in _QUOTES:
            quote = character
        elif character == "(":
            depth += 1
        elif character == ")":
            if depth == 0:
                return position
            depth -= 1
        position += 1
    return position


def _text(written: str, found: Json) -> str:
    match found:
        case None:
            raise ExpressionError(written, "is absent")
        case dict():
            raise ExpressionError(written, "is an object, not a text")
        case list():
            return _sentence([_text(written, item) for item in found if item is not None])
        case bool():
            return "true" if found else "false"
        case float() if found.is_integer():
            return str(int(found))
    return str(found)


def _sentence(items: list[str]) -> str:
    given = [item for item in items if item.strip()]
    return " and ".join(filter(None, [", ".join(given[:-1]), *given[-1:]]))


def _unreadable(written: str, position: int) -> str:
    if position >= len(written):
        return f"cannot be read: it ends too early, at character {len(written)}"
    found = written[position]
    hint = ""
    if found == "-":
        hint = ' (a name with a hyphen stands in double quotes, "start-date")'
    elif found == "=":
        hint = " (equality is ==)"
    elif found.isdigit():
        hint = " (a number stands in backticks, `4`)"
    return f"cannot be read at character {position + 1}: {written[position:][:20]!r} is not expected{hint}"
