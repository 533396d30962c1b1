"""Train the QE model by a recipe.

What is drawn in a step depends only on the seed and the number of the step, and a checkpoint holds
all that changes, so that a run that was stopped goes on where its last checkpoint stands.
"""

from __future__ import annotations

import json
import math
import os
import random
import shutil
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from torch import Tensor

from mtqa.config import ConfigError
from mtqa.qe.batching import PieceEncoder, Pieces, pool_words
from mtqa.qe.folder import load_model
from mtqa.qe.model import Estimate, Layer, QEConfig, QEModel, from_bert
from mtqa.qe.predict import predict
from mtqa.qe.segments import literal_kinds, token_classes
from mtqa.qe.storage import load_packed
from mtqa.qe.training.damage import MODES, UNKNOWN, Marked, Pool, draw_twin, make_pool, mark
from mtqa.qe.training.data import (
    FROM_ENGLISH,
    INTO_ENGLISH,
    Judged,
    hold_out,
    read_mlqe,
    read_mqm,
    read_own,
)
from mtqa.qe.training.fast_linear import speed_up, weights_changed
from mtqa.qe.training.recipe import Recipe

UNRELATED = -2.8
GOOD_ENOUGH = {0: -0.3, 1: 0.0}
# Seconds between checkpoints.
SAVE_EVERY = 300


def dev_document(document: str) -> bool:
    """Whether an MQM document of the training year is kept for development."""
    return sum(document.encode()) % 10 == 0


def read_judged(data: Path, recipe: Recipe) -> tuple[list[Judged], list[Judged]]:
    """One's own judgements to train on and those held out, by the recipe.

    Raises:
        ConfigError: a file cannot be used.
    """
    rows = [
        row
        for name in recipe.judgements
        for row in read_own(data / name, recipe.columns, recipe.pair, recipe.scale)
    ]
    return hold_out(rows, recipe.held_out)


def read_training(data: Path, recipe: Recipe) -> list[Judged]:
    """The judged translations in the order of training, by the passes of the recipe.

    Raises:
        ConfigError: a file of the data is missing or cannot be used, or they are too few.
    """
    rng = random.Random(recipe.seed)
    chosen: list[Judged] = []

    def take(rows: list[Judged], passes: float) -> None:
        whole, part = int(passes), passes - int(passes)
        chosen.extend(rows * whole)
        chosen.extend(rng.sample(rows, round(part * len(rows))))

    mlqe = data / "mlqe-pe"
    for name, pairs in (("into_english", INTO_ENGLISH), ("from_english", FROM_ENGLISH)):
        if recipe.passes.get(name):
            for pair in pairs:
                take(read_mlqe(mlqe, pair, "train"), recipe.passes[name])
    if recipe.passes.get("mqm"):
        rows = read_mqm(data / "mqm-zh-en" / "newstest2020.jsonl.gz")
        rows = [r for r in rows if not dev_document(r.document) and len(r.translation) < 400]
        take(rows, recipe.passes["mqm"])
    if recipe.judgements:
        take(read_judged(data, recipe)[0], recipe.passes["judgements"])
    if len(chosen) < recipe.batch:
        raise ConfigError(
            f"{data}: {len(chosen)} judged translations are fewer than one batch of "
            f"{recipe.batch}; give more, or raise passes"
        )
    rng.shuffle(chosen)
    batch = recipe.batch
    batches: list[list[Judged]] = []
    for start in range(0, len(chosen), batch * 50):
        part = chosen[start : start + batch * 50]
        part.sort(key=lambda r: len(r.translation.encode()) + len(r.source.encode()) // 2)
        cut = [part[i : i + batch] for i in range(0, len(part), batch)]
        batches.extend(b for b in cut if len(b) == batch)
    rng.shuffle(batches)
    return [row for b in batches for row in b]


@dataclass
class Step:
    """Everything one step computes on.

    Attributes:
        base: judged translations.
        sources: source texts; the first are those of ``base``.
        targets: translations with their words; the first are those of ``base``.
        domains: domain of each target.
        pairs: (source, target) of each row of the joint view; the first are those of ``base``.
        alone: targets of the view of the translation alone; the first are those of ``base``.
        twins: (mode, base, target, row of the joint view).
        apart: rows of the joint view that have nothing to do with each other.
    """

    base: list[Judged]
    sources: list[str]
    targets: list[Marked]
    domains: list[int]
    pairs: list[tuple[int, int]]
    alone: list[int]
    twins: list[tuple[str, int, int, int]]
    apart: list[int]


def make_step(rows: Sequence[Judged], pools: dict[str, Pool], recipe: Recipe, number: int) -> Step:
    """Draw twins and unrelated pairs for the judged translations of a step."""
    rng = random.Random(recipe.seed * 1_000_003 + number)
    base = list(rows)
    targets = [mark(r.translation, r.words) for r in base]
    step = Step(
        base,
        [r.source for r in base],
        targets,
        [r.domain for r in base],
        [(i, i) for i in range(len(base))],
        list(range(len(base))),
        [],
        [],
    )
    good = [i for i, r in enumerate(base) if r.score > GOOD_ENOUGH[r.domain]]
    rng.shuffle(good)
    for i in good[: round(recipe.twins * len(base))]:
        row = base[i]
        language = row.pair.split("-")[1]
        drawn = draw_twin(rng, targets[i], row.source, pools[language], language == "en")
        if drawn is None:
            continue
        name, twin = drawn
        step.twins.append((name, i, len(step.targets), len(step.pairs)))
        step.pairs.append((i, len(step.targets)))
        if MODES[name].alone > 0:
            step.alone.append(len(step.targets))
        step.targets.append(twin)
        step.domains.append(row.domain)
    for _ in range(recipe.negatives):
        i, k = rng.sample(range(len(base)), 2)
        if base[i].source != base[k].source:
            step.apart.append(len(step.pairs))
            step.pairs.append((i, k))
    for i in rng.sample(range(len(base)), recipe.copies):
        step.apart.append(len(step.pairs))
        step.pairs.append((i, len(step.targets)))
        step.targets.append(mark(base[i].source))
        step.domains.append(base[i].domain)
    return step


def word_loss(
    logits: Tensor,
    shift: Tensor,
    pieces: Sequence[Pieces],
    targets: Sequence[Marked],
    everything_wrong: set[int],
) -> Tensor:
    """Mean binary cross-entropy over the judged words of some rows.

    Args:
        logits: (tokens of all rows,).
        shift: (rows,) shift of the domain of each row.
        pieces: tokenised targets of the rows.
        targets: targets of the rows.
        everything_wrong: rows whose every word is wrong.
    """
    spans = [[(s, e) for s, e, _ in t.words] for t in targets]
    pooled, found = pool_words(logits, [p.offsets for p in pieces], spans)
    pooled = pooled + shift[torch.tensor([row for row, _ in found], dtype=torch.long)]
    labels = [
        1.0 if row in everything_wrong else targets[row].words[index][2] for row, index in found
    ]
    label = torch.tensor(labels)
    weight = (label != UNKNOWN).float()
    losses = F.binary_cross_entropy_with_logits(pooled, label.clamp(min=0), reduction="none")
    return (losses * weight).sum() / weight.sum().clamp(min=1)


def step_loss(
    model: QEModel, encoder: PieceEncoder, step: Step, weights: dict[str, float]
) -> tuple[Tensor, dict[str, float]]:
    """Loss of a step and its parts."""
    s_pieces = encoder(step.sources)
    t_pieces = encoder([t.text for t in step.targets])
    sources = model.lower([p.ids for p in s_pieces])
    targets = model.lower([p.ids for p in t_pieces])
    literals: tuple[list[list[int]], list[list[int]]] = ([], [])
    for s, t in step.pairs:
        source, target = step.sources[s], step.targets[t].text
        literals[0].append(token_classes(s_pieces[s].offsets, literal_kinds(source, target)))
        literals[1].append(token_classes(t_pieces[t].offsets, literal_kinds(target, source)))
    joint = model.joint(
        sources.take([s for s, _ in step.pairs]), targets.take([t for _, t in step.pairs]), literals
    )
    alone = model.alone(targets.take(step.alone))

    domain = torch.tensor(step.domains)
    count = len(step.base)
    truth = torch.tensor([r.score for r in step.base]).clamp(-3.5, 2.5)
    # Scores are on the scale of direct assessment itself; only that of MQM is learnt. Were both
    # free, margins between twins could be met by stretching all scores.
    scale = torch.cat([torch.ones(1), model.domain_scale[1:]])
    shift = torch.cat([torch.zeros(1), model.domain_shift[1:]])
    parts: dict[str, Tensor] = {}
    views: tuple[tuple[str, Estimate, list[int]], ...] = (
        ("joint", joint, [t for _, t in step.pairs]),
        ("alone", alone, step.alone),
    )
    apart = set(step.apart)
    for name, view, rows in views:
        base_domain = domain[:count]
        fitted = view.score[:count] * scale[base_domain] + shift[base_domain]
        parts[f"score_{name}"] = F.mse_loss(fitted, truth)
        parts[f"words_{name}"] = word_loss(
            view.wrong,
            model.domain_wrong[domain[torch.tensor(rows)]],
            [t_pieces[t] for t in rows],
            [step.targets[t] for t in rows],
            apart if name == "joint" else set(),
        )
        place = {t: i for i, t in enumerate(rows)} if name == "alone" else {}
        losses = []
        for mode_name, i, t, row in step.twins:
            mode = MODES[mode_name]
            margin = mode.joint if name == "joint" else mode.alone
            at = row if name == "joint" else place.get(t, -1)
            if at < 0:
                continue
            good = view.score[i]
            drop = 0.5 * (good + good.detach()) - view.score[at]
            if mode.benign:
                losses.append(F.relu(drop.abs() - margin))
            else:
                losses.append(F.relu(margin - drop))
        if losses:
            parts[f"twins_{name}"] = torch.stack(losses).sum() / count * 2
    if step.apart:
        parts["apart"] = F.relu(joint.score[torch.tensor(step.apart)] - UNRELATED).mean()
    total = torch.stack([weights.get(name, 1.0) * part for name, part in parts.items()]).sum()
    return total, {name: float(part.detach()) for name, part in parts.items()}


def rate_groups(model: QEModel, recipe: Recipe) -> list[dict[str, Any]]:
    """Parameter groups: the rate falls from the top layer down, heads have their own."""
    groups: dict[tuple[float, float], list[Tensor]] = defaultdict(list)
    for name, parameter in model.named_parameters():
        low = name.startswith("layers.") and int(name.split(".")[1]) < recipe.frozen
        if low or (recipe.frozen and name.startswith(("positions", "embedding_norm"))):
            parameter.requires_grad_(False)
    layers = model.config.num_hidden_layers
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        if name.startswith("layers."):
            depth = layers - 1 - int(name.split(".")[1])
            rate = recipe.rate * recipe.decay**depth
        elif name.startswith(("positions", "embedding_norm")):
            rate = recipe.rate * recipe.decay**layers
        elif name.startswith(("segments", "literals", "align_in", "join_norm")):
            rate = recipe.head_rate / 2
        else:
            rate = recipe.head_rate
        groups[rate, 0.0 if parameter.ndim < 2 else recipe.weight_decay].append(parameter)
    return [
        {"params": params, "lr": rate, "peak": rate, "weight_decay": decay}
        for (rate, decay), params in groups.items()
    ]


def new_model(start: Path, split: int) -> QEModel:
    """A model to be trained.

    Args:
        start: folder of an encoder, which gets fresh heads, or of a model to go on from.
        split: lower layers that see the two texts apart; a model has its own.

    Raises:
        ConfigError: the folder holds neither.
    """
    try:
        values = json.loads((start / "config.json").read_text(encoding="utf-8"))
        if values.get("model_type") == "mtqa-qe":
            return load_model(start)[0]
        config = QEConfig.from_dict({**values, "split": split})
        state = from_bert(load_packed(start / "model.safetensors"), config)
    except FileNotFoundError as error:
        raise ConfigError(
            f"{start}: is no folder of an encoder or a model ({Path(error.filename or '').name} is "
            "missing); make an encoder with python -m mtqa.qe.training.encoder_build"
        ) from None
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise ConfigError(f"{start}: cannot be read as an encoder or a model: {error}") from None
    model = QEModel(config)
    missing, unexpected = model.load_state_dict(state, strict=False)
    if unexpected or any(name.startswith(("layers.", "words.")) for name in missing):
        raise ConfigError(f"{start}: its weights are not those of an encoder that fits the model")
    return model


def prepare(model: QEModel, recipe: Recipe) -> None:
    """Make a model compute as it is to be trained, in place.

    The correction of its score is dropped, which `finish` fits anew; not with one's own judgements.
    """
    if not recipe.judgements:
        model.correct.reset_parameters()
    for layer in model.layers[recipe.frozen :]:
        assert isinstance(layer, Layer)
        layer.dropout.p = recipe.dropout
    if recipe.eight_bit:
        speed_up(model.layers)


def trained_state(model: QEModel) -> dict[str, Tensor]:
    """The state of a model without the frozen table."""
    return {k: v for k, v in model.state_dict().items() if not k.startswith("words.")}


def foreign_load() -> tuple[float, float]:
    """Seconds of processor time that other programs have taken, and the clock.

    Read from /proc/stat; zero where there is none.
    """
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0, time.time()
    busy = sum(map(int, stat.read_text(encoding="ascii").split()[1:4]))
    return busy / os.sysconf("SC_CLK_TCK") - time.process_time(), time.time()


def choose_threads(before: tuple[float, float], cores: int) -> tuple[float, float]:
    """Leave the cores alone that others are busy on: a thread that waits holds up all others.

    Args:
        before: what :func:`foreign_load` said at the last call.
        cores: most threads to use.

    Returns:
        what it says now.
    """
    now = foreign_load()
    busy = (now[0] - before[0]) / max(now[1] - before[1], 1e-3)
    torch.set_num_threads(max(1, cores - int(busy + 0.6)))
    return now


def quick_dev(
    model: QEModel, encoder: PieceEncoder, dev: dict[str, list[Judged]]
) -> dict[str, list[float]]:
    """Pearson of both views and word correlation of the joint view, for each data set."""
    out = {}
    for name, rows in dev.items():
        truth = np.array([r.score for r in rows])
        spans = [[(s, e) for s, e, _ in r.words] for r in rows]
        texts = [r.translation for r in rows]
        joint = predict(model, encoder, texts, [r.source for r in rows], spans)
        alone = predict(model, encoder, texts)
        tags = [
            (logit, bad)
            for p, r in zip(joint, rows, strict=True)
            for (_, _, logit), (_, _, bad) in zip(p.words, r.words, strict=False)
        ]
        words = np.corrcoef([t[0] for t in tags], [t[1] for t in tags])[0, 1] if tags else np.nan
        out[name] = [
            round(float(np.corrcoef(truth, [p.score for p in joint])[0, 1]), 4),
            round(float(np.corrcoef(truth, [p.score for p in alone])[0, 1]), 4),
            round(float(words), 4),
        ]
    return out


@dataclass(frozen=True)
class Run:
    """How a call of :func:`train` ended.

    Attributes:
        step: steps done, in all.
        total: steps that the recipe asks for.
        stopped: number of the signal that stopped it; None when it came to its end.
    """

    step: int
    total: int
    stopped: int | None


def read_checkpoint(path: Path) -> dict[str, Any]:
    """What a checkpoint holds: model, optimizer, step, factor, pace, recipe.

    Raises:
        ConfigError: it is no whole checkpoint.
    """
    try:
        saved = torch.load(path, weights_only=True, map_location="cpu")
        missing = _CHECKPOINT - saved.keys()
    except FileNotFoundError:
        raise ConfigError(f"there is no checkpoint {str(path)!r}") from None
    except Exception as error:  # torch raises whatever the damaged bytes lead it to
        reason = str(error).split("\n")[0][:100]
        raise ConfigError(
            f"{path}: is damaged ({reason}); put back a copy, or move it away to start anew"
        ) from None
    if missing:
        raise ConfigError(f"{path}: is no checkpoint; it lacks {', '.join(sorted(missing))}")
    return dict(saved)


_CHECKPOINT = {"model", "optimizer", "step", "factor", "pace", "recipe"}


def train(
    recipe: Recipe,
    data: Path,
    start: Path,
    out: Path,
    *,
    finish_by: float | None = None,
    steps: int | None = None,
    dev_rows: int = 120,
    every: int = 300,
    tell: Callable[[dict[str, Any]], None] = lambda entry: None,
) -> Run:
    """Train, writing ``checkpoint.pt`` and ``log.jsonl`` to a folder.

    SIGTERM and SIGINT stop it after the step under way, with a checkpoint; a second one at once.

    Args:
        recipe: the settings.
        data: folder of the data.
        start: folder of an encoder, as written by :mod:`mtqa.qe.training.encoder_build`, or of a
            model to go on from.
        out: folder of the run; a checkpoint found there is taken up.
        finish_by: time (seconds since the epoch) at which the learning rate must have come
            down to zero even when the passes are not done; None for no such time. A run with
            such a time is repeatable only up to where it was cut.
        steps: at most so many steps.
        dev_rows: translations of each development set in the checks under way.
        every: steps between those checks.
        tell: gets what is written to the log.

    Raises:
        ConfigError: the data, the folder to start from or the checkpoint cannot be used, or
            the folder of the run cannot be written to.
    """
    if not data.is_dir():
        raise ConfigError(f"there is no folder {str(data)!r}; name the one that holds the data")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{out}: cannot be made a folder: {error.strerror}") from None
    compilers = (os.environ.get("CXX", ""), "g++", "clang++", "cl")
    if recipe.eight_bit and not any(map(shutil.which, compilers)):
        raise ConfigError(
            "eight_bit needs a C++ compiler (g++, clang++, or the one that CXX names); install "
            "one, or set eight_bit = false in the recipe"
        )
    torch.manual_seed(recipe.seed)
    rows = read_training(data, recipe)
    total = min(len(rows) // recipe.batch, steps or len(rows))
    languages = sorted({r.pair.split("-")[1] for r in rows})
    pools = {
        language: make_pool(
            sorted({r.translation for r in rows if r.pair.split("-")[1] == language})
        )
        for language in languages
    }
    dev = read_dev(data, recipe, dev_rows)

    model = new_model(start, recipe.split)
    recipe = replace(recipe, split=model.config.split)
    prepare(model, recipe)
    encoder = PieceEncoder(start / "tokenizer.json", recipe.limit)
    optimizer = torch.optim.AdamW(rate_groups(model, recipe), fused=True)
    step, factor, pace = 0, 1.0, 0.0
    checkpoint = out / "checkpoint.pt"
    if checkpoint.exists():
        saved = read_checkpoint(checkpoint)
        try:
            absent, unknown = model.load_state_dict(saved["model"], strict=False)
            optimizer.load_state_dict(saved["optimizer"])
        except (RuntimeError, ValueError, KeyError) as error:
            raise ConfigError(
                f"{checkpoint}: is of another model or recipe ({str(error).split(chr(10))[0]}); "
                "name another folder with --out"
            ) from None
        if unknown or any(not name.startswith("words.") for name in absent):
            raise ConfigError(f"{checkpoint}: is of another model; name another folder with --out")
        step, factor, pace = saved["step"], saved["factor"], saved["pace"]
    stopped: int | None = None
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def on_signal(number: int, frame: object) -> None:
        nonlocal stopped
        stopped = number
        restore_signals()

    def restore_signals() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    for number in before:
        signal.signal(number, on_signal)

    def save(path: Path = checkpoint) -> None:
        state = {
            "model": trained_state(model),
            "optimizer": optimizer.state_dict(),
            "step": step,
            "factor": factor,
            "pace": pace,
            "recipe": recipe.__dict__,
        }
        new = path.with_suffix(".new")
        try:
            torch.save(state, new)
            os.replace(new, path)
        except (OSError, RuntimeError) as error:
            raise ConfigError(f"{path}: cannot be written: {error}") from None

    def log(entry: dict[str, Any]) -> None:
        with (out / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
        tell(entry)

    def figures() -> dict[str, list[float | None]]:
        found = quick_dev(model, encoder, dev)
        return {n: [None if math.isnan(v) else v for v in values] for n, values in found.items()}

    try:
        log({"start": step, "total": total, "rows": len(rows)})
        sums: dict[str, float] = defaultdict(float)
        saved_at = time.time()
        model.train()
        cores = torch.get_num_threads()
        load = foreign_load()
        while step < total and stopped is None:
            left = float(total - step)
            if finish_by is not None and pace > 0:
                left = min(left, (finish_by - time.time()) / pace)
            if left < 1 and step > 20:
                break
            cooled = min(1.0, left / (recipe.cooldown * (step + left)))
            if cooled < 1 and factor == 1:
                save(out / "trunk.pt")
            factor = min(factor, cooled) if finish_by is None else cooled
            warm = min(1.0, (step + 1) / recipe.warmup)
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * factor * warm
            if os.nice(0) > 0 and time.time() - load[1] > 2:
                load = choose_threads(load, cores)
            began = time.time()
            torch.manual_seed(recipe.seed * 7919 + step)
            drawn = make_step(
                rows[step * recipe.batch : (step + 1) * recipe.batch], pools, recipe, step
            )
            loss, parts = step_loss(model, encoder, drawn, recipe.weights)
            loss.backward()  # type: ignore[no-untyped-call]
            norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            if torch.isfinite(norm):
                optimizer.step()
                weights_changed(model.layers)
            optimizer.zero_grad()
            step += 1
            took = time.time() - began
            pace = took if pace == 0 else pace + (min(took, 4 * pace) - pace) / min(step, 100)
            for name, value in parts.items():
                sums[name] += value
            if step % 20 == 0:
                entry = {k: round(v / 20, 4) for k, v in sums.items()}
                clock = datetime.now().strftime("%H:%M:%S")
                log(
                    {
                        "step": step,
                        "at": clock,
                        "factor": round(factor * warm, 4),
                        "pace": round(pace, 3),
                        "threads": torch.get_num_threads(),
                        "left": round(left),
                        "norm": round(float(norm), 2),
                        **entry,
                    }
                )
                sums.clear()
            if time.time() - saved_at > SAVE_EVERY:
                save()
                saved_at = time.time()
            if step % every == 0 and step < total:
                model.eval()
                log({"step": step, "dev": figures()})
                model.train()
        save()
        model.eval()
        if stopped is None:
            log({"step": step, "final": True, "dev": figures()})
    finally:
        restore_signals()
    return Run(step, total, stopped)


def read_dev(data: Path, recipe: Recipe, most: int) -> dict[str, list[Judged]]:
    """Development sets of the data that a recipe trains on, by name; ``most`` rows of each."""
    dev = {
        pair: read_mlqe(data / "mlqe-pe", pair, "dev")[:most]
        for name, pairs in (("into_english", INTO_ENGLISH), ("from_english", FROM_ENGLISH))
        if recipe.passes.get(name)
        for pair in pairs
    }
    others = {}
    if recipe.passes.get("mqm"):
        mqm = read_mqm(data / "mqm-zh-en" / "newstest2020.jsonl.gz")
        others["mqm"] = [r for r in mqm if dev_document(r.document)]
    if recipe.judgements:
        others["judgements"] = read_judged(data, recipe)[1]
    for name, rows in others.items():
        if len(rows) > 2:  # fewer have no correlation worth a look
            dev[name] = random.Random(0).sample(rows, min(most, len(rows)))
    return dev
