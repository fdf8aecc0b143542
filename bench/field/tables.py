"""Tables as pandas, R, Excel, databases, Spark, Polars, DuckDB and pyarrow write them, with their values: writes OUT/tables/* and OUT/tables.json.

R, Excel, Spark and the databases are not run: their formats are written here, from their manuals.
Usage: python tables.py OUT   (see README.md for the packages)
"""
import csv
import gzip
import io
import json
import sys
from datetime import date, datetime
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet

out = Path(sys.argv[1]) / "tables"
out.mkdir(parents=True, exist_ok=True)
random = np.random.RandomState(3)
rows = 40
y = random.randn(rows).round(3)
cities = ["Ulm", "Köln", "São Paulo", "Bonn"]
quoted = ['say "hi"', "a, b", "two\nlines", "it's", "semi;colon", "tab\tbed", "plain", "#5", "=1+1", "Zürich"]

frames = {
    "people": pd.DataFrame({
        "age": random.randint(18, 80, rows),
        "height": [None if i % 9 == 4 else float(v) for i, v in enumerate((random.randn(rows) * 9 + 170).round(1))],
        "city": [None if i % 11 == 6 else cities[i % 4] for i in range(rows)],
        "member": [bool(i % 3) for i in range(rows)],
        "y": y,
    }),
    "texts": pd.DataFrame({"remark": [quoted[i % 10] for i in range(rows)], "größe": random.randn(rows).round(2), "a b": random.randint(0, 9, rows), "y": y}),
    "dates": pd.DataFrame({
        "day": [date(2024, 1 + i % 12, 1 + (i * 7) % 28) for i in range(rows)],
        "moment": [datetime(2024, 1 + i % 12, 1 + i % 28, i % 24, (7 * i) % 60, 30) for i in range(rows)],
        "amount": (random.randn(rows) * 1000).round(2),
        "y": y,
    }),
    "numbers": pd.DataFrame({
        "large": [2**40 + 977 * i * i for i in range(rows)],
        "tiny": [(i + 1) * 1.25e-9 for i in range(rows)],
        "whole": [float(i * i - 50) for i in range(rows)],
        "share": [i / 7 for i in range(rows)],
        "y": y,
    }),
}
cases = []


def plain(value):
    """A value for JSON: dates as milliseconds since 1970."""
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value)
    if isinstance(value, (datetime, pd.Timestamp)):
        return {"time": int(pd.Timestamp(value).value // 10**6)}
    if isinstance(value, date):
        return {"time": int(pd.Timestamp(value).value // 10**6)}
    return str(value)


def truth(frame):
    return {str(name): [plain(value) for value in column.tolist()] for name, column in frame.items()}


def add(kind, name, frame_name, content, ending, precision=1e-12):
    file = f"{name}-{frame_name}.{ending}"
    (out / file).write_bytes(content.encode() if isinstance(content, str) else content)
    cases.append({"kind": kind, "file": file, "columns": truth(frames[frame_name]), "precision": precision})


def hand(frame, sep=",", header="plain", quote="minimal", na="", true=("true", "false"), decimal=".", day=None, moment=None, end="\n", escape="double", first="", row_names=None):
    """A delimited text in some program's dialect."""

    def cell(value, is_header=False):
        value = plain(value) if not is_header else value
        if value is None:
            return na
        if isinstance(value, dict):
            at = pd.Timestamp(value["time"], unit="ms")
            is_day = at == at.normalize()
            return at.strftime((day or "%Y-%m-%d") if is_day else (moment or "%Y-%m-%d %H:%M:%S"))
        if isinstance(value, bool):
            return true[0] if value else true[1]
        if isinstance(value, (int, float)):
            return (str(value) if not isinstance(value, float) else repr(value)).replace(".", decimal)
        text = value.replace('"', '""') if escape == "double" else value.replace("\\", "\\\\").replace('"', '\\"')
        needs = any(c in value for c in (sep, '"', "\n", "\r")) if quote == "minimal" else quote == "texts"
        return f'"{text}"' if needs else value

    names = [cell(str(name), True) for name in frame.columns]
    lines = [sep.join((['""'] if row_names == "csv" else []) + names)]
    for i, row in enumerate(frame.itertuples(index=False)):
        lines.append(sep.join(([f'"{i + 1}"'] if row_names else []) + [cell(value) for value in row]))
    return first + end.join(lines) + end


pandas_csv = {
    "default": {}, "index": dict(index=True), "index-label": dict(index=True, index_label="id"), "semicolon": dict(sep=";"), "tab": dict(sep="\t"),
    "pipe": dict(sep="|"), "quote-all": dict(quoting=csv.QUOTE_ALL), "quote-nonnumeric": dict(quoting=csv.QUOTE_NONNUMERIC),
    "na-NA": dict(na_rep="NA"), "na-NaN": dict(na_rep="NaN"), "na-null": dict(na_rep="null"), "na-dash": dict(na_rep="-"),
    "crlf": dict(lineterminator="\r\n"), "decimal-comma": dict(sep=";", decimal=","), "escape": dict(doublequote=False, escapechar="\\"),
    "quote-single": dict(quotechar="'"), "date-us": dict(date_format="%m/%d/%Y %H:%M:%S"), "date-iso-T": dict(date_format="%Y-%m-%dT%H:%M:%S"),
}
for frame_name, frame in frames.items():
    for name, options in pandas_csv.items():
        add("pandas, to_csv", f"pandas-{name}", frame_name, frame.to_csv(**{"index": False, **options}), "csv")
    add("pandas, to_csv", "pandas-bom", frame_name, b"\xef\xbb\xbf" + frame.to_csv(index=False).encode(), "csv")
    add("pandas, to_csv", "pandas-utf16", frame_name, frame.to_csv(index=False).encode("utf-16"), "csv")
    add("pandas, to_csv", "pandas-latin1", frame_name, frame.to_csv(index=False).encode("latin-1"), "csv")
    add("pandas, to_csv", "pandas-gzip", frame_name, gzip.compress(frame.to_csv(index=False).encode()), "csv.gz")
    add("pandas, to_csv", "pandas-float-format", frame_name, frame.to_csv(index=False, float_format="%.12g"), "csv", 1e-11)
    for orient in ("records", "columns", "index", "split", "values", "table"):
        add("pandas, to_json", f"pandas-{orient}", frame_name, frame.to_json(orient=orient, date_format="iso", double_precision=15), "json", 1e-11)
    add("pandas, to_json", "pandas-lines", frame_name, frame.to_json(orient="records", lines=True, date_format="iso", double_precision=15), "jsonl", 1e-11)
    for index in (True, None):
        buffer = io.BytesIO()
        (frame.set_index(pd.Index(range(100, 100 + rows), name="key")) if index else frame).to_parquet(buffer, index=index)
        add("pandas, to_parquet", f"pandas-{'index' if index else 'plain'}", frame_name, buffer.getvalue(), "parquet")
    buffer = io.BytesIO()
    frame.astype({name: "category" for name, column in frame.items() if column.map(lambda v: isinstance(v, str)).any()}).to_parquet(buffer)
    add("pandas, to_parquet", "pandas-category", frame_name, buffer.getvalue(), "parquet")
    buffer = io.BytesIO()
    frame.to_feather(buffer)
    add("pandas, to_feather", "pandas", frame_name, buffer.getvalue(), "feather")

    r = dict(quote="texts", na="NA", true=("TRUE", "FALSE"))
    add("R, write.csv", "r-write-csv", frame_name, hand(frame, row_names="csv", **r), "csv")
    add("R, write.csv", "r-write-csv-no-names", frame_name, hand(frame, **r), "csv")
    add("R, write.csv", "r-write-csv2", frame_name, hand(frame, row_names="csv", sep=";", decimal=",", **r), "csv")
    add("R, write.table", "r-write-table", frame_name, hand(frame, sep=" ", row_names="short", escape="back", **r), "txt")
    add("R, write.table", "r-write-table-tab", frame_name, hand(frame, sep="\t", escape="back", **r), "tsv")
    add("R, write.table", "r-readr", frame_name, hand(frame, na="NA", true=("TRUE", "FALSE"), moment="%Y-%m-%dT%H:%M:%SZ"), "csv")

    excel = dict(true=("TRUE", "FALSE"), end="\r\n")
    add("Excel, CSV", "excel-us", frame_name, hand(frame, day="%m/%d/%Y", moment="%m/%d/%Y %H:%M", **excel) if frame_name != "dates" else hand(frame, **excel), "csv")
    add("Excel, CSV", "excel-utf8", frame_name, b"\xef\xbb\xbf" + hand(frame, **excel).encode(), "csv")
    add("Excel, CSV", "excel-german", frame_name, b"\xef\xbb\xbf" + hand(frame, sep=";", decimal=",", day="%d.%m.%Y", moment="%d.%m.%Y %H:%M:%S", **{**excel, "true": ("WAHR", "FALSCH")}).encode(), "csv")
    add("Excel, CSV", "excel-sep", frame_name, hand(frame, sep=";", first="sep=;\r\n", **excel), "csv")
    add("Excel, CSV", "excel-unicode-text", frame_name, hand(frame, sep="\t", **excel).encode("utf-16"), "txt")

    add("SQL, dumps as CSV", "postgres-copy", frame_name, hand(frame, true=("t", "f")), "csv")
    add("SQL, dumps as CSV", "mysql-outfile", frame_name, hand(frame, sep="\t", na="\\N", true=("1", "0"), quote="never") if frame_name != "texts" else hand(frame, sep=",", na="\\N", quote="texts", escape="back"), "csv")
    add("SQL, dumps as CSV", "sqlite", frame_name, hand(frame, true=("1", "0"), end="\r\n"), "csv")
    add("SQL, dumps as CSV", "sqlserver-bcp", frame_name, hand(frame, sep="|", na="NULL", moment="%Y-%m-%d %H:%M:%S.000"), "csv")
    add("SQL, dumps as CSV", "bigquery", frame_name, hand(frame, moment="%Y-%m-%d %H:%M:%S UTC"), "csv")
    add("Spark", "spark-csv", frame_name, hand(frame, escape="back", moment="%Y-%m-%dT%H:%M:%S.000Z"), "csv")
    add("Spark", "spark-tab", frame_name, hand(frame, sep="\t", escape="back", na="null", moment="%Y-%m-%dT%H:%M:%S.000+00:00"), "csv")

    table = pl.from_pandas(frame)
    for name, options in {"default": {}, "semicolon": dict(separator=";"), "null": dict(null_value="NA"), "bom": dict(include_bom=True), "always": dict(quote_style="always"), "non-numeric": dict(quote_style="non_numeric"), "crlf": dict(line_terminator="\r\n")}.items():
        add("Polars, write_csv", f"polars-{name}", frame_name, table.write_csv(**options), "csv")
    add("Polars, JSON", "polars", frame_name, table.write_json(), "json")
    add("Polars, JSON", "polars-nd", frame_name, table.write_ndjson(), "ndjson")
    for compression in ("zstd", "snappy", "gzip", "lz4", "brotli", "uncompressed"):
        buffer = io.BytesIO()
        table.write_parquet(buffer, compression=compression)
        add("Polars, write_parquet", f"polars-{compression}", frame_name, buffer.getvalue(), "parquet")
    for compression in ("uncompressed", "lz4", "zstd"):
        buffer = io.BytesIO()
        table.write_ipc(buffer, compression=compression)
        add("Polars, write_ipc", f"polars-{compression}", frame_name, buffer.getvalue(), "arrow")
    buffer = io.BytesIO()
    table.write_ipc_stream(buffer)
    add("Polars, write_ipc", "polars-stream", frame_name, buffer.getvalue(), "arrows")

    database = duckdb.connect()
    database.register("frame", frame)
    for name, ending, options in (
        ("csv", "csv", "FORMAT csv, HEADER"), ("csv-pipe", "csv", "FORMAT csv, HEADER, DELIMITER '|'"), ("csv-null", "csv", "FORMAT csv, HEADER, NULLSTR 'NULL'"),
        ("csv-quoted", "csv", "FORMAT csv, HEADER, FORCE_QUOTE *"), ("parquet", "parquet", "FORMAT parquet"), ("parquet-zstd", "parquet", "FORMAT parquet, COMPRESSION zstd"),
        ("parquet-v2", "parquet", "FORMAT parquet, PARQUET_VERSION v2"), ("json", "json", "FORMAT json"), ("json-array", "json", "FORMAT json, ARRAY true"),
    ):
        path = out / f"duckdb-{name}.{ending}"
        database.execute(f"COPY frame TO '{path}' ({options})")
        add("DuckDB, COPY TO", f"duckdb-{name}", frame_name, path.read_bytes(), ending)
        path.unlink()

    arrow = pa.Table.from_pandas(frame, preserve_index=False)
    for name, options in {"1.0": dict(version="1.0"), "page-v2": dict(data_page_version="2.0"), "plain": dict(use_dictionary=False), "groups": dict(row_group_size=7), "zstd": dict(compression="zstd"), "brotli": dict(compression="brotli"), "delta": dict(use_dictionary=False, column_encoding={"y": "BYTE_STREAM_SPLIT"}), "statistics": dict(write_statistics=False, store_schema=False)}.items():
        buffer = io.BytesIO()
        pa.parquet.write_table(arrow, buffer, **options)
        add("pyarrow, Parquet", f"pyarrow-{name}", frame_name, buffer.getvalue(), "parquet")
    large = arrow.cast(pa.schema([(f.name, pa.large_string() if pa.types.is_string(f.type) or pa.types.is_large_string(f.type) else f.type) for f in arrow.schema]))
    coded = pa.table({name: column.dictionary_encode() if pa.types.is_string(column.type) or pa.types.is_large_string(column.type) else column for name, column in zip(arrow.column_names, arrow.columns)})
    for name, each in {"plain": arrow, "large": large, "dictionary": coded}.items():
        for kind, writer in {"file": pa.ipc.new_file, "stream": pa.ipc.new_stream}.items():
            buffer = io.BytesIO()
            with writer(buffer, each.schema) as sink:
                sink.write_table(each)
            add("pyarrow, Arrow", f"pyarrow-{name}-{kind}", frame_name, buffer.getvalue(), "arrow")
    buffer = io.BytesIO()
    pa.csv.write_csv(arrow, buffer)
    add("pyarrow, CSV", "pyarrow", frame_name, buffer.getvalue(), "csv")

(out.parent / "tables.json").write_text(json.dumps(cases))
print(len(cases), "tables")
