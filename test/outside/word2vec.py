"""Vectors of float32, and the text and binary files that gensim saves for them: writes word2vec.json.

    pip install "gensim==4.4.*" && python word2vec.py

`bits` are the 32 bits of each number, so that no rounding of decimal digits is part of the comparison. The last vector has numbers of
very different sizes. `binary` is in base64.
"""

import base64
import tempfile
from pathlib import Path

import gensim
import numpy as np
from gensim.models import KeyedVectors

from write import write

names = ["node", "\u00c9ponine", "12", "a:b"]
random = np.random.default_rng(1).normal(size=(3, 5))
vectors = np.concatenate([random, [[0, -0.5, 1e-7, 12345.678, -3e20]]]).astype(np.float32)

keyed = KeyedVectors(vector_size=vectors.shape[1])
keyed.add_vectors(names, vectors)
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "vectors"
    keyed.save_word2vec_format(str(path), binary=False)
    text = path.read_text(encoding="utf-8")
    keyed.save_word2vec_format(str(path), binary=True)
    binary = base64.b64encode(path.read_bytes()).decode()

write(
    __file__,
    {
        "gensim": gensim.__version__,
        "names": names,
        "bits": vectors.view(np.uint32).tolist(),
        "text": text,
        "binary": binary,
    },
)
