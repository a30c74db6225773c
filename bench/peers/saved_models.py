"""Saved models of many kinds, as users of PyTorch save them, with the logits that PyTorch computes.

usage: /usr/bin/python3 bench/peers/saved_models.py OUT.json      (Debian: python3-torch)

OUT.json is a list of {title, name, file (base64), options (of importPyTorch), input, shape, logits}: what `unrolled import` should read, and what it
should then answer. test/golden/imports.json is one such list. `npm run bench` does not run this; exchange.mjs does.
"""
import base64
import io
import json
import struct
import sys

sys.path.pop(0)  # this folder has a torch.py of its own
import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn.utils import prune  # noqa: E402

V, E, H, D, STEPS = 7, 3, 4, 3, 5
IDS = torch.tensor([1, 2, 6, 1, 0])
cases = []


def zipped(state, **options):
    file = io.BytesIO()
    torch.save(state, file, **options)
    return file.getvalue()


def safetensors(state, metadata=None):
    """The format by hand, since Debian has no package of it."""
    names = {torch.float32: 'F32', torch.float64: 'F64', torch.float16: 'F16', torch.bfloat16: 'BF16', torch.int64: 'I64'}
    header, data = {}, b''
    if metadata:
        header['__metadata__'] = metadata
    for name, tensor in sorted(state.items()):
        tensor = tensor.detach().contiguous()
        raw = bytes(tensor.view(torch.uint8).flatten().tolist()) if tensor.dim() else b''
        header[name] = dict(dtype=names[tensor.dtype], shape=list(tensor.shape), data_offsets=[len(data), len(data) + len(raw)])
        data += raw
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    return struct.pack('<Q', len(text)) + text + data


class Net(nn.Module):
    """An embedding, recurrent layers and a linear layer."""

    def __init__(self, cell='LSTM', names=('emb', 'rnn', 'out'), tied=False, decoder_bias=True, outputs=V, hidden=H, pooling=None, vectors=False, onehot=False, embedding=E, **options):
        super().__init__()
        self.names, self.pooling, self.onehot = names, pooling, onehot
        size = V if onehot else D if vectors else embedding
        if not vectors and not onehot:
            setattr(self, names[0], nn.Embedding(V, size))
        setattr(self, names[1], getattr(nn, cell)(size, hidden, batch_first=True, **options))
        width = (options.get('proj_size') or hidden) * (2 if options.get('bidirectional') else 1)
        setattr(self, names[2], nn.Linear(width, outputs, bias=decoder_bias))
        if tied:
            getattr(self, names[2]).weight = getattr(self, names[0]).weight

    def forward(self, x):
        encoder, rnn, decoder = (getattr(self, name, None) for name in self.names)
        x = nn.functional.one_hot(x, V).float() if self.onehot else encoder(x) if encoder is not None else x
        states, last = rnn(x)
        if self.pooling == 'mean':
            states = states.mean(1)
        elif self.pooling == 'last':
            last = last[0] if isinstance(last, tuple) else last
            states = torch.cat([last[-2], last[-1]], 1) if rnn.bidirectional else last[-1]
        return decoder(states)


class Cells(nn.Module):
    """Cells that are unrolled by hand."""

    def __init__(self, cell, layers):
        super().__init__()
        self.embed = nn.Embedding(V, E)
        sizes = [E] + [H] * layers
        self.cells = nn.ModuleList(getattr(nn, cell)(sizes[k], H) for k in range(layers))
        self.fc = nn.Linear(H, V)

    def forward(self, x):
        x, states, answers = self.embed(x), [None] * len(self.cells), []
        for t in range(x.shape[1]):
            h = x[:, t]
            for k, cell in enumerate(self.cells):
                states[k] = cell(h, states[k])
                h = states[k][0] if isinstance(states[k], tuple) else states[k]
            answers.append(self.fc(h))
        return torch.stack(answers, 1)


class Stack(nn.Module):
    """Modules one after the other."""

    def __init__(self, cell, bidirectional=False, listed=False):
        super().__init__()
        self.embedding = nn.Embedding(V, E)
        directions = 2 if bidirectional else 1
        modules = [getattr(nn, cell)(size, H, batch_first=True, bidirectional=bidirectional) for size in (E, H * directions)]
        if listed:
            self.layers = nn.ModuleList(modules)
        else:
            self.rnn1, self.rnn2 = modules
        self.modules_in_order = lambda: modules
        self.linear = nn.Linear(H * directions, V)

    def forward(self, x):
        x = self.embedding(x)
        for module in self.modules_in_order():
            x = module(x)[0]
        return self.linear(x)


class Adaptive(nn.Module):
    def __init__(self, head_bias):
        super().__init__()
        self.emb = nn.Embedding(V, E)
        self.gru = nn.GRU(E, 4 * H, batch_first=True)
        self.softmax = nn.AdaptiveLogSoftmaxWithLoss(4 * H, V, cutoffs=[3, 5], head_bias=head_bias)

    def forward(self, x):
        return self.softmax.log_prob(self.gru(self.emb(x))[0][0])[None]


def case(title, module, file=None, name='model.pt', change=None, **options):
    """One case. `change` makes of the state_dict what is saved; `file` makes bytes of that."""
    module.eval()
    vectors = isinstance(module, Net) and getattr(module, module.names[0], None) is None and not module.onehot
    x = torch.rand(STEPS, D) * 2 - 1 if vectors else IDS
    state = module.state_dict()
    saved = change(state) if change else state
    with torch.no_grad():
        logits = module(x[None])[0]
    cases.append(dict(
        title=title, name=name, options=options,
        file=base64.b64encode((file or zipped)(saved)).decode(),
        input=x.flatten().tolist(), shape=list(logits.shape), logits=[round(v, 8) for v in logits.flatten().tolist()],
    ))


def renamed(**changes):
    def change(state):
        result = {}
        for name, tensor in state.items():
            for old, new in changes.items():
                name = name.replace(old, new)
            result[name] = tensor
        return type(state)(result)
    return change


def prefixed(prefix):
    return lambda state: {prefix + name: tensor for name, tensor in state.items()}


def without(*names):
    return lambda state: {name: tensor for name, tensor in state.items() if name not in names}


def rounded(module, dtype):
    """The module with numbers that the type holds, so that PyTorch computes with what is saved."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(parameter.to(dtype).float())
    return module


def as_type(dtype):
    return lambda state: {name: tensor.to(dtype) for name, tensor in state.items()}


def views(state):
    """The same numbers in transposed matrices and in parts of larger ones."""
    result = {}
    for i, (name, tensor) in enumerate(state.items()):
        if tensor.dim() == 2 and i % 2 == 0:
            result[name] = tensor.t().contiguous().t()
        else:
            larger = torch.zeros([size + 2 for size in tensor.shape])
            part = larger[tuple(slice(1, size + 1) for size in tensor.shape)]
            part.copy_(tensor)
            result[name] = part
    return result


def normed(module):
    return nn.utils.weight_norm(nn.utils.weight_norm(module, 'weight_hh_l0'), 'weight_ih_l0')


def weight_normed(parametrized):
    net = Net()
    net.rnn = normed(net.rnn)
    with torch.no_grad():
        net.rnn.weight_hh_l0_g.mul_(1.5)
    if not parametrized:
        return net, None
    def change(state):
        result = {}
        for name, tensor in state.items():
            module, _, local = name.rpartition('.')
            if local.endswith('_g') or local.endswith('_v'):
                name = '%s.parametrizations.%s.original%d' % (module, local[:-2], local.endswith('_v'))
            result[name] = tensor
        return result
    return net, change


def pruned():
    net = Net('GRU')
    prune.l1_unstructured(net.out, 'weight', amount=0.5)
    return net


def everything():
    torch.manual_seed(7)
    optimizer = lambda module: torch.optim.Adam(module.parameters())
    case('an LSTM', Net())
    case('a GRU', Net('GRU', ('encoder', 'gru', 'fc')), name='gru.pth')
    case('tanh', Net('RNN'))
    case('ReLU', Net('RNN', nonlinearity='relu'), nonlinearity='relu')
    case('safetensors', Net(), safetensors, 'model.safetensors')
    case('the older form', Net(), lambda state: zipped(state, _use_new_zipfile_serialization=False), 'old.pth')
    case('the older form, protocol 4', Net('GRU'), lambda state: zipped(state, _use_new_zipfile_serialization=False, pickle_protocol=4), 'old.pth')
    case('protocol 4', Net(), lambda state: zipped(state, pickle_protocol=4))
    case('parameters in a dict', Net('GRU'), lambda state: zipped({name: nn.Parameter(tensor) for name, tensor in state.items()}))
    case('two layers', Net(num_layers=2))
    case('both directions', Net(bidirectional=True, outputs=2))
    case('both directions, two layers', Net('GRU', num_layers=2, bidirectional=True))
    case('no biases, LSTM', Net(bias=False))
    case('no biases, GRU and output', Net('GRU', bias=False, decoder_bias=False))
    case('no biases, tanh, two layers', Net('RNN', bias=False, num_layers=2), safetensors, 'model.safetensors')
    case('no bias of the output, same width', Net('GRU', embedding=H, decoder_bias=False))
    case('tied, both names', Net('GRU', tied=True, embedding=H))
    case('tied, the embedding left out', Net(tied=True, embedding=H, names=('encoder', 'rnn', 'decoder')), lambda state: safetensors(without('encoder.weight')(state), {'encoder.weight': 'decoder.weight'}), 'tied.safetensors')
    case('tied, the output left out', Net(tied=True, embedding=H, names=('embed', 'rnn', 'fc')), lambda state: safetensors(without('fc.weight')(state), {'fc.weight': 'embed.weight'}), 'tied.safetensors')
    case('tied, the output left out in silence', Net(tied=True, embedding=H, names=('embed', 'rnn', 'fc')), lambda state: safetensors(without('fc.weight')(state)), 'tied.safetensors')
    for title, parametrized in [('weight norm', False), ('weight norm as a parametrization', True)]:
        net, change = weight_normed(parametrized)
        case(title, net, change=change)
    case('weight drop', Net(), change=renamed(**{'rnn.weight_hh_l0': 'rnn.module.weight_hh_l0_raw', 'rnn.weight_ih': 'rnn.module.weight_ih', 'rnn.bias': 'rnn.module.bias'}))
    case('weight drop beside the module', Net(), change=renamed(**{'rnn.weight_hh_l0': 'rnn.weight_hh_l0_raw', 'rnn.weight_ih': 'rnn.module.weight_ih', 'rnn.bias': 'rnn.module.bias'}))
    case('pruning', pruned())
    case('projections', Net(hidden=6, proj_size=4))
    case('projections, two layers, both directions', Net(hidden=6, proj_size=2, num_layers=2, bidirectional=True))
    case('float16', rounded(Net('GRU'), torch.float16), change=as_type(torch.float16))
    case('bfloat16', rounded(Net(), torch.bfloat16), change=as_type(torch.bfloat16))
    case('float64', Net(), change=as_type(torch.float64))
    case('float16 in safetensors', rounded(Net('GRU', num_layers=2), torch.float16), safetensors, 'half.safetensors', as_type(torch.float16))
    net = Net()
    case('a checkpoint', net, lambda state: zipped({'epoch': 3, 'model_state_dict': state, 'optimizer_state_dict': optimizer(net).state_dict(), 'loss': 1.25}), 'last.ckpt')
    case('a checkpoint of Lightning', Net(names=('emb', 'lstm', 'head')), lambda state: zipped({'epoch': 1, 'global_step': 20, 'pytorch-lightning_version': '1.9.0', 'state_dict': prefixed('model.net.')(state), 'loops': {}, 'callbacks': {}, 'optimizer_states': [], 'lr_schedulers': [], 'hyper_parameters': {'lr': 0.001, 'sizes': (3, 4), 'name': 'α'}}), 'epoch=1.ckpt')
    case('DataParallel', Net(), change=prefixed('module.'))
    case('torch.compile', Net('GRU'), change=prefixed('_orig_mod.'))
    case('an LSTMCell', Cells('LSTMCell', 1))
    case('a GRUCell', Cells('GRUCell', 1))
    case('two RNNCells', Cells('RNNCell', 2))
    case('modules stacked', Stack('LSTM'))
    case('modules stacked in a list, both directions', Stack('GRU', True, True))
    case('vectors', Net('GRU', vectors=True, outputs=2))
    case('one-hot tokens', Net(onehot=True))
    case('the last states', Net(bidirectional=True, pooling='last', outputs=3), pooling='last')
    case('the mean state', Net('GRU', pooling='mean', outputs=2), pooling='mean')
    case('an adaptive softmax', Adaptive(True))
    case('an adaptive softmax without a bias', Adaptive(False))
    case('views', Net(num_layers=2), change=views)


everything()
with open(sys.argv[1], 'w', encoding='utf-8') as out:
    out.write('[\n' + ',\n'.join(json.dumps(one) for one in cases) + '\n]\n')
print('%d saved models of PyTorch %s' % (len(cases), torch.__version__))
