"""Search by meaning with a model in a folder of this machine: who asks goes to its process, who writes loads it."""

from functools import cached_property
from pathlib import Path

from kb.meaning import answering
from kb.meaning.contract import Embedder, MeaningUnavailable, Near
from kb.meaning.vectors import VectorStore


class LocalMeaning:
    """folder: the model. root: where the vectors lie. socket: of the process that embeds what is asked."""

    def __init__(self, folder: Path, root: Path, socket: Path) -> None:
        self._folder = folder
        self._root = root
        self._socket = socket
        self._stores: dict[str, VectorStore] = {}

    @cached_property
    def embedder(self) -> Embedder:
        """Loaded into this process. Raises MeaningUnavailable."""
        try:
            from kb.meaning.onnx import OnnxEmbedder
        except ImportError as error:
            raise MeaningUnavailable(f"{error.name} is not installed. Install showhow[semantic].") from error
        return OnnxEmbedder(self._folder)

    @property
    def store(self) -> VectorStore:
        """The vectors of the model in that folder. Raises MeaningUnavailable."""
        return self._store(self.embedder.model)

    def nearest(self, text: str, *, visible: frozenset[str], limit: int) -> list[Near]:
        """Return the screencasts of the `limit` visible passages that come nearest. Raises MeaningUnavailable.

        visible: what the asker may see, from the database; nothing else is compared.
        """
        model, vector = answering.ask(self._socket, text)
        return self._store(model).nearest(vector, visible=visible, limit=limit)

    def store_of_process(self) -> VectorStore:
        """The vectors as the process sees them, without loading the model into this one. Raises MeaningUnavailable."""
        model, _ = answering.ask(self._socket, "", deadline_s=5)
        return self._store(model)

    def _store(self, model: str) -> VectorStore:
        return self._stores.setdefault(model, VectorStore(self._root, model))
