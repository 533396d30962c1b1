"""What of the hub is on this machine, and fetching what is not."""

import fnmatch
import json
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub import constants, errors

from mtqa.qe.foreign.hub import downloaded, fetch
from mtqa.qe.models import ModelError, find_model, installed_models

CONFIG = {
    "regressor": {"architectures": ["XLMRobertaForSequenceClassification"]},
    "metricx": {"architectures": ["MT5ForRegression"], "model_type": "mt5"},
    "chat": {"architectures": ["LlamaForCausalLM"], "model_type": "llama"},
}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a hub that is not there."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    return tmp_path / "hub"


def store(cache: Path, name: str, commit: str, files: dict[str, str], main: bool = True) -> Path:
    repository = cache / f"models--{name.replace('/', '--')}"
    folder = repository / "snapshots" / commit
    for file, text in files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if main:
        (repository / "refs").mkdir(exist_ok=True)
        (repository / "refs" / "main").write_text(commit, encoding="utf-8")
    return folder


Remote = dict[tuple[str, str], dict[str, str]]  # (id, revision) → files


class Hub:
    """A stand-in for the hub: revisions of repositories, and a log of what is fetched."""

    def __init__(self, cache: Path, remote: Remote) -> None:
        self.cache = cache
        self.remote = remote
        self.fetched: list[str] = []

    def model_info(self, name: str, revision: str | None = None, **_: Any) -> SimpleNamespace:
        files = self.remote[name, revision or "main"]
        siblings = [SimpleNamespace(rfilename=f, blob_id=text) for f, text in files.items()]
        return SimpleNamespace(sha=revision or "main", siblings=siblings)

    def get_repo_discussions(self, name: str, **_: Any) -> list[SimpleNamespace]:
        return [
            SimpleNamespace(
                title="Adding `safetensors` variant of this model",
                author="SFconvertbot" if "bot" in revision else "somebody",
                num=int(revision.split("/")[-1]),
                git_reference=revision,
            )
            for repository, revision in self.remote
            if repository == name and revision != "main"
        ]

    def snapshot_download(
        self, name: str, revision: str | None = None, *, allow_patterns: list[str], **_: Any
    ) -> str:
        revision = revision or "main"
        files = {
            file: text
            for file, text in self.remote[name, revision].items()
            if any(fnmatch.fnmatch(file, pattern) for pattern in allow_patterns)
        }
        commit = revision.replace("/", "-")
        here = self.cache / f"models--{name.replace('/', '--')}" / "snapshots" / commit
        self.fetched += [f"{name}/{file}" for file in files if not (here / file).exists()]
        return str(store(self.cache, name, commit, files, main=revision == "main"))


@pytest.fixture
def hub(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Remote], Hub]:
    def make(remote: Remote) -> Hub:
        hub = Hub(cache, remote)
        monkeypatch.setattr(huggingface_hub, "HfApi", lambda: hub)
        monkeypatch.setattr(huggingface_hub, "snapshot_download", hub.snapshot_download)
        return hub

    return make


def config(kind: str) -> str:
    return json.dumps(CONFIG[kind])


def test_without_a_network_the_answer_is_one_sentence_and_quick(cache: Path) -> None:
    start = time.monotonic()
    with pytest.raises(ModelError, match=r"^owner/model is not on this machine and cannot be") as e:
        find_model("owner/model")
    assert time.monotonic() - start < 10
    assert "\n" not in str(e.value)


def test_offline_mode_is_respected(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE forbids fetching it"):
        fetch("owner/model")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (errors.GatedRepoError, "is gated: accept its terms at https://huggingface.co/o/m"),
        (errors.RepositoryNotFoundError, "there is no model o/m on the Hugging Face hub"),
        (errors.HfHubHTTPError, "the Hugging Face hub answers 503; try again later"),
    ],
)
def test_each_refusal_of_the_hub_says_what_to_do(
    cache: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception], sentence: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        refusal = error.__new__(error)
        vars(refusal)["response"] = SimpleNamespace(status_code=503)
        raise refusal

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", refuse)
    with pytest.raises(ModelError, match=sentence):
        fetch("o/m")


def test_a_name_that_can_be_no_id_is_refused(cache: Path) -> None:
    with pytest.raises(ModelError, match="neither a folder nor an id"):
        fetch("owner/mo del")


def test_what_is_on_disk_is_taken_without_asking(cache: Path) -> None:
    files = {"config.json": config("regressor"), "model.safetensors": "weights"}
    folder = store(cache, "owner/model", "new", files)
    store(cache, "owner/model", "old", files, main=False)
    assert fetch("owner/model") == folder
    assert find_model("owner/model").kind == "transquest"
    assert downloaded() == [("owner/model", folder)]


def test_a_download_that_was_cut_off_is_not_taken(cache: Path) -> None:
    index = json.dumps({"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}})
    store(
        cache,
        "owner/model",
        "c",
        {
            "config.json": config("metricx"),
            "model.safetensors.index.json": index,
            "model-1.safetensors": "",
        },
    )
    store(cache, "owner/comet", "c", {"hparams.yaml": "a: 1"})
    store(cache, "owner/odd", "c", {"config.json": "{}", "model.safetensors.index.json": "[]"})
    assert downloaded() == []
    store(cache, "owner/model", "c", {"model-2.safetensors": ""})
    assert [name for name, _ in downloaded()] == ["owner/model"]


def test_no_cache_holds_no_models(cache: Path) -> None:
    assert not cache.exists()
    assert downloaded() == []


def test_models_of_other_kinds_in_the_cache_are_not_listed(
    cache: Path, monkeypatch: pytest.MonkeyPatch, model_folder: Path
) -> None:
    from mtqa.qe import models

    monkeypatch.setattr(models, "_shipped_folders", lambda: [model_folder])
    for kind in CONFIG:
        files = {"config.json": config(kind), "model.safetensors": "weights"}
        store(cache, f"owner/{kind}", "c", files)
    names = [model.name for model in installed_models()]
    assert names == [models.SHIPPED, "owner/metricx", "owner/regressor"]


def test_a_model_is_fetched_without_its_pickle(hub: Callable[[Remote], Hub]) -> None:
    files = {"config.json": config("regressor"), "tokenizer.json": "{}", "model.safetensors": "w"}
    files |= {"pytorch_model.bin": "p", "onnx/model.onnx": "o", "tf_model.h5": "t"}
    made = hub({("o/m", "main"): files})
    folder = fetch("o/m")
    assert sorted(path.name for path in folder.rglob("*")) == [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
    ]
    made.fetched.clear()
    assert fetch("o/m") == folder
    assert not made.fetched


def test_metricx_brings_the_tokenizer_of_mt5_and_the_weights_come_last(
    hub: Callable[[Remote], Hub],
) -> None:
    made = hub(
        {
            ("google/x", "main"): {"config.json": config("metricx"), "model.safetensors": "w"},
            ("google/mt5-xl", "main"): {"spiece.model": "s", "pytorch_model.bin": "p"},
        }
    )
    fetch("google/x")
    assert "google/mt5-xl/spiece.model" in made.fetched
    assert "google/mt5-xl/pytorch_model.bin" not in made.fetched
    assert made.fetched[-1] == "google/x/model.safetensors"


def test_a_model_with_a_pickle_alone_comes_from_the_converter_of_the_hub(
    hub: Callable[[Remote], Hub],
) -> None:
    pickled = {"config.json": config("regressor"), "pytorch_model.bin": "now"}
    made = hub(
        {
            ("o/m", "main"): pickled,
            ("o/m", "bot/7"): pickled | {"model.safetensors": "w"},
            ("o/m", "bot/8"): pickled | {"model.safetensors": "w", "pytorch_model.bin": "before"},
            ("o/m", "user/9"): pickled | {"model.safetensors": "evil"},
        }
    )
    assert fetch("o/m").name == "bot-7"
    assert fetch("o/m").name == "bot-7"
    assert made.fetched.count("o/m/model.safetensors") == 1
    assert "o/m/pytorch_model.bin" not in made.fetched


def test_a_model_with_a_pickle_alone_is_refused(hub: Callable[[Remote], Hub]) -> None:
    pickled = {"config.json": config("regressor"), "pytorch_model.bin": "now"}
    made = hub({("o/m", "main"): pickled, ("o/m", "user/9"): pickled | {"model.safetensors": "e"}})
    with pytest.raises(ModelError, match="only as a pickle, which can run code"):
        fetch("o/m")
    assert made.fetched == ["o/m/config.json"]


def test_the_weights_of_a_model_of_another_kind_are_not_fetched(
    hub: Callable[[Remote], Hub],
) -> None:
    made = hub({("o/m", "main"): {"config.json": config("chat"), "model.safetensors": "w"}})
    with pytest.raises(ModelError, match="is no model that scores translations"):
        fetch("o/m")
    assert made.fetched == ["o/m/config.json"]
    made.remote["o/n", "main"] = {"config.json": config("regressor"), "model.gguf": "w"}
    with pytest.raises(ModelError, match="holds no weights that mtqa can run"):
        fetch("o/n")
    made.remote["o/p", "main"] = {"README.md": ""}
    with pytest.raises(ModelError, match=r"has no config\.json"):
        fetch("o/p")


COMET = {"hparams.yaml": "layer: mix\npretrained_model: microsoft/infoxlm-large\n"}
COMET |= {"checkpoints/model.ckpt": "pickle", "README.md": ""}


def test_comet_is_refused_before_gigabytes_are_fetched(
    hub: Callable[[Remote], Hub], monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    made = hub({("o/comet", "main"): COMET})
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelError, match=r"pip install 'mtqa\[comet\]'"):
        fetch("o/comet")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: SimpleNamespace())
    monkeypatch.delenv("MTQA_ALLOW_PICKLE", raising=False)
    with pytest.raises(ModelError, match="can run any code when it is loaded: set MTQA_ALLOW_PICK"):
        fetch("o/comet")
    assert not made.fetched


def test_comet_brings_the_tokenizer_of_its_encoder(
    hub: Callable[[Remote], Hub], monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda _: SimpleNamespace())
    monkeypatch.setenv("MTQA_ALLOW_PICKLE", "1")
    encoder = {"config.json": "{}", "sentencepiece.bpe.model": "s", "pytorch_model.bin": "p"}
    made = hub(
        {("o/comet", "main"): COMET, ("microsoft/infoxlm-large", "main"): encoder},
    )
    folder = fetch("o/comet")
    assert (folder / "checkpoints" / "model.ckpt").is_file()
    assert made.fetched[-1] == "o/comet/checkpoints/model.ckpt"
    assert "microsoft/infoxlm-large/sentencepiece.bpe.model" in made.fetched
    assert "microsoft/infoxlm-large/pytorch_model.bin" not in made.fetched
    assert find_model("o/comet").kind == "comet"
