#!/usr/bin/env python3
"""Networks whose output reads a pooled state, or whose loss is the squared error, in float64, and what PyTorch says about them.

usage: make_heads.py [OUTPUT_DIR]        (needs python3 with torch >= 1.13; default: the folder of this file)

Writes heads.json, a list of cases. Input is dense, [T, B, D]; row b has lengths[b] steps, the rest is padding that nobody reads (packed sequences).
Pooling "last" reads h_n of the last layer, "mean" the mean of its states over the steps of the row. The loss is the sum over predictions of
weight * L, where L is the cross entropy or the mean of the squared errors of the C outputs. With it the gradients of all tensors, of the input and
of the initial states. minGRU (Feng et al. 2024), which torch.nn lacks, is a loop under autograd, its tensors named as those of torch.nn.GRU.
"""
import json
import os
import sys

import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

T, B, D, H, C = 4, 2, 3, 2, 2
LENGTHS = [4, 3]


class MinGRU(torch.nn.Module):
    def __init__(self, D, H, num_layers):
        super().__init__()
        self.num_layers = num_layers
        for l in range(num_layers):
            self.register_parameter('weight_ih_l%d' % l, torch.nn.Parameter(torch.empty(2 * H, H if l else D)))
            self.register_parameter('bias_ih_l%d' % l, torch.nn.Parameter(torch.empty(2 * H)))

    def forward(self, x, h0):
        last = []
        for l in range(self.num_layers):
            h, states = h0[l], []
            for t in range(x.shape[0]):
                a, n = F.linear(x[t], getattr(self, 'weight_ih_l%d' % l), getattr(self, 'bias_ih_l%d' % l)).chunk(2, 1)
                z = torch.sigmoid(a)
                h = (1 - z) * h + z * n
                states.append(h)
            x = torch.stack(states)
            last.append(h)
        return x, torch.stack(last)


def case(name, cell, pooling, loss, layers=1, directions=1):
    lengths = [T] * B if cell == 'mingru' else LENGTHS
    options = dict(num_layers=layers, bidirectional=directions == 2)
    if cell == 'mingru':
        rnn = MinGRU(D, H, layers)
    else:
        rnn = dict(gru=torch.nn.GRU, lstm=torch.nn.LSTM, rnn=torch.nn.RNN)[cell](D, H, **options)
    decoder = torch.nn.Linear(H * directions, C)
    params = {'rnn.' + k: p for k, p in rnn.named_parameters()}
    params.update({'decoder.' + k: p for k, p in decoder.named_parameters()})
    with torch.no_grad():
        for p in params.values():
            p.uniform_(-1, 1)
    x = torch.randn(T, B, D, requires_grad=True)
    h0 = torch.randn(layers * directions, B, H, requires_grad=True)
    c0 = torch.randn(layers * directions, B, H, requires_grad=True) if cell == 'lstm' else None

    if cell == 'mingru':
        hidden, last = rnn(x, h0)
    else:
        packed, last = rnn(pack_padded_sequence(x, lengths), (h0, c0) if c0 is not None else h0)
        hidden, _ = pad_packed_sequence(packed)
    h_last = last[0] if c0 is not None else last
    if pooling == 'last':
        rows = torch.cat(list(h_last[-directions:]), 1)
    elif pooling == 'mean':
        rows = hidden.sum(0) / torch.tensor(lengths)[:, None]
    else:
        rows = hidden
    logits = decoder(rows)
    shape = logits.shape[:-1]
    kept = torch.arange(T)[:, None] < torch.tensor(lengths) if pooling == 'none' else torch.ones(shape, dtype=torch.bool)
    weights = torch.rand(shape) + 0.5
    weights[~kept] = 0
    if pooling == 'none':
        weights[1, 0] = 0
    if loss == 'softmax':
        targets = torch.randint(C, shape)
        each = F.cross_entropy(logits.reshape(-1, C), targets.reshape(-1), reduction='none').reshape(shape)
    else:
        targets = torch.randn(*shape, C)
        each = F.mse_loss(logits, targets, reduction='none').mean(-1)
    total = (weights * each).sum()
    total.backward()

    fields = dict(
        name=name,
        config=dict(cell=cell, nonlinearity='tanh' if cell == 'rnn' else None, input_size=D, embedding_size=None, hidden_size=H, output_size=C,
                    num_layers=layers, bidirectional=directions == 2, steps=T, batch=B, pooling=pooling, loss=loss),
        lengths=lengths,
        params={k: p.tolist() for k, p in params.items()},
        input=x.tolist(), targets=targets.tolist(), weights=weights.tolist(), h0=h0.tolist(),
        logits=logits.tolist(), hidden=hidden.tolist(), loss=total.item(), h_last=h_last.tolist(),
        grads={k: p.grad.tolist() for k, p in params.items()}, grad_input=x.grad.tolist(), grad_h0=h0.grad.tolist())
    if c0 is not None:
        fields.update(c0=c0.tolist(), c_last=last[1].tolist(), grad_c0=c0.grad.tolist())
    print(name, 'loss', fields['loss'])
    return fields


def main(out):
    torch.manual_seed(22)
    torch.set_default_dtype(torch.float64)
    cases = [
        case('rnn_tanh_last_squared', 'rnn', 'last', 'squared'),
        case('gru_bidirectional_2_layers_last', 'gru', 'last', 'softmax', layers=2, directions=2),
        case('lstm_bidirectional_mean_squared', 'lstm', 'mean', 'squared', directions=2),
        case('gru_mean', 'gru', 'mean', 'softmax'),
        case('lstm_squared', 'lstm', 'none', 'squared'),
        case('mingru_2_layers', 'mingru', 'none', 'softmax', layers=2),
    ]
    with open(os.path.join(out, 'heads.json'), 'w', encoding='utf-8') as file:
        json.dump(dict(source='PyTorch %s, float64' % torch.__version__, cases=cases), file)
        file.write('\n')


if __name__ == '__main__':
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__)))
