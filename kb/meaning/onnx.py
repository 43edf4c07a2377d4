"""A sentence embedding model from a local folder, as sentence-transformers exports it to ONNX."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from kb.meaning.contract import MeaningUnavailable, Vectors

# What such models were trained on at most; 45 seconds of speech are about 170.
LONGEST_TOKENS = 256
AT_ONCE = 8


class OnnxEmbedder:
    """Implements kb.meaning.contract.Embedder. Raises MeaningUnavailable if the folder holds no model that loads."""

    def __init__(self, folder: Path) -> None:
        model_file, tokenizer_file = _files(folder)
        self.model = _fingerprint(model_file, tokenizer_file)
        try:
            self._tokenizer = Tokenizer.from_file(str(tokenizer_file))
            self._session = onnxruntime.InferenceSession(str(model_file), _options(), ["CPUExecutionProvider"])
        # Both libraries raise nothing narrower.
        except Exception as error:
            raise MeaningUnavailable(f"The model in {folder} can't be loaded: {error}") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST_TOKENS)
        self._inputs = {each.name for each in self._session.get_inputs()}

    def embed(self, texts: Sequence[str]) -> Vectors:
        batches = [self._batch(texts[at : at + AT_ONCE]) for at in range(0, len(texts), AT_ONCE)]
        return np.concatenate(batches) if batches else np.zeros((0, 0), np.float32)

    def _batch(self, texts: Sequence[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch(list(texts))
        longest = max(1, *(len(each.ids) for each in encoded))
        ids, mask = (np.zeros((len(texts), longest), np.int64) for _ in range(2))
        for row, each in enumerate(encoded):
            ids[row, : len(each.ids)] = each.ids
            mask[row, : len(each.ids)] = 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        [tokens, *_] = self._session.run(None, {name: given[name] for name in self._inputs})
        return _unit(_mean(np.asarray(tokens, np.float32), mask))


def _files(folder: Path) -> tuple[Path, Path]:
    models = [path for name in ("model.onnx", "onnx/model.onnx") if (path := folder / name).is_file()]
    tokenizer = folder / "tokenizer.json"
    if not models or not tokenizer.is_file():
        raise MeaningUnavailable(f"{folder} must hold model.onnx (or onnx/model.onnx) and tokenizer.json.")
    return models[0], tokenizer


def _fingerprint(*files: Path) -> str:
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def _options() -> onnxruntime.SessionOptions:
    """One thread that does not spin: encodes and people's searches need the other processors."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return options


def _mean(tokens: Vectors, mask: np.ndarray) -> Vectors:
    """Over the tokens of each text, without what only fills it up. tokens: text, token, dimension."""
    counted = mask[:, :, None].astype(np.float32)
    return np.asarray((tokens * counted).sum(axis=1) / np.maximum(counted.sum(axis=1), 1), np.float32)


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)
