"""The QE model: one encoder, three views.

Source and translation pass the lower layers of the encoder separately, as the encoder was
pretrained. Then the upper layers see them

* joined in one sequence (the score with source), or
* the translation alone (the score without source),

and every token of the translation gets a logit of being wrong in either view. Literal evidence
(see :mod:`mtqa.qe.segments`) and the similarity of each token to its nearest token of the other
side enter where the two sequences are joined.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate, groupby
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from mtqa.qe.segments import NUMBER_MISSING, SAME_WORD
from mtqa.qe.storage import unpack4

SCALARS_JOINT = 14
SCALARS_ALONE = 5


@dataclass(frozen=True)
class QEConfig:
    """Shape of a QE model.

    Attributes:
        split: number of lower layers, which see source and translation separately.
        literals: number of literal classes of a token.
        domains: score scales learnt (0 direct assessment, 1 MQM).
    """

    vocab_size: int = 220_000
    hidden_size: int = 384
    num_hidden_layers: int = 12
    num_attention_heads: int = 12
    intermediate_size: int = 1536
    max_position_embeddings: int = 512
    layer_norm_eps: float = 1e-12
    split: int = 6
    head_size: int = 256
    literals: int = 6
    domains: int = 2

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> QEConfig:
        """Read the fields from a dict, other keys are left alone."""
        return cls(**{k: v for k, v in values.items() if k in cls.__dataclass_fields__})


class PackedEmbedding(nn.Module):
    """A frozen embedding table kept in 4 bits and unpacked row by row."""

    q4: Tensor
    s4: Tensor

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self.register_buffer("q4", torch.zeros(rows, columns // 2, dtype=torch.uint8))
        self.register_buffer("s4", torch.zeros(rows, columns // 32, dtype=torch.float16))

    def forward(self, ids: Tensor) -> Tensor:
        """Ids (…) → float32 (…, columns)."""
        return unpack4(self.q4[ids], self.s4[ids])


# Tokens that pass a layer together in inference on a CPU. What is computed on the way is then small
# enough for its memory to be used again: pages that the system had to fill with zeros anew took up
# to a fifth of the time (of 64 to 128 pairs a call, two threads of an AMD EPYC with VNNI).
_SLICE = 256


class Layer(nn.Module):
    """A BERT layer (post-norm) with one matrix for query, key and value."""

    def __init__(self, config: QEConfig) -> None:
        super().__init__()
        size = config.hidden_size
        self.heads = config.num_attention_heads
        self.qkv = nn.Linear(size, 3 * size)
        self.out = nn.Linear(size, size)
        self.attention_norm = nn.LayerNorm(size, eps=config.layer_norm_eps)
        self.up = nn.Linear(size, config.intermediate_size)
        self.down = nn.Linear(config.intermediate_size, size)
        self.norm = nn.LayerNorm(size, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(0.0)  # training sets it

    def forward(self, x: Tensor, lengths: Sequence[int]) -> Tensor:
        """Pass the tokens of some sequences, laid end to end.

        Args:
            x: (tokens of all sequences, hidden).
            lengths: tokens of each sequence.
        """
        rows = _SLICE if x.device.type == "cpu" and not self.training else len(x)
        mixed = self._attend(torch.cat([self.qkv(part) for part in torch.split(x, rows)]), lengths)
        parts = zip(torch.split(x, rows), torch.split(mixed, rows), strict=True)
        return torch.cat([self._transform(*both) for both in parts])

    def _transform(self, x: Tensor, mixed: Tensor) -> Tensor:
        """What follows the attention: each token by itself."""
        x = self.attention_norm(x + self.dropout(self.out(mixed)))
        inner = self.down(F.gelu(self.up(x)))
        normed: Tensor = self.norm(x + self.dropout(inner))
        return normed

    def _attend(self, qkv: Tensor, lengths: Sequence[int]) -> Tensor:
        """Attention within each sequence; neighbours of one length are computed together.

        There is no padding, so what comes out for a sequence does not depend on the others.
        """
        width = qkv.shape[1] // 3
        runs = [(length, len(list(same))) for length, same in groupby(lengths)]
        out = []
        for part, (length, count) in zip(
            torch.split(qkv, [length * count for length, count in runs]), runs, strict=True
        ):
            heads = part.view(count, length, 3, self.heads, width // self.heads)
            query, key, value = heads.permute(2, 0, 3, 1, 4).unbind(0)
            mixed = F.scaled_dot_product_attention(query, key, value)
            out.append(mixed.transpose(1, 2).reshape(count * length, width))
        return torch.cat(out)


class Head(nn.Module):
    """Two-layer perceptron to one number, with a linear path for scalar evidence."""

    def __init__(self, inputs: int, scalars: int, hidden: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.first = nn.Linear(inputs + scalars, hidden)
        self.second = nn.Linear(hidden, 1)
        self.direct = nn.Linear(scalars, 1) if scalars else None
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, scalars: Tensor | None = None) -> Tensor:
        """X (…, inputs), scalars (…, scalars) → (…)."""
        joined = x if scalars is None else torch.cat([x, scalars.to(x.dtype)], dim=-1)
        out: Tensor = self.second(self.dropout(torch.tanh(self.first(joined))))
        if self.direct is not None and scalars is not None:
            out = out + self.direct(scalars.to(out.dtype))
        return out.squeeze(-1)


@dataclass(frozen=True)
class Packed:
    """Sequences laid end to end.

    Attributes:
        states: (tokens of all sequences, hidden).
        lengths: tokens of each sequence, sequence marks counted.
    """

    states: Tensor
    lengths: list[int]

    def take(self, rows: Sequence[int]) -> Packed:
        """Some of the sequences, in the order given."""
        starts = [0, *accumulate(self.lengths)]
        index = [place for row in rows for place in range(starts[row], starts[row + 1])]
        chosen = self.states[torch.tensor(index, device=self.states.device)]
        return Packed(chosen, [self.lengths[row] for row in rows])

    def rows(self) -> tuple[Tensor, ...]:
        """The sequences one by one: (tokens, hidden) each."""
        return torch.split(self.states, self.lengths)

    def padded(self) -> tuple[Tensor, Tensor]:
        """(sequences, longest, hidden), and the mask (sequences, longest) without the marks."""
        lengths = torch.tensor(self.lengths, device=self.states.device)[:, None]
        place = torch.arange(int(lengths.max()), device=self.states.device)[None, :]
        mask = (place > 0) & (place < lengths - 1) | (lengths <= 2) & (place < lengths)
        return pad_sequence(list(self.rows()), batch_first=True), mask


@dataclass(frozen=True)
class Estimate:
    """Output of one view.

    Attributes:
        score: (sequences,) float32, on the scale of standardised direct assessment.
        wrong: (tokens of all translations,) float32, logit of each token being wrong.
        coverage: (tokens of all sources,) float32, how well the translation covers each token of
            the source; empty without sources. See :meth:`QEModel._coverage`.
        evidence: (sequences, columns), what the score is corrected by, see :class:`Correction`;
            no columns without sources.
    """

    score: Tensor
    wrong: Tensor
    coverage: Tensor
    evidence: Tensor


def mean_pool(states: Tensor, mask: Tensor) -> Tensor:
    """Mean over the tokens of a mask: (batch, tokens, hidden) → (batch, hidden)."""
    weights = mask.to(states.dtype).unsqueeze(-1)
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1)


def _inner(row: Tensor) -> Tensor:
    """The tokens of one sequence without its marks."""
    return row[1:-1] if len(row) > 2 else row


def _cut(states: Tensor, side: Packed) -> tuple[Tensor, ...]:
    """(tokens of all sequences, size) → (tokens, size) of each sequence of a side.

    In double precision where there is one, or the last digit hangs on the number of threads.
    """
    dtype = torch.float32 if states.device.type == "mps" else torch.float64
    return torch.split(states.to(dtype), side.lengths)


def _closest(sources: Sequence[Tensor], translations: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Product of each row with the nearest row of the other side, marks aside: (rows,) of each.

    Args:
        sources, translations: (tokens, size) of each sequence, same number of sequences.
    """
    near_s, near_t = [], []
    for s_row, t_row in zip(sources, translations, strict=True):
        near_s.append((s_row @ _inner(t_row).T).amax(1))
        near_t.append((t_row @ _inner(s_row).T).amax(1))
    return torch.cat(near_s).float(), torch.cat(near_t).float()


class Correction(nn.Linear):
    """What is added to the score with source: linear in its evidence, nothing until it is fitted.

    It is fitted on judgements that training has not seen (`mtqa.qe.training.correct`), and stands
    still in training. The evidence is the score as it was trained, some numbers, and pooled states.

    Args:
        numbers: columns that hold the trained score and other numbers.
        states: columns behind them that hold states.
    """

    def __init__(self, numbers: int, states: int) -> None:
        super().__init__(numbers + states, 1)
        self.numbers = numbers
        self.requires_grad_(False)

    def reset_parameters(self) -> None:
        """Correct nothing."""
        for parameter in self.parameters():
            nn.init.zeros_(parameter)

    def forward(self, evidence: Tensor) -> Tensor:
        """Evidence (sequences, columns) → corrected scores (sequences,)."""
        corrected: Tensor = evidence[:, 0] + super().forward(evidence).squeeze(-1)
        return corrected


class QEModel(nn.Module):
    """Encoder and heads."""

    def __init__(self, config: QEConfig) -> None:
        super().__init__()
        self.config = config
        size, hidden = config.hidden_size, config.head_size
        self.words = PackedEmbedding(config.vocab_size, size)
        self.positions = nn.Embedding(config.max_position_embeddings, size)
        self.embedding_norm = nn.LayerNorm(size, eps=config.layer_norm_eps)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))
        self.segments = nn.Embedding(3, size)
        self.literals = nn.Embedding(config.literals, size)
        self.align_in = nn.Linear(2, size)
        self.join_norm = nn.LayerNorm(size, eps=config.layer_norm_eps)
        self.align = nn.Linear(size, 128, bias=False)
        self.compare = nn.Linear(2 * size, 128)
        self.attend = nn.Linear(size, 2)
        self.score_joint = Head(4 * size + 128, SCALARS_JOINT, hidden)
        self.score_alone = Head(3 * size, SCALARS_ALONE, hidden)
        self.correct = Correction(SCALARS_JOINT + 3, 6 * size + 128)
        self.word_joint = Head(size, 0, 128)
        self.word_alone = Head(size, 0, 128)
        self.domain_scale = nn.Parameter(torch.ones(config.domains))
        self.domain_shift = nn.Parameter(torch.zeros(config.domains))
        self.domain_wrong = nn.Parameter(torch.zeros(config.domains))
        for table in (self.segments, self.literals, self.align_in):
            nn.init.normal_(table.weight, std=0.02)

    @property
    def device(self) -> torch.device:
        """Where the model computes."""
        return self.positions.weight.device

    def heads(self) -> tuple[nn.Module, ...]:
        """What judges the states of the encoder."""
        scores = (self.score_joint, self.correct, self.score_alone)
        return (self.compare, self.attend, *scores, self.word_joint, self.word_alone)

    def lower(self, ids: Sequence[Sequence[int]]) -> Packed:
        """Pass sequences of piece ids through the lower layers."""
        flat = self._flat(ids)
        places = self._flat([range(len(row)) for row in ids])
        x = self.embedding_norm(self.words(flat) + self.positions(places))
        lengths = list(map(len, ids))
        for layer in self.layers[: self.config.split]:
            x = layer(x, lengths)
        return Packed(x, lengths)

    def _upper(self, x: Tensor, lengths: list[int]) -> Packed:
        x = self.join_norm(x)
        for layer in self.layers[self.config.split :]:
            x = layer(x, lengths)
        return Packed(x, lengths)

    def _pools(self, states: Tensor, mask: Tensor, wrong: Tensor) -> tuple[Tensor, Tensor]:
        """Pooled states of the translation and statistics of its word logits."""
        logits = self.attend(states).masked_fill(~mask.unsqueeze(-1), -1e4)
        attended = torch.einsum("btk,bth->bkh", logits.softmax(1), states).flatten(1)
        pooled = torch.cat([mean_pool(states, mask), attended], dim=-1)
        chance = torch.sigmoid(wrong) * mask
        count = mask.sum(1).clamp(min=1)
        top = chance.topk(min(3, chance.shape[1]), dim=1).values
        if top.shape[1] < 3:  # nothing but a mark or two
            top = F.pad(top, (0, 3 - top.shape[1]))
        stats = torch.stack(
            [
                chance.sum(1) / count,
                top[:, 0],
                top.mean(1),
                (chance.square().sum(1) / count).clamp(min=1e-6).sqrt(),
                count.float().log() / 4,
            ],
            dim=-1,
        )
        return pooled, stats

    def alone(self, translation: Packed) -> Estimate:
        """The view of the translation alone."""
        upper = self._judged(
            self._upper(translation.states + self.segments.weight[2], translation.lengths)
        )
        wrong: Tensor = self.word_alone(upper.states)
        states, mask = upper.padded()
        pooled, stats = self._pools(states, mask, _pad(wrong, upper.lengths))
        score: Tensor = self.score_alone(pooled, stats)
        nothing = wrong.new_empty(0)
        return Estimate(score.float(), wrong.float(), nothing, nothing.expand(len(score), 0))

    def joint(
        self,
        source: Packed,
        translation: Packed,
        literals: tuple[Sequence[Sequence[int]], Sequence[Sequence[int]]],
    ) -> Estimate:
        """The view of source and translation.

        Args:
            source, translation: as given by :meth:`lower`, same number of sequences.
            literals: class of each token, for each source and each translation.
        """
        near = self._nearest(source, translation)
        kinds = tuple(self._flat(rows) for rows in literals)
        upper_s, upper_t = self._join((source, translation), near, kinds)
        wrong: Tensor = self.word_joint(upper_t.states)

        (s_states, s_mask), (t_states, t_mask) = upper_s.padded(), upper_t.padded()
        pooled, stats = self._pools(t_states, t_mask, _pad(wrong, translation.lengths))
        s_low = mean_pool(self._judged(source).padded()[0], s_mask)
        t_low = mean_pool(self._judged(translation).padded()[0], t_mask)
        compared = self.compare(torch.cat([(s_low - t_low).abs(), s_low * t_low], dim=-1))
        vector = torch.cat([pooled, mean_pool(s_states, s_mask), torch.tanh(compared)], dim=-1)

        s_count, t_count = s_mask.sum(1).clamp(min=1), t_mask.sum(1).clamp(min=1)
        coverage = self._coverage(source, translation)
        dtype = pooled.dtype
        near_s, covered_s = (_pad(x[0].to(dtype), source.lengths) for x in (near, coverage))
        near_t, covered_t = (_pad(x[1].to(dtype), translation.lengths) for x in (near, coverage))
        kinds_s, kinds_t = _pad(kinds[0], source.lengths), _pad(kinds[1], translation.lengths)
        scalars = torch.stack(
            [
                F.cosine_similarity(s_low, t_low, dim=-1),
                near_t.masked_fill(~t_mask, 0).sum(1) / t_count,
                near_s.masked_fill(~s_mask, 0).sum(1) / s_count,
                near_t.masked_fill(~t_mask, 1).amin(1),
                near_s.masked_fill(~s_mask, 1).amin(1),
                (t_count / s_count).log(),
                ((kinds_t == NUMBER_MISSING) & t_mask).any(1).float(),
                ((kinds_s == NUMBER_MISSING) & s_mask).any(1).float(),
                ((kinds_t == SAME_WORD) & t_mask).sum(1) / t_count,
                *stats.unbind(-1),
            ],
            dim=-1,
        )
        covered = torch.stack(
            [
                covered_t.masked_fill(~t_mask, 0).sum(1) / t_count,
                covered_s.masked_fill(~s_mask, 0).sum(1) / s_count,
            ],
            dim=-1,
        )
        trained = self.score_joint(vector, scalars)[:, None]
        evidence = torch.cat([trained, scalars, covered, vector, s_low, t_low], dim=-1)
        score: Tensor = self.correct(evidence)
        return Estimate(score.float(), wrong.float(), coverage[0], evidence)

    def _join(
        self, sides: tuple[Packed, Packed], near: tuple[Tensor, Tensor], kinds: tuple[Tensor, ...]
    ) -> tuple[Packed, Packed]:
        """Pass sources and translations, each pair in one sequence, through the upper layers.

        Args:
            sides: sources and translations, as given by :meth:`lower`.
            near: of each side, see :meth:`_nearest`.
            kinds: (tokens,) literal class of each token, of each side.
        """
        inputs = [
            side.states + self.literals(kind) + self.segments.weight[place] + self._evidence(like)
            for place, (side, kind, like) in enumerate(zip(sides, kinds, near, strict=True))
        ]
        both = zip(
            *(torch.split(x, side.lengths) for x, side in zip(inputs, sides, strict=True)),
            strict=True,
        )
        pairs = list(zip(*(side.lengths for side in sides), strict=True))
        joined = torch.cat([part for pair in both for part in pair])
        upper = self._upper(joined, [sum(pair) for pair in pairs]).states
        cut = torch.split(upper, [length for pair in pairs for length in pair])
        source, translation = (
            self._judged(Packed(torch.cat(cut[place::2]), side.lengths))
            for place, side in enumerate(sides)
        )
        return source, translation

    def _judged(self, encoded: Packed) -> Packed:
        """Sequences in the precision of the heads.

        For inference that is double where there is one: a mean over tokens and a matrix product
        are summed in an order that hangs on the longest sequence of the batch and on its size.
        """
        return Packed(encoded.states.to(self.attend.weight.dtype), encoded.lengths)

    def _nearest(self, source: Packed, translation: Packed) -> tuple[Tensor, Tensor]:
        """Cosine of each token to the nearest token of the other side: (tokens,) of each side."""
        sides = (
            _cut(F.normalize(self.align(side.states), dim=-1), side)
            for side in (source, translation)
        )
        return _closest(*sides)

    def _coverage(self, source: Packed, translation: Packed) -> tuple[Tensor, Tensor]:
        """How well each token is covered by the other side: (tokens,) of each side.

        The cosine to the nearest token there of the states that the lower layers give, each less
        the mean of its sequence, which holds what tells languages apart.
        """
        sides = (
            [F.normalize(row - row.mean(0), dim=-1) for row in _cut(side.states, side)]
            for side in (source, translation)
        )
        return _closest(*sides)

    def _evidence(self, near: Tensor) -> Tensor:
        """``align_in`` of (near, near squared), element by element: (tokens,) → (tokens, hidden).

        A matrix product of two columns would leave the last digit to the size of the batch.
        """
        weight = self.align_in.weight
        column = near[:, None]
        return column * weight[:, 0] + column.square() * weight[:, 1] + self.align_in.bias

    def _flat(self, rows: Sequence[Sequence[int]]) -> Tensor:
        flat = [value for row in rows for value in row]
        return torch.tensor(flat, device=self.device)


def _pad(values: Tensor, lengths: list[int]) -> Tensor:
    """(tokens of all sequences,) → (sequences, longest), zero where no token stands."""
    return pad_sequence(list(torch.split(values, lengths)), batch_first=True)


def from_bert(state: dict[str, Tensor], config: QEConfig) -> dict[str, Tensor]:
    """Rename the tensors of transformers' ``BertModel`` to those of :class:`QEModel`.

    Token types are folded into the positions (only type 0 is ever used); tensors of the heads
    are not in the result.
    """
    word = "embeddings.word_embeddings.weight"
    out = {
        "words.q4": state[f"{word}.q4"],
        "words.s4": state[f"{word}.s4"],
        "positions.weight": state["embeddings.position_embeddings.weight"]
        + state["embeddings.token_type_embeddings.weight"][0],
    }
    renamed = {
        "attention.output.dense": "out",
        "attention.output.LayerNorm": "attention_norm",
        "intermediate.dense": "up",
        "output.dense": "down",
        "output.LayerNorm": "norm",
    }
    for kind in ("weight", "bias"):
        out[f"embedding_norm.{kind}"] = state[f"embeddings.LayerNorm.{kind}"]
        for i in range(config.num_hidden_layers):
            base = f"encoder.layer.{i}"
            out[f"layers.{i}.qkv.{kind}"] = torch.cat(
                [state[f"{base}.attention.self.{x}.{kind}"] for x in ("query", "key", "value")]
            )
            for old, new in renamed.items():
                out[f"layers.{i}.{new}.{kind}"] = state[f"{base}.{old}.{kind}"]
    return out
