"""Train the QE model by a recipe.

Run as ``python -m mtqa.qe.training.train RECIPE --data FOLDER --encoder FOLDER --out FOLDER``. What is
drawn in a step depends only on the seed and the number of the step, and a checkpoint holds all
that changes, so that a run that was stopped goes on where its last checkpoint stands.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import time
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from mtqa.qe.batching import PieceEncoder, Pieces, pool_words
from mtqa.qe.model import Estimate, QEConfig, QEModel, from_bert
from mtqa.qe.predict import predict
from mtqa.qe.segments import literal_kinds, token_classes
from mtqa.qe.storage import load_packed
from mtqa.qe.training.damage import MODES, UNKNOWN, Marked, Pool, draw_twin, make_pool, mark
from mtqa.qe.training.data import FROM_ENGLISH, INTO_ENGLISH, Judged, read_mlqe, read_mqm
from mtqa.qe.training.fast_linear import speed_up, weights_changed

UNRELATED = -2.8
GOOD_ENOUGH = {0: -0.3, 1: 0.0}
DEV_SHARE = 0.1


@dataclass(frozen=True)
class Recipe:
    """Settings of a training run.

    Attributes:
        seed: seed of everything drawn.
        split: lower layers that see the two texts apart.
        batch: judged translations of a step.
        passes: how often each data set is gone through (into_english, from_english, mqm); a
            part of a pass takes a random part of the set.
        rate, head_rate: peak learning rates of the top layer and of the heads.
        decay: factor of the rate from each layer to the one below.
        warmup: steps until the peak.
        cooldown: share of the run, at its end, over which the rate falls to zero. The state
            before it is kept as ``trunk.pt``: a run that starts from a copy of it goes on as if
            it had not come to its end.
        frozen: lowest layers that are not trained.
        eight_bit: compute the layers in 8 bits (see :mod:`mtqa.qe.training.fast_linear`).
        twins: share of the judged translations that get a synthetic twin.
        negatives: pairs of a source and the translation of another sentence in a step.
        copies: pairs of a source and its copy in a step.
        limit: longest text in pieces.
        weights: weights of the parts of the loss.
    """

    seed: int = 1
    split: int = 6
    batch: int = 32
    passes: dict[str, float] = field(default_factory=dict)
    rate: float = 1.5e-4
    head_rate: float = 1e-3
    decay: float = 0.92
    warmup: int = 80
    cooldown: float = 0.3
    weight_decay: float = 0.01
    frozen: int = 0
    eight_bit: bool = False
    twins: float = 0.5
    negatives: int = 3
    copies: int = 1
    limit: int = 128
    weights: dict[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Recipe:
        """Read a recipe from a TOML file; an unknown key is an error."""
        with path.open("rb") as file:
            return cls(**tomllib.load(file))


def dev_document(document: str) -> bool:
    """Whether an MQM document of the training year is kept for development."""
    return sum(document.encode()) % 10 == 0


def read_training(data: Path, recipe: Recipe) -> list[Judged]:
    """The judged translations in the order of training, by the passes of the recipe."""
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
    parts: dict[str, Tensor] = {}
    views: tuple[tuple[str, Estimate, list[int]], ...] = (
        ("joint", joint, [t for _, t in step.pairs]),
        ("alone", alone, step.alone),
    )
    apart = set(step.apart)
    for name, view, rows in views:
        base_domain = domain[:count]
        fitted = view.score[:count] * model.domain_scale[base_domain]
        fitted = fitted + model.domain_shift[base_domain]
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


def new_model(encoder: Path, split: int) -> QEModel:
    """A model with the weights of the encoder and fresh heads."""
    values = json.loads((encoder / "config.json").read_text(encoding="utf-8"))
    config = QEConfig.from_dict({**values, "split": split})
    model = QEModel(config)
    state = from_bert(load_packed(encoder / "model.safetensors"), config)
    missing, unexpected = model.load_state_dict(state, strict=False)
    if unexpected or any(name.startswith(("layers.", "words.")) for name in missing):
        raise ValueError(f"{encoder} does not fit the model")
    return model


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


def train(
    recipe: Recipe,
    data: Path,
    encoder_folder: Path,
    out: Path,
    finish_by: float | None,
    steps: int | None = None,
    dev_rows: int = 120,
    every: int = 300,
) -> None:
    """Train, writing ``checkpoint.pt`` and ``log.jsonl`` to a folder.

    Args:
        recipe: the settings.
        data: folder of the data.
        encoder_folder: as written by :mod:`mtqa.qe.training.encoder_build`.
        out: folder of the run; a checkpoint found there is taken up.
        finish_by: time (seconds since the epoch) at which the learning rate must have come
            down to zero even when the passes are not done; None for no such time. A run with
            such a time is repeatable only up to where it was cut.
        steps: at most so many steps.
        dev_rows: translations of each development set in the checks under way.
        every: steps between those checks.
    """
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    rows = read_training(data, recipe)
    total = min(len(rows) // recipe.batch, steps or len(rows))
    english = [r.translation for r in rows if r.pair.endswith("-en")]
    pools = {"en": make_pool(sorted(set(english)))}
    for pair in FROM_ENGLISH:
        texts = sorted({r.translation for r in rows if r.pair == pair})
        if texts:
            pools[pair.split("-")[1]] = make_pool(texts)
    dev = {
        pair: read_mlqe(data / "mlqe-pe", pair, "dev")[:dev_rows]
        for pair in (*INTO_ENGLISH, *FROM_ENGLISH)
    }
    mqm = read_mqm(data / "mqm-zh-en" / "newstest2020.jsonl.gz")
    dev["mqm"] = random.Random(0).sample([r for r in mqm if dev_document(r.document)], dev_rows)

    model = new_model(encoder_folder, recipe.split)
    if recipe.eight_bit:
        speed_up(model.layers)
    encoder = PieceEncoder(encoder_folder / "tokenizer.json", recipe.limit)
    optimizer = torch.optim.AdamW(rate_groups(model, recipe), fused=True)
    step, factor, pace = 0, 1.0, 0.0
    checkpoint = out / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(saved["model"], strict=False)
        optimizer.load_state_dict(saved["optimizer"])
        step, factor, pace = saved["step"], saved["factor"], saved["pace"]
    stop = False

    def on_signal(number: int, frame: object) -> None:
        nonlocal stop
        stop = True

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)

    def save() -> None:
        state = {
            "model": trained_state(model),
            "optimizer": optimizer.state_dict(),
            "step": step,
            "factor": factor,
            "pace": pace,
            "recipe": recipe.__dict__,
        }
        torch.save(state, out / "checkpoint.new")
        os.replace(out / "checkpoint.new", checkpoint)

    def log(entry: dict[str, Any]) -> None:
        with (out / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
        print(json.dumps(entry), flush=True)

    log({"start": step, "total": total, "rows": len(rows)})
    sums: dict[str, float] = defaultdict(float)
    saved_at = time.time()
    model.train()
    cores = torch.get_num_threads()
    load = foreign_load()
    while step < total and not stop:
        left = float(total - step)
        if finish_by is not None and pace > 0:
            left = min(left, (finish_by - time.time()) / pace)
        if left < 1 and step > 20:
            break
        cooled = min(1.0, left / (recipe.cooldown * (step + left)))
        if cooled < 1 and factor == 1:
            save()
            os.replace(checkpoint, out / "trunk.pt")
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
        if time.time() - saved_at > 300:
            save()
            saved_at = time.time()
        if step % every == 0 and step < total:
            model.eval()
            log({"step": step, "dev": quick_dev(model, encoder, dev)})
            model.train()
    save()
    model.eval()
    if not stop:
        log({"step": step, "final": True, "dev": quick_dev(model, encoder, dev)})


def main() -> None:
    """Command line of the training."""
    parser = argparse.ArgumentParser(prog="python -m mtqa.qe.training.train", description=__doc__)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--finish-by", help="the next HH:MM on the clock")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--dev-rows", type=int, default=120)
    parser.add_argument("--every", type=int, default=300)
    args = parser.parse_args()
    finish = None
    if args.finish_by:
        hour, minute = map(int, args.finish_by.split(":"))
        now = datetime.now()
        finish = now.replace(hour=hour, minute=minute, second=0).timestamp()
        if finish < now.timestamp():
            finish += 86400
    (args.out).mkdir(parents=True, exist_ok=True)
    (args.out / "train.pid").write_text(f"{os.getpid()}\n", encoding="utf-8")
    train(
        Recipe.read(args.recipe),
        args.data,
        args.encoder,
        args.out,
        finish,
        args.steps,
        args.dev_rows,
        args.every,
    )


if __name__ == "__main__":
    main()
