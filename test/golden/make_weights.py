"""Losses and gradients with weights of classes and of targets, by PyTorch in float64.

    python3 test/golden/make_weights.py test/golden/class_weights.json

Two sequences of 3 and 4 steps, padded; a GRU over vectors, a class for each step.

  whole     CrossEntropyLoss(weight=w) of all targets, whose mean is divided by the sum of the weights; its gradient
  sampled   the same with a weight s for each target besides: sum w s nll / sum w s; its gradient
  batches   for each sequence as a batch of its own: CrossEntropyLoss(weight=w, reduction='sum') / (targets of the batch * mean weight of all targets)
  balanced  the weights n / (C count) of the targets, as compute_class_weight('balanced') of scikit-learn has them
"""
import json
import sys

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

T, B, D, H, C = 4, 2, 3, 5, 4
LENGTHS = [3, 4]


def main(out):
    torch.manual_seed(14)
    torch.set_default_dtype(torch.float64)
    rnn, decoder = torch.nn.GRU(D, H), torch.nn.Linear(H, C)
    params = {'rnn.' + k: p for k, p in rnn.named_parameters()}
    params.update({'decoder.' + k: p for k, p in decoder.named_parameters()})
    with torch.no_grad():
        for p in params.values():
            p.uniform_(-1, 1)
    x = torch.randn(T, B, D)
    targets = torch.tensor([[0, 1], [2, 0], [0, 3], [-100, 0]])
    weight = torch.tensor([0.25, 4.0, 1.0, 0.0])
    own = torch.rand(T, B) * 3
    own[1, 1] = 0
    valid = targets >= 0

    def logits():
        return decoder(pad_packed_sequence(rnn(pack_padded_sequence(x, LENGTHS, enforce_sorted=False))[0])[0])

    def gradients(loss):
        for p in params.values():
            p.grad = None
        loss.backward()
        return {k: p.grad.tolist() for k, p in params.items()}

    def result(loss):
        return dict(loss=loss.item(), grads=gradients(loss))

    whole = torch.nn.CrossEntropyLoss(weight=weight)(logits()[valid], targets[valid])
    each = torch.nn.CrossEntropyLoss(reduction='none')(logits()[valid], targets[valid])
    both = weight[targets[valid]] * own[valid]
    mean = weight[targets[valid]].mean()
    summed = torch.nn.CrossEntropyLoss(weight=weight, reduction='sum')
    batches = [summed(logits()[:LENGTHS[b], b], targets[:LENGTHS[b], b]) / (LENGTHS[b] * mean) for b in range(B)]
    counts = torch.bincount(targets[valid], minlength=C)
    fields = dict(
        source='PyTorch %s, float64' % torch.__version__,
        config=dict(cell='gru', nonlinearity=None, input_size=D, embedding_size=None, hidden_size=H, output_size=C, num_layers=1, steps=T, batch=B),
        lengths=LENGTHS, params={k: p.tolist() for k, p in params.items()}, input=x.tolist(), classes=targets.tolist(),
        class_weights=weight.tolist(), sample_weights=own.tolist(),
        whole=result(whole), sampled=result((both * each).sum() / both.sum()), batches=[loss.item() for loss in batches],
        balanced=(valid.sum() / (C * counts)).tolist())
    with open(out, 'w') as file:
        json.dump(fields, file)
        file.write('\n')


main(sys.argv[1])
