"""PyTorch as a peer: torch.nn.RNN + Linear + CrossEntropyLoss + SGD on the CPU, written as its users write it.

usage: OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python3 torch.py [THREADS]      (Debian: python3-torch)
One-hot input, or an embedding of size H for the `word` case; fixed random data, state from zero, default initialization.
"""
import sys

import protocol

sys.path.pop(0)  # this folder: here `import torch` would find this very file
threads = int(sys.argv[1]) if len(sys.argv) > 1 else 1
try:
    import torch
except ImportError as error:
    protocol.reply(unavailable='PyTorch is not installed (%s)' % error)
    sys.exit(0)


def open_case(B, T, H, C, embedding):
    torch.manual_seed(0)
    encoder = torch.nn.Embedding(C, H) if embedding else None
    rnn = torch.nn.RNN(H if embedding else C, H)
    decoder = torch.nn.Linear(H, C)
    modules = [module for module in (encoder, rnn, decoder) if module]
    optimizer = torch.optim.SGD([p for module in modules for p in module.parameters()], lr=0.01)
    cross_entropy = torch.nn.CrossEntropyLoss()
    ids, targets = torch.randint(0, C, (T, B)), torch.randint(0, C, (T, B))
    state = torch.zeros(1, B, H)

    def step():
        optimizer.zero_grad(set_to_none=True)
        x = encoder(ids) if embedding else torch.nn.functional.one_hot(ids, C).float()
        hidden, _ = rnn(x, state)
        loss = cross_entropy(decoder(hidden).view(T * B, C), targets.view(-1))
        loss.backward()
        optimizer.step()
        return loss.item()

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
protocol.serve(dict(torch=torch.__version__, blas=blas(), python=sys.version.split()[0]), torch.get_num_threads(), open_case)
