"""One small table in the formats of others, by pyarrow: writes tables/*.

    pip install "pyarrow==25.*" && python tables.py
"""

import datetime
import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet

folder = Path(__file__).parent / "tables"
folder.mkdir(exist_ok=True)
n = 12
table = pa.table(
    {
        "whole": pa.array([None if i == 3 else i * 10**15 for i in range(n)], pa.int64()),
        "real": pa.array([None if i == 5 else i / 3 for i in range(n)], pa.float64()),
        "single": pa.array([i / 4 for i in range(n)], pa.float32()),
        "flag": pa.array([i % 3 == 0 for i in range(n)]),
        "text": pa.array([None if i == 7 else ["red", "grün", 'say "hi"', "a,b"][i % 4] for i in range(n)]),
        "coded": pa.array([["x", "y"][i % 2] for i in range(n)]).dictionary_encode(),
        "day": pa.array([datetime.date(2024, 1, 1) + datetime.timedelta(days=i) for i in range(n)]),
        "moment": pa.array([datetime.datetime(2024, 1, 1, i, 30) for i in range(n)], pa.timestamp("ms")),
    }
)
for codec in ["none", "snappy", "gzip", "zstd", "lz4", "brotli"]:
    parquet.write_table(table, folder / f"{codec}.parquet", compression=codec, row_group_size=5)
for codec in ["uncompressed", "lz4", "zstd"]:
    feather.write_feather(table, folder / f"{codec}.feather", compression=codec)
# long enough for matches, and for literals that go on in further bytes
wide = pa.table({"x": pa.array([(i * i) % 97 / 7 for i in range(30000)]), "y": pa.array([f"row {i % 1000}" for i in range(30000)])})
feather.write_feather(wide, folder / "long.feather", compression="lz4")
with pa.ipc.new_stream(folder / "stream.arrows", table.schema) as writer:
    writer.write_table(table, max_chunksize=5)
nested = pa.table({"x": [[1, 2], [3]], "y": [1, 2]})
parquet.write_table(nested, folder / "nested.parquet")
(folder / "table.csv.gz").write_bytes(gzip.compress(b"x,y\n1,yes\n,no\n", mtime=0))
