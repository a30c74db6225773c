"""A hand-written NumPy training step as a peer: the best one finds without a framework, in float32.

usage: OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python3 numpy_loop.py      (Debian: python3-numpy)
Only the recurrence is in the time loop, token ids are row lookups (so `embedding` merely adds one product), all else is one product a
window. BLAS reads its number of threads from the environment.
"""
import os
import sys

import protocol

try:
    import numpy as np
    import data
except ImportError as error:
    protocol.reply(unavailable='NumPy is not installed (%s)' % error)
    sys.exit(0)


def train(B, T, H, C, rate, embedding=False):
    net = data.network(B, T, H, C, embedding)
    U, W, V, b, c, E, ids, targets = (net[name] for name in ('U', 'W', 'V', 'b', 'c', 'E', 'ids', 'targets'))
    rate = np.float32(rate)
    rows = np.arange(T * B)
    order = np.argsort(ids, kind='stable')  # for adding up the gradient of each token's row
    tokens, starts = np.unique(ids[order], return_index=True)
    h = np.zeros((T + 1, B, H), np.float32)  # slab 0: the state at the start
    da = np.empty((T, B, H), np.float32)

    def step():
        x = E[ids] if embedding else None
        a = (x @ U if embedding else U[ids]).reshape(T, B, H) + b
        for t in range(T):
            np.tanh(a[t] + h[t] @ W, out=h[t + 1])
        hidden = h[1:].reshape(T * B, H)
        p = hidden @ V.T
        p += c
        p -= p.max(1, keepdims=True)
        np.exp(p, out=p)
        p /= p.sum(1, keepdims=True)
        loss = -np.log(p[rows, targets]).mean()
        p[rows, targets] -= 1
        p /= T * B
        dV, dc = p.T @ hidden, p.sum(0)
        dh = (p @ V).reshape(T, B, H)
        slope = 1 - h[1:] * h[1:]
        for t in range(T - 1, -1, -1):
            np.multiply(dh[t] if t == T - 1 else dh[t] + da[t + 1] @ W.T, slope[t], out=da[t])
        flat = da.reshape(T * B, H)
        dW, db = h[:-1].reshape(T * B, H).T @ flat, flat.sum(0)
        dx = flat @ U.T if embedding else flat
        if embedding:
            U[...] -= rate * (x.T @ flat)
        (E if embedding else U)[tokens] -= rate * np.add.reduceat(dx[order], starts)
        for parameter, gradient in ((W, dW), (V, dV), (b, db), (c, dc)):
            parameter -= rate * gradient
        return float(loss)

    return step


versions = dict(numpy=np.__version__, python=sys.version.split()[0])
protocol.serve(versions, int(os.environ.get('OPENBLAS_NUM_THREADS', 0)) or None, dict(train=train))
