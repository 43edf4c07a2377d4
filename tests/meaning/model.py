"""A model as sentence-transformers exports it, small: each word has a vector of its own, synonyms share one.

onnxruntime runs it; the file is written here byte by byte, as the protocol buffers of ONNX want it.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace

FLOAT, INT64 = 1, 7
# Each row is one meaning. What stands in none is a word that the model doesn't know.
MEANINGS = (
    ("laptop", "notebook", "computer"),
    ("reset", "restore"),
    ("password", "passphrase"),
    ("printer", "printing"),
    ("invoice", "bill"),
    ("vpn", "tunnel"),
)


def make_model(folder: Path, meanings: Iterable[Iterable[str]] = MEANINGS, *, nested: bool = False) -> Path:
    """Return the folder, with the model in it. nested: as some exports have it, in onnx/."""
    meanings = [list(words) for words in meanings]
    vocabulary = {"[PAD]": 0, "[UNK]": 1}
    rows = [np.zeros(len(meanings) + 1), np.zeros(len(meanings) + 1)]
    for at, words in enumerate(meanings):
        for word in words:
            vocabulary[word] = len(vocabulary)
            rows.append(np.eye(len(meanings) + 1)[at])
    path = folder / "onnx" / "model.onnx" if nested else folder / "model.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_model(np.array(rows, np.float32)))
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = Lowercase(), Whitespace()
    # As the usual exports do: filled up to a fixed length, which the mask has to take out again.
    tokenizer.enable_padding(length=128)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def _model(table: np.ndarray) -> bytes:
    """Looks each token up in the table."""
    node = _texts(1, "table", "input_ids") + _texts(2, "last_hidden_state") + _texts(4, "Gather")
    initializer = b"".join(_number(1, size) for size in table.shape) + _number(2, FLOAT)
    initializer += _texts(8, "table") + _bytes(9, table.tobytes())
    inputs = [_value(name, INT64, ["batch", "tokens"]) for name in ("input_ids", "attention_mask")]
    output = _value("last_hidden_state", FLOAT, ["batch", "tokens", table.shape[1]])
    graph = _bytes(1, node) + _texts(2, "lookup") + _bytes(5, initializer)
    graph += b"".join(_bytes(11, each) for each in inputs) + _bytes(12, output)
    return _number(1, 8) + _bytes(7, graph) + _bytes(8, _number(2, 13))


def _value(name: str, kind: int, shape: Iterable[str | int]) -> bytes:
    sizes = [_texts(2, size) if isinstance(size, str) else _number(1, size) for size in shape]
    tensor = _number(1, kind) + _bytes(2, b"".join(_bytes(1, size) for size in sizes))
    return _texts(1, name) + _bytes(2, _bytes(1, tensor))


def _texts(field: int, *texts: str) -> bytes:
    return b"".join(_bytes(field, text.encode()) for text in texts)


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    return bytes(written + bytearray([number]))
