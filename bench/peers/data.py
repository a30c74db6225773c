"""The network that every contestant trains, for Python: the numbers of data.mjs."""
import numpy as np


def random(seed, count):
    """`count` numbers in [0, 1): mulberry32, whose state only counts, so that all of them are one expression."""
    state = ((np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x6D2B79F5) + np.uint64(seed)) & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    z = (state ^ (state >> 15)) * (state | 1)
    z = (z + (z ^ (z >> 7)) * (z | 61)) ^ z
    return (z ^ (z >> 14)) / 4294967296


def uniform(seed, H, *shape):
    """Uniform in ±1/√H, PyTorch's initialization."""
    scale = 1 / np.sqrt(H)
    return ((2 * random(seed, int(np.prod(shape))) - 1) * scale).astype(np.float32).reshape(shape)


def random_ids(seed, count, C):
    return np.floor(random(seed, count) * C).astype(np.int64)


GATES = dict(rnn=1, gru=3, lstm=4)


def network(B, T, H, C, embedding, cell='rnn'):
    """Weights as [in, out]: U [C or H, G H], W [H, G H]; as [out, in]: V [C, H]; b [G H], bn [H] of a GRU, c [C], E [C, H] or None. Ids and
    targets [T * B]."""
    GH = GATES[cell] * H
    return dict(
        U=uniform(1, H, H if embedding else C, GH),
        W=uniform(2, H, H, GH),
        V=uniform(3, H, C, H),
        b=uniform(4, H, GH),
        bn=uniform(9, H, H) if cell == 'gru' else None,
        c=uniform(5, H, C),
        E=uniform(6, H, C, H) if embedding else None,
        ids=random_ids(7, T * B, C),
        targets=random_ids(8, T * B, C),
    )
