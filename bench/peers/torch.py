"""PyTorch as a peer: torch.nn.RNN (GRU, LSTM) + Linear + CrossEntropyLoss + SGD on the CPU, written as its users write it.

usage: OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python3 torch.py [THREADS]      (Debian: python3-torch)
One-hot input, or an embedding of size H for the `word` case; the network of data.py, state from zero. There is a second bias, which is set
to zero and stays there, so that the losses can be compared; its gradient is computed and applied like the others. Of a GRU its last part is
the bias of n, which trains.
"""
import sys

import protocol

threads = int(sys.argv[1]) if len(sys.argv) > 1 else 1
try:
    import data
    sys.path.pop(0)  # this folder: here `import torch` would find this very file
    import torch
except ImportError as error:
    protocol.reply(unavailable='PyTorch is not installed (%s)' % error)
    sys.exit(0)


def modules(B, T, H, C, embedding=False, cell='rnn'):
    """encoder or None, rnn, decoder, all parameters but the second bias, and that; then ids and targets [T, B]."""
    network = data.network(B, T, H, C, embedding, cell)
    net = {name: value if value is None else torch.from_numpy(value) for name, value in network.items()}
    encoder = torch.nn.Embedding(C, H) if embedding else None
    rnn = getattr(torch.nn, cell.upper())(H if embedding else C, H)
    decoder = torch.nn.Linear(H, C)
    with torch.no_grad():
        rnn.weight_ih_l0.copy_(net['U'].T)
        rnn.weight_hh_l0.copy_(net['W'].T)
        rnn.bias_ih_l0.copy_(net['b'])
        rnn.bias_hh_l0.zero_()
        if cell == 'gru':
            rnn.bias_hh_l0[2 * H:] = net['bn']
        decoder.weight.copy_(net['V'])
        decoder.bias.copy_(net['c'])
        if encoder:
            encoder.weight.copy_(net['E'])
    parameters = [p for module in (encoder, rnn, decoder) if module for p in module.parameters() if p is not rnn.bias_hh_l0]
    return encoder, rnn, decoder, parameters, rnn.bias_hh_l0, net['ids'].view(T, B), net['targets'].view(T, B)


def train(B, T, H, C, rate, embedding=False, cell='rnn'):
    encoder, rnn, decoder, parameters, second_bias, ids, targets = modules(B, T, H, C, embedding, cell)
    trains = torch.zeros_like(second_bias)
    if cell == 'gru':
        trains[2 * H:] = 1
        second_bias.register_hook(lambda gradient: gradient * trains)
    optimizer = torch.optim.SGD([dict(params=parameters), dict(params=[second_bias], lr=rate if cell == 'gru' else 0.0)], lr=rate)
    cross_entropy = torch.nn.CrossEntropyLoss()
    zeros = torch.zeros(1, B, H)
    state = (zeros, zeros) if cell == 'lstm' else zeros

    def step():
        optimizer.zero_grad(set_to_none=True)
        x = encoder(ids) if encoder else torch.nn.functional.one_hot(ids, C).float()
        hidden, _ = rnn(x, state)
        loss = cross_entropy(decoder(hidden).view(T * B, C), targets.view(-1))
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def sample(H, C, draw=False):
    """One token read and the logits of the next, without gradients; with draw, the next token drawn from them and read back."""
    _, rnn, decoder, _, _, ids, targets = modules(1, 64, H, C)
    rows = torch.eye(C).view(C, 1, 1, C)  # x of every token, made once
    order, answers = ids.view(-1).tolist(), targets.view(-1).tolist()
    state, count, token = torch.zeros(1, 1, H), 0, order[0]

    def step():
        nonlocal state, count, token
        with torch.no_grad():
            hidden, state = rnn(rows[token], state)
            logits = decoder(hidden).view(-1)
            loss = torch.nn.functional.cross_entropy(logits[None], torch.tensor([answers[count]])).item() if count < 5 else 0.0
            count += 1
            if draw and count >= 5:
                token = torch.multinomial(torch.softmax(logits, 0), 1).item()
            else:
                token = order[count % 64]
        return loss

    return step


def evaluate(H, C, T, B):
    """The mean loss of B texts of T + 1 tokens side by side."""
    _, rnn, decoder, _, _, ids, _ = modules(B, T + 1, H, C)
    cross_entropy = torch.nn.CrossEntropyLoss()

    def step():
        with torch.no_grad():
            hidden, _ = rnn(torch.nn.functional.one_hot(ids[:-1], C).float())
            return cross_entropy(decoder(hidden).view(T * B, C), ids[1:].reshape(-1)).item()

    return step


def blas():
    """Which BLAS the process really loaded, from its memory map (Linux)."""
    torch.ones(64, 64) @ torch.ones(64, 64)
    try:
        with open('/proc/self/maps') as maps:
            names = {line.split('/')[-1].strip() for line in maps if 'openblas' in line or 'mkl' in line}
    except OSError:
        return 'unknown'
    return ' '.join(sorted(names)) or 'not OpenBLAS'


torch.set_num_threads(threads)
versions = dict(torch=torch.__version__, blas=blas(), python=sys.version.split()[0])
protocol.serve(versions, torch.get_num_threads(), dict(train=train, sample=sample, evaluate=evaluate))
