"""Tables of JSON records: one on each line, or all in an array; a field that is absent is null."""

import json
from collections.abc import Sequence
from typing import Any

from klcli.engines.arrays.array_table import ArrayTable
from klcli.engines.arrays.arrow_columns import column_of_values
from klcli.errors import Place, Unreadable
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.json_text.parser import unique
from klcli.sources.tables.condition import rows_of
from klcli.sources.tables.options import TableOptions

__all__ = ["records_table"]


def records_table(word: str, sources: Sequence[ByteSource], options: TableOptions) -> ArrayTable:
    """Returns the records of files, which must have the same fields, as a table.

    Raises:
        Unreadable: a file holds no records, or records with other fields, or `where` of the options is not a condition.
    """
    parts = [_records(source) for source in sources]
    fields = [dict.fromkeys(field for record in records for field in record) for records in parts]
    for source, other in zip(sources, fields, strict=True):
        if other.keys() != fields[0].keys():
            raise Unreadable(f"its columns differ from those of {sources[0].name}", place=source.name)
    every = [record for records in parts for record in records]
    columns = [column_of_values(at, field, [each.get(field) for each in every]) for at, field in enumerate(fields[0])]
    return rows_of(ArrayTable(word, columns), options)


def _records(source: ByteSource) -> list[dict[str, Any]]:
    text = source.text()
    found: Any
    if text.lstrip().startswith("["):
        found = _parsed(source, text, 1)
    else:  # not splitlines, as a text may hold U+2028 and the like
        found = [_parsed(source, line, at) for at, line in enumerate(text.split("\n"), 1) if line.strip()]
    for at, record in enumerate(found, 1):
        if not isinstance(record, dict):
            raise source.unreadable(
                f"record {at} is not an object", hint='a record is as {"amount": 12.5, "plan": "a"}'
            )
    if len(found) == 1 and found[0] and all(isinstance(cells, (dict, list)) for cells in found[0].values()):
        raise source.unreadable(
            "an object of columns, and a table is records",
            hint="write a record for each row, as pandas does with to_json(orient='records', lines=True)",
        )
    if not found:
        raise source.unreadable("empty: there are no records")
    return list(found)


def _parsed(source: ByteSource, text: str, line: int) -> Any:
    try:
        return json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        place = Place(line=line + error.lineno - 1, column=error.colno)
        raise source.unreadable(f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}", place=place) from None
    except (ValueError, RecursionError) as error:
        raise source.unreadable(f"not JSON: {error}", place=Place(line=line)) from None
