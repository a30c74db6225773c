#!/usr/bin/env python3
"""A small network with torch.nn.AdaptiveLogSoftmaxWithLoss at its end, in float64, and what PyTorch says about it.

usage: make_adaptive.py [OUTPUT_DIR]        (needs python3 with torch >= 1.13; default: the folder of this file)

Writes adaptive_softmax.json: an embedding of 5, an nn.RNN of 16 tanh units, 30 classes cut at 6 and 14, the head with a bias; T = 7, B = 3. The
loss is the sum over all predictions but those with the target -100, which are masked; with it the gradients of all tensors and of h(0), and the
log-probabilities of all classes.
"""
import json
import os
import sys

import torch

T, B, C, E, H, CUTOFFS = 7, 3, 30, 5, 16, [6, 14]
IGNORED = -100


def main(out):
    torch.manual_seed(21)
    torch.set_default_dtype(torch.float64)
    encoder = torch.nn.Embedding(C, E)
    rnn = torch.nn.RNN(E, H)
    decoder = torch.nn.AdaptiveLogSoftmaxWithLoss(H, C, CUTOFFS, div_value=4.0, head_bias=True)
    modules = dict(encoder=encoder, rnn=rnn, decoder=decoder)
    params = {f'{key}.{name}': p for key, module in modules.items() for name, p in module.named_parameters()}
    with torch.no_grad():
        for p in params.values():
            p.uniform_(-0.5, 0.5)
    tokens, targets = torch.randint(C, (T, B)), torch.randint(C, (T, B))
    ignored = torch.zeros(T, B, dtype=torch.bool)
    ignored[1, 2] = ignored[5, 0] = True
    h0 = torch.empty(1, B, H).uniform_(-0.5, 0.5).requires_grad_()

    states, last = rnn(encoder(tokens), h0)
    flat = states.reshape(T * B, H)
    log_prob = decoder.log_prob(flat)
    kept = ~ignored.reshape(-1)
    loss = -decoder(flat[kept], targets.reshape(-1)[kept]).output.sum()
    loss.backward()
    case = dict(
        name='adaptive_softmax',
        source='PyTorch %s, float64' % torch.__version__,
        config=dict(cell='rnn', nonlinearity='tanh', input_size=C, embedding_size=E, hidden_size=H, output_size=C, num_layers=1,
                    bidirectional=False, steps=T, batch=B, cutoffs=CUTOFFS),
        params={name: p.tolist() for name, p in params.items()},
        h0=h0.tolist(),
        tokens=tokens.tolist(),
        targets=targets.masked_fill(ignored, IGNORED).tolist(),
        loss=loss.item(),
        log_prob=log_prob.tolist(),
        h_last=last.tolist(),
        grads={name: p.grad.tolist() for name, p in params.items()},
        grad_h0=h0.grad.tolist(),
    )
    counts = [int(((targets[~ignored] >= a) & (targets[~ignored] < b)).sum()) for a, b in zip([0] + CUTOFFS, CUTOFFS + [C])]
    print('loss', case['loss'], 'targets in the head and the clusters', counts)
    with open(os.path.join(out, 'adaptive_softmax.json'), 'w', encoding='utf-8') as file:
        json.dump(case, file)
        file.write('\n')


if __name__ == '__main__':
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__)))
