"""Computes `words.txt` and `vectors.bin`, the word vectors of the search. See README.md.

    python generate.py MODEL WORDNET

MODEL is the folder of the unpacked sentence transformer, WORDNET the `dict` folder of the WordNet database.
"""

import json
import re
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

DIMENSIONS = 64
# A component has 4 bits: a number from -7 to 7 of steps that are as long as the component varies. Larger ones are clamped.
LARGEST = 7
CLAMPED_AT = 2.6
# The first numbers of the model's vocabulary are no words; the words behind are in the order of their frequency.
FIRST_WORD = 1996
BATCH = 256
HERE = Path(__file__).parent
WORD = re.compile(r"[a-z]{3,20}")


def wordnet_lemmas(folder):
    """Returns all single words of WordNet, and those that occur in its tagged texts."""
    known, tagged = set(), set()
    for line in (folder / "index.sense").read_text().splitlines():
        key, _, _, count = line.split(" ")
        word = key.split("%")[0]
        if WORD.fullmatch(word):
            known.add(word)
            if int(count) > 0:
                tagged.add(word)
    return known, tagged


def base_forms(word):
    """Returns the words that a word may be an inflected form of."""
    yield word
    for ending, bases in [("s", [""]), ("es", [""]), ("ies", ["y"]), ("ed", ["", "e"]), ("ing", ["", "e"]), ("er", ["", "e"])]:
        if word.endswith(ending):
            stem = word[: -len(ending)]
            yield from (stem + base for base in bases)
            if len(stem) > 2 and stem[-1] == stem[-2]:
                yield stem[:-1]


def vocabulary(tokenizer, wordnet):
    """Returns the words that get a vector: frequent ones, those of the lists in the folder above, and `extra.txt`."""
    known, tagged = wordnet_lemmas(wordnet)
    frequent = {word for word in tokenizer.get_vocab() if WORD.fullmatch(word)}
    words = {word for word in frequent if any(base in known for base in base_forms(word))} | tagged
    lists = list(HERE.parent.glob("*.txt")) + [HERE / "extra.txt"]
    for path in lists:
        words.update(WORD.findall(path.read_text().lower()))
    return sorted(words)


class Encoder:
    """The sentence transformer: a BERT whose outputs are averaged."""

    def __init__(self, folder):
        self.config = json.loads((folder / "config.json").read_text())
        self.weights = {name.removeprefix("bert."): array.astype(np.float32)
                        for name, array in load_file(folder / "model.safetensors").items()
                        if array.dtype.kind == "f"}

    def linear(self, name, x):
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def normalize(self, name, x):
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        x = (x - mean) / np.sqrt(variance + self.config["layer_norm_eps"])
        return x * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]

    def attention(self, layer, x):
        count, length, size = x.shape
        heads = self.config["num_attention_heads"]
        split = lambda y: y.reshape(count, length, heads, size // heads).transpose(0, 2, 1, 3)
        query, key, value = (split(self.linear(f"{layer}.attention.self.{name}", x)) for name in ("query", "key", "value"))
        scores = query @ key.transpose(0, 1, 3, 2) / np.sqrt(size // heads)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        shares /= shares.sum(-1, keepdims=True)
        return (shares @ value).transpose(0, 2, 1, 3).reshape(count, length, size)

    def encode(self, ids):
        """Encodes sequences of one length."""
        words = self.weights["embeddings.word_embeddings.weight"][ids]
        positions = self.weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        x = words + positions + self.weights["embeddings.token_type_embeddings.weight"][0]
        x = self.normalize("embeddings.LayerNorm", x)
        for number in range(self.config["num_hidden_layers"]):
            layer = f"encoder.layer.{number}"
            attended = self.linear(f"{layer}.attention.output.dense", self.attention(layer, x))
            x = self.normalize(f"{layer}.attention.output.LayerNorm", x + attended)
            inner = self.linear(f"{layer}.intermediate.dense", x)
            inner = 0.5 * inner * (1 + np.tanh(0.7978845608 * (inner + 0.044715 * inner**3)))
            x = self.normalize(f"{layer}.output.LayerNorm", x + self.linear(f"{layer}.output.dense", inner))
        return x.mean(1)


def pack(vectors):
    """Returns the length of a step of each component, and two components a byte, the first in the lower half."""
    steps = vectors.std(0) * CLAMPED_AT / LARGEST
    rows = np.clip(np.rint(vectors / steps), -LARGEST, LARGEST).astype(np.int8) + 8
    return steps.astype("<f4").tobytes() + (rows[:, ::2] | rows[:, 1::2] << 4).astype(np.uint8).tobytes()


def rarity(word, tokenizer):
    """Returns how rare a word is in English, from 0 to 255, on a logarithmic scale."""
    vocabulary = tokenizer.get_vocab()
    last = len(vocabulary) - FIRST_WORD
    rank = max(vocabulary.get(word, len(vocabulary)) - FIRST_WORD, 100)
    return round(255 * np.log(rank / 100) / np.log(last / 100))


def main():
    model, wordnet = Path(sys.argv[1]), Path(sys.argv[2])
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    encoder = Encoder(model)
    words = vocabulary(tokenizer, wordnet)
    by_length = {}
    for number, word in enumerate(words):
        ids = tokenizer.encode(word).ids
        by_length.setdefault(len(ids), []).append((number, ids))
    vectors = np.zeros((len(words), encoder.config["hidden_size"]), np.float32)
    for group in by_length.values():
        for start in range(0, len(group), BATCH):
            batch = group[start : start + BATCH]
            vectors[[number for number, _ in batch]] = encoder.encode(np.array([ids for _, ids in batch]))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors -= vectors.mean(0)
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    vectors = vectors @ axes[:, ::-1][:, :DIMENSIONS]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    packed = pack(vectors) + bytes(rarity(word, tokenizer) for word in words)
    (HERE / "words.txt").write_text("".join(f"{word}\n" for word in words))
    (HERE / "vectors.bin").write_bytes(packed)
    print(f"{len(words)} words, {len(packed)} bytes")


main()
