"""The Hugging Face hub: what of it lies on this machine, and fetching what does not.

Only weights that cannot run code are fetched (safetensors), with one exception: a checkpoint of
COMET, once its user has allowed it (see `mtqa.qe.foreign.comet`).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mtqa.qe.models import ModelError, kind_of

if TYPE_CHECKING:
    from huggingface_hub.hf_api import ModelInfo as Listing

TIMEOUT = 5.0  # seconds for the hub's first answer

# The repositories of MetricX hold no tokenizer: its authors take that of mT5, the same in every
# size (https://github.com/google-research/metricx, "Usage").
MT5_TOKENIZERS = tuple(f"google/mt5-{size}" for size in ("xl", "large", "xxl", "base", "small"))

_TOKENIZER = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "spiece.model",
    "sentencepiece.bpe.model",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
)
_VOCABULARY = ("tokenizer.json", "*.model", "vocab.txt", "vocab.json")
_DESCRIPTION = ("config.json", "model_args.json", "hparams.yaml", "README.md", "LICENSE*")
_WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "model-*-of-*.safetensors")
_INDEX = "model.safetensors.index.json"
_CHECKPOINT = "checkpoints/model.ckpt"

# The hub's own converter, which proposes safetensors where a repository has only pickles;
# transformers takes its proposals too, and only its (transformers.safetensors_conversion).
_CONVERTER = "SFconvertbot"
_CONVERSION = "Adding `safetensors` variant of this model"


def fetch(name: str) -> Path:
    """The folder of a model of the hub, fetched if it is not on this machine.

    Args:
        name: an id such as ``google/metricx-24-hybrid-large-v2p6``.

    Returns:
        a snapshot in the local cache; its weights are complete.

    Raises:
        ModelError: it is neither here nor to be had; the message says what to do.
    """
    here = _on_disk(name)
    if here is not None:
        return here
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        raise ModelError(
            f"{name} is not on this machine and HF_HUB_OFFLINE forbids fetching it; unset it, "
            "or name a folder"
        )
    files = _list(name)
    names = _names(files)
    if "hparams.yaml" in names:
        return _fetch_comet(name)
    if "config.json" not in names:
        raise ModelError(f"{name} has no config.json, so it is no model that mtqa can run")
    folder = _download(name, (*_DESCRIPTION, *_TOKENIZER), files.sha)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if kind_of(folder, config) == "metricx" and not has_vocabulary(folder):
        _fetch_tokenizer(MT5_TOKENIZERS)
    revision = files.sha if not names.isdisjoint(_WEIGHTS[:2]) else _conversion(name, files)
    # The weights come last: a snapshot that has them has everything.
    return _download(name, (*_DESCRIPTION, *_TOKENIZER, *_WEIGHTS), revision)


def downloaded() -> list[tuple[str, Path]]:
    """Models in the hub's local cache whose weights are complete: id and folder, by id."""
    found = []
    for repository in sorted(_cache().glob("models--*--*")):
        name = repository.name.removeprefix("models--").replace("--", "/")
        folder = _on_disk(name)
        if folder is not None:
            found.append((name, folder))
    return found


def tokenizer_on_disk(names: Sequence[str]) -> Path | None:
    """The first of some repositories of whose tokenizer the files lie in the local cache."""
    return next((s for n in names for s in _snapshots(n) if has_vocabulary(s)), None)


def has_vocabulary(folder: Path) -> bool:
    """Whether a folder holds the vocabulary of a tokenizer."""
    return any(True for pattern in _VOCABULARY for _ in folder.glob(pattern))


def encoder_of(folder: Path) -> str | None:
    """The encoder named by the hparams.yaml of a COMET model; its tokenizer is needed too."""
    text = (folder / "hparams.yaml").read_text(encoding="utf-8")
    found = re.search(r"^pretrained_model:\s*['\"]?([^\s'\"]+)", text, re.MULTILINE)
    return found.group(1) if found else None


def _cache() -> Path:
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def _snapshots(name: str) -> Iterator[Path]:
    """Snapshots of a repository, that of its main branch first, then the newest."""
    repository = _cache() / f"models--{name.replace('/', '--')}"
    try:
        main = (repository / "refs" / "main").read_text(encoding="utf-8").strip()
    except OSError:
        main = ""
    folders = [f for f in (repository / "snapshots").glob("*") if f.is_dir()]
    yield from sorted(folders, key=lambda f: (f.name != main, -f.stat().st_mtime, f.name))


def _on_disk(name: str) -> Path | None:
    return next((folder for folder in _snapshots(name) if _complete(folder)), None)


def _complete(folder: Path) -> bool:
    if (folder / "hparams.yaml").is_file():
        return (folder / _CHECKPOINT).is_file()
    if not (folder / "config.json").is_file():
        return False
    if (folder / "model.safetensors").is_file():
        return True
    try:
        shards = json.loads((folder / _INDEX).read_text(encoding="utf-8"))["weight_map"].values()
        return all((folder / shard).is_file() for shard in shards)
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return False


def _fetch_comet(name: str) -> Path:
    from mtqa.qe.foreign.comet import check_allowed

    check_allowed(name)  # before gigabytes are fetched in vain
    folder = _download(name, _DESCRIPTION)
    encoder = encoder_of(folder)
    if encoder is not None:
        _fetch_tokenizer((encoder,))
    return _download(name, (*_DESCRIPTION, _CHECKPOINT))


def _fetch_tokenizer(names: Sequence[str]) -> None:
    if tokenizer_on_disk(names) is None:
        _download(names[0], ("config.json", *_TOKENIZER))


def _conversion(name: str, files: Listing) -> str:
    """The revision in which the hub's converter has put the same weights into safetensors."""
    from huggingface_hub import HfApi

    pickles = _pickles(files)
    if pickles:
        with _explained(name):
            proposals = [
                d
                for d in HfApi().get_repo_discussions(
                    name, author=_CONVERTER, discussion_type="pull_request"
                )
                if d.title == _CONVERSION and d.author == _CONVERTER and d.git_reference
            ]
        for proposal in sorted(proposals, key=lambda d: -d.num):
            reference = str(proposal.git_reference)
            converted = _list(name, reference)
            if _pickles(converted) == pickles and not _names(converted).isdisjoint(_WEIGHTS[:2]):
                return str(converted.sha or reference)
        raise ModelError(
            f"{name} publishes its weights only as a pickle, which can run code and which mtqa "
            "does not load; convert them once to model.safetensors and name that folder"
        )
    raise ModelError(f"{name} holds no weights that mtqa can run (model.safetensors)")


def _names(files: Listing) -> set[str]:
    return {file.rfilename for file in files.siblings or ()}


def _pickles(files: Listing) -> dict[str, str | None]:
    """The pickled weights of a revision, with the checksum of each."""
    return {
        file.rfilename: file.blob_id
        for file in files.siblings or ()
        if re.fullmatch(r"pytorch_model.*\.bin", file.rfilename)
    }


def _list(name: str, revision: str | None = None) -> Listing:
    from huggingface_hub import HfApi

    with _explained(name):
        return HfApi().model_info(name, revision=revision, timeout=TIMEOUT, files_metadata=True)


def _download(name: str, patterns: Sequence[str], revision: str | None = None) -> Path:
    from huggingface_hub import snapshot_download, utils

    shown: Any = utils
    if not sys.stderr.isatty():
        shown.disable_progress_bars()
    with _explained(name):
        folder: Any = snapshot_download(
            name, revision=revision, allow_patterns=list(patterns), etag_timeout=TIMEOUT
        )
    return Path(folder)


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Turn whatever goes wrong between here and the hub into one sentence."""
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        RepositoryNotFoundError,
    )

    try:
        yield
    except ModelError:
        raise
    except GatedRepoError:
        raise ModelError(
            f"{name} is gated: accept its terms at https://huggingface.co/{name}, log in with "
            "`hf auth login`, and run again"
        ) from None
    except RepositoryNotFoundError:
        raise ModelError(
            f"there is no model {name} on the Hugging Face hub, or it is private: check the id, "
            "or log in with `hf auth login`"
        ) from None
    except HFValidationError:
        raise ModelError(f"{name!r} is neither a folder nor an id such as owner/model") from None
    except HfHubHTTPError as error:
        answer = getattr(error.response, "status_code", "an error")
        raise ModelError(
            f"{name} cannot be fetched: the Hugging Face hub answers {answer}; try again later, "
            "or name a folder"
        ) from None
    except PermissionError as error:
        raise ModelError(f"{name} cannot be stored: {error}") from None
    except Exception as error:
        # A lost connection has another class in each release of the library (requests, httpx,
        # httpx2), and none of them is worth a stack trace.
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ModelError(
            f"{name} is not on this machine and cannot be fetched ({reason[0]}): connect to the "
            f"network, or fetch it elsewhere and name the folder"
        ) from None
