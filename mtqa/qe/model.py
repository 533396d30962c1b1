"""The QE model: one encoder, three views.

Source and translation pass the lower layers of the encoder separately, as the encoder was
pretrained. Then the upper layers see them

* joined in one sequence (the score with source), or
* the translation alone (the score without source),

and every token of the translation gets a logit of being wrong in either view. Literal evidence
(see :mod:`mtqa.qe.literals`) and the similarity of each token to its nearest token of the other
side enter where the two sequences are joined.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

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

    def forward(self, x: Tensor, mask: Tensor, places: Tensor) -> Tensor:
        """Pass the tokens of a batch; only attention sees the padding.

        Args:
            x: (tokens of all rows, hidden).
            mask: (batch, tokens of the longest row) bool.
            places: (tokens of all rows,) where each stands in the flattened mask.
        """
        (batch, tokens), size = mask.shape, x.shape[1]
        padded = x.new_zeros(batch * tokens, 3 * size).index_copy(0, places, self.qkv(x))
        qkv = padded.view(batch, tokens, 3, self.heads, size // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        wide = mask[:, None, None, :]
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=wide)
        mixed = mixed.transpose(1, 2).reshape(batch * tokens, size)[places]
        x = self.attention_norm(x + self.out(mixed))
        normed: Tensor = self.norm(x + self.down(F.gelu(self.up(x))))
        return normed


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
class Encoded:
    """Output of the lower layers.

    Attributes:
        states: (batch, tokens, hidden).
        mask: (batch, tokens) bool, true where a token stands.
    """

    states: Tensor
    mask: Tensor

    def rows(self, index: Tensor) -> Encoded:
        """Some rows of the batch."""
        return Encoded(self.states[index], self.mask[index])


@dataclass(frozen=True)
class Estimate:
    """Output of one view.

    Attributes:
        score: (batch,) float32, on the scale of standardised direct assessment.
        wrong: (batch, tokens) float32, logit of each token of the translation being wrong.
    """

    score: Tensor
    wrong: Tensor


def mean_pool(states: Tensor, mask: Tensor) -> Tensor:
    """Mean over the tokens of a mask: (batch, tokens, hidden) → (batch, hidden)."""
    weights = mask.to(states.dtype).unsqueeze(-1)
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1)


def inner(mask: Tensor) -> Tensor:
    """The mask without the first and the last token of each row (the sequence marks)."""
    following = F.pad(mask[:, 1:], (0, 1))
    kept = mask & following
    kept[:, 0] = False
    return torch.where(kept.any(1, keepdim=True), kept, mask)


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
        self.word_joint = Head(size, 0, 128)
        self.word_alone = Head(size, 0, 128)
        self.domain_scale = nn.Parameter(torch.ones(config.domains))
        self.domain_shift = nn.Parameter(torch.zeros(config.domains))
        self.domain_wrong = nn.Parameter(torch.zeros(config.domains))
        for table in (self.segments, self.literals, self.align_in):
            nn.init.normal_(table.weight, std=0.02)

    def lower(self, ids: Tensor, mask: Tensor) -> Encoded:
        """Pass sequences through the lower layers.

        Args:
            ids: (batch, tokens) int64.
            mask: (batch, tokens) bool.
        """
        numbers = torch.arange(ids.shape[1], device=ids.device).expand_as(ids)
        x = self.words(ids[mask]) + self.positions(numbers[mask]).float()
        x = self.embedding_norm(x.to(self.embedding_norm.weight.dtype))
        layers = list(self.layers)[: self.config.split]
        return Encoded(self._pass(layers, x, mask), mask)

    def upper(self, x: Tensor, mask: Tensor) -> Tensor:
        """Pass joined states (batch, tokens, hidden) through the upper layers."""
        return self._pass(list(self.layers)[self.config.split :], x[mask], mask)

    def _pass(self, layers: list[nn.Module], x: Tensor, mask: Tensor) -> Tensor:
        """Pass (tokens of all rows, hidden) through layers; (batch, tokens, hidden) comes out."""
        places = mask.flatten().nonzero().squeeze(1)
        for layer in layers:
            x = layer(x, mask, places)
        padded = x.new_zeros(mask.numel(), x.shape[1]).index_copy(0, places, x)
        return padded.view(*mask.shape, -1)

    def _pools(self, states: Tensor, mask: Tensor, wrong: Tensor) -> tuple[Tensor, Tensor]:
        """Pooled states of the translation and statistics of its word logits."""
        logits = self.attend(states).float().masked_fill(~mask.unsqueeze(-1), -1e4)
        weights = logits.softmax(1).to(states.dtype)
        attended = torch.einsum("btk,bth->bkh", weights, states).flatten(1)
        pooled = torch.cat([mean_pool(states, mask), attended], dim=-1)
        chance = torch.sigmoid(wrong) * mask
        count = mask.sum(1).clamp(min=1)
        top = chance.topk(min(3, chance.shape[1]), dim=1).values
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

    def alone(self, translation: Encoded) -> Estimate:
        """The view of the translation alone."""
        mask = inner(translation.mask)
        joined = translation.states + self.segments.weight[2].to(translation.states.dtype)
        states = self.upper(self.join_norm(joined), translation.mask)
        wrong = self.word_alone(states).float()
        pooled, stats = self._pools(states, mask, wrong)
        return Estimate(self.score_alone(pooled, stats).float(), wrong)

    def joint(
        self, source: Encoded, translation: Encoded, literals: tuple[Tensor, Tensor]
    ) -> Estimate:
        """The view of source and translation.

        Args:
            source, translation: as given by :meth:`lower`, same number of rows.
            literals: classes of the tokens of source and translation, (batch, tokens) int64.
        """
        s_mask, t_mask = inner(source.mask), inner(translation.mask)
        s_unit = F.normalize(self.align(source.states).float(), dim=-1)
        t_unit = F.normalize(self.align(translation.states).float(), dim=-1)
        cosine = torch.bmm(t_unit, s_unit.transpose(1, 2)).float()
        near_t = cosine.masked_fill(~s_mask[:, None, :], -1).amax(2)
        near_s = cosine.masked_fill(~t_mask[:, :, None], -1).amax(1)
        near = torch.cat([near_s, near_t], dim=1)
        both = torch.cat([source.states, translation.states], dim=1)
        kinds = torch.cat(literals, dim=1)
        split = source.states.shape[1]
        places = torch.zeros(both.shape[1], dtype=torch.long, device=both.device)
        places[split:] = 1
        extra = self.literals(kinds) + self.segments(places)
        extra = extra + self.align_in(torch.stack([near, near.square()], dim=-1).to(extra.dtype))
        mask = torch.cat([source.mask, translation.mask], dim=1)
        states = self.upper(self.join_norm(both + extra.to(both.dtype)), mask)
        s_states, t_states = states[:, :split], states[:, split:]
        wrong = self.word_joint(t_states).float()
        pooled, stats = self._pools(t_states, t_mask, wrong)

        s_low, t_low = mean_pool(source.states, s_mask), mean_pool(translation.states, t_mask)
        compared = self.compare(torch.cat([(s_low - t_low).abs(), s_low * t_low], dim=-1))
        s_count, t_count = s_mask.sum(1).clamp(min=1), t_mask.sum(1).clamp(min=1)
        near_t = near_t.masked_fill(~t_mask, 0)
        near_s = near_s.masked_fill(~s_mask, 0)
        scalars = torch.stack(
            [
                F.cosine_similarity(s_low.float(), t_low.float(), dim=-1),
                near_t.sum(1) / t_count,
                near_s.sum(1) / s_count,
                near_t.masked_fill(~t_mask, 1).amin(1),
                near_s.masked_fill(~s_mask, 1).amin(1),
                (t_count / s_count).log(),
                ((literals[1] == 2) & t_mask).any(1).float(),
                ((literals[0] == 2) & s_mask).any(1).float(),
                ((literals[1] == 3) & t_mask).sum(1) / t_count,
            ],
            dim=-1,
        )
        scalars = torch.cat([scalars, stats], dim=-1)
        vector = torch.cat([pooled, mean_pool(s_states, s_mask), torch.tanh(compared)], dim=-1)
        return Estimate(self.score_joint(vector, scalars).float(), wrong)


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
