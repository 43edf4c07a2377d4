"""A Whisper model of a few hundred kilobytes, made with numpy: it says one sentence in each window of half a minute.

All weights are zero but these: a token's embedding names the token that follows it, and each word looks at its own half
second of the sound. So the whole of the loading, detecting and timing runs as with a trained model.
"""

from itertools import pairwise
from pathlib import Path

import ctranslate2
import numpy as np
from ctranslate2.specs.whisper_spec import WhisperSpec
from faster_whisper.tokenizer import _LANGUAGE_CODES
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

SENTENCE = "kubernetes connection refused postgres password missing"
SENTENCE_S = 4.0
# As wide as the sentence with its neighbours is long; each of its tokens has a place of its own.
WIDTH = 64
POSITIONS = 1500
FRAMES_A_WORD = 25
MELS = 80
LANGUAGES = sorted(_LANGUAGE_CODES)


def make_model(folder: Path, *, language: str = "en") -> Path:
    """language: the one that it always detects."""
    folder.mkdir(parents=True)
    words = [f"Ġ{word}" for word in SENTENCE.split()]
    tokens = _tokens(words)
    _tokenizer(tokens).save(str(folder / "tokenizer.json"))
    chain = ["<|0.00|>", *words, f"<|{SENTENCE_S:.2f}|>", "<|endoftext|>"]
    follows = dict(pairwise(chain))
    follows |= {"<|startoftranscript|>": f"<|{language}|>", "<|transcribe|>": "<|0.00|>", "<|notimestamps|>": words[0]}
    spec = _spec(tokens, words, follows)
    spec.config.suppress_ids = spec.config.suppress_ids_begin = []
    spec.config.lang_ids = [tokens.index(f"<|{each}|>") for each in LANGUAGES]
    spec.config.alignment_heads = [(0, 0)]
    spec.register_vocabulary(tokens)
    spec.validate()
    spec.optimize("int8")
    spec.save(str(folder))
    return folder


def _tokens(words: list[str]) -> list[str]:
    """In the order by which CTranslate2 knows them; the empty one says that it knows several languages."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    special = ["endoftext", "startoftranscript", *LANGUAGES, "translate", "transcribe"]
    special += ["startoflm", "startofprev", "nospeech", "notimestamps"]
    times = [f"{n * 0.02:.2f}" for n in range(POSITIONS + 1)]
    return [*letters, *words, "", *(f"<|{name}|>" for name in special + times)]


def _tokenizer(tokens: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE({token: number for number, token in enumerate(tokens)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in tokens if token.startswith("<|")])
    return tokenizer


def _spec(tokens: list[str], words: list[str], follows: dict[str, str]) -> WhisperSpec:
    spec = WhisperSpec(num_encoder_layers=1, num_encoder_heads=1, num_decoder_layers=1, num_decoder_heads=1)
    _fill_with_zeros(spec, len(tokens))
    # A place is also the half second at which the word after it is said; the last word has all that is left. Where
    # words are timed, the first comes after the token that says so.
    before_words = ["<|notimestamps|>", *words[:-1]]
    places = {token: place for place, token in enumerate(dict.fromkeys([*before_words, *follows]))}
    for token, place in places.items():
        spec.decoder.embeddings.weight[tokens.index(token), place] = 1
        if token in follows:
            spec.decoder.projection.weight[tokens.index(follows[token]), place] = 4
    for position in range(POSITIONS):
        spec.encoder.position_encodings.encodings[position, min(position // FRAMES_A_WORD, len(words) - 1)] = 1
    query, key_value, _ = spec.decoder.layer[0].attention.linear
    query.weight[:] = 4 * np.eye(WIDTH, dtype=np.float32)
    key_value.weight[:WIDTH] = np.eye(WIDTH, dtype=np.float32)
    return spec


def _fill_with_zeros(spec: WhisperSpec, vocabulary: int) -> None:
    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = _zeros(WIDTH, MELS, 3), _zeros(WIDTH)
    encoder.conv2.weight, encoder.conv2.bias = _zeros(WIDTH, WIDTH, 3), _zeros(WIDTH)
    encoder.position_encodings.encodings = _zeros(POSITIONS, WIDTH)
    decoder.position_encodings.encodings = _zeros(448, WIDTH)
    decoder.embeddings.weight = _zeros(vocabulary, WIDTH)
    decoder.projection.weight = _zeros(vocabulary, WIDTH)
    for norm in (encoder.layer_norm, decoder.layer_norm):
        _norm(norm)
    for layer in (*encoder.layer, *decoder.layer):
        _norm(layer.self_attention.layer_norm)
        _linear(layer.self_attention.linear[0], 3 * WIDTH, WIDTH)
        _linear(layer.self_attention.linear[1], WIDTH, WIDTH)
        _norm(layer.ffn.layer_norm)
        _linear(layer.ffn.linear_0, 4 * WIDTH, WIDTH)
        _linear(layer.ffn.linear_1, WIDTH, 4 * WIDTH)
    across = decoder.layer[0].attention
    _norm(across.layer_norm)
    for linear, rows in zip(across.linear, (WIDTH, 2 * WIDTH, WIDTH), strict=True):
        _linear(linear, rows, WIDTH)


def _norm(norm: ctranslate2.specs.common_spec.LayerNormSpec) -> None:
    norm.gamma, norm.beta = np.ones(WIDTH, np.float32), _zeros(WIDTH)


def _linear(linear: ctranslate2.specs.common_spec.LinearSpec, rows: int, columns: int) -> None:
    linear.weight, linear.bias = _zeros(rows, columns), _zeros(rows)


def _zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.float32)
