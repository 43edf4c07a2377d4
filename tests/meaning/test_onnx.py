from pathlib import Path

import numpy as np
import pytest

from kb.meaning.contract import MeaningUnavailable
from kb.meaning.onnx import OnnxEmbedder
from tests.meaning.model import MEANINGS, make_model


def test_what_means_the_same_is_the_same(embedder: OnnxEmbedder) -> None:
    laptop, notebook, printer = embedder.embed(["my Laptop", "the notebook", "printer"])
    assert laptop @ notebook == pytest.approx(1)
    assert laptop @ printer == pytest.approx(0)


def test_vectors_have_length_one_and_those_of_unknown_words_none(embedder: OnnxEmbedder) -> None:
    vectors = embedder.embed(["reset the laptop password", "zzz", "", "invoice " * 10_000])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 0, 1], abs=1e-5)
    assert embedder.embed([]).shape[0] == 0


def test_a_text_has_the_same_vector_alone_and_among_longer_ones(embedder: OnnxEmbedder) -> None:
    """What fills short texts up to the longest must not count."""
    texts = ["laptop password", *("printer invoice vpn " * n for n in range(20))]
    assert embedder.embed(texts)[0] == pytest.approx(embedder.embed(texts[:1])[0])


def test_another_model_has_another_name(tmp_path: Path, embedder: OnnxEmbedder) -> None:
    assert OnnxEmbedder(make_model(tmp_path / "same", nested=True)).model == embedder.model
    assert OnnxEmbedder(make_model(tmp_path / "other", MEANINGS[1:])).model != embedder.model


@pytest.mark.parametrize("missing", ["model.onnx", "tokenizer.json"])
def test_a_folder_without_a_model_is_told(tmp_path: Path, missing: str) -> None:
    (make_model(tmp_path) / missing).unlink()
    with pytest.raises(MeaningUnavailable, match="must hold"):
        OnnxEmbedder(tmp_path)


@pytest.mark.parametrize("torn", ["model.onnx", "tokenizer.json"])
def test_a_torn_model_is_told(tmp_path: Path, torn: str) -> None:
    (make_model(tmp_path) / torn).write_bytes(b"\x00torn")
    with pytest.raises(MeaningUnavailable, match="can't be loaded"):
        OnnxEmbedder(tmp_path)
