#!/usr/bin/env python3
"""Small models in the library's own folder form, and what PyTorch says about them.

usage: make_fixture.py [OUTPUT_DIR]        (needs python3 with torch >= 1.13; default: the folder of this file)

Writes pytorch-model/ (1 layer, tanh, one-hot, H = 16) and pytorch-model-2/ (2 layers, ReLU, embedding 8, H = 12), each config.json,
model.safetensors (float32, PyTorch's names, both biases nonzero) and tokenizer.json, and pytorch-expected.json. There, for both models,
in float64 and in float32 (the same float32 weights, widened):
  nll      mean negative log-likelihood in nats of TEXT read as one stream: state from zero, every token but the first predicted once
  updates  three plain SGD updates, batches as in PyTorch's word_language_model: stream b is ids[b * n .. (b + 1) * n), n = floor(N / B);
           window k reads positions k T .. k T + T - 1 of each stream and predicts the next ones; state zero at the start, then carried
           over and detached; loss = mean over B T; bias_hh frozen as it is, all else trained. `losses` are those before each update,
           `params` all weights after the third.

And pytorch-gru/, pytorch-lstm/, pytorch-bilstm-last/, pytorch-symbols/, pytorch-vectors/: config.json and model.safetensors of gated cells, two
directions, padded sequences, several symbols a step, real-valued input and output; their inputs, lengths and logits (float64, from the float32
weights) in pytorch-logits.json. Padded sequences go through pack_padded_sequence.
"""
import json
import os
import struct
import sys

import torch
import torch.nn.functional as F

TEXT = (
    'the river does not ask the rain,\nwhere have you been, what did you bring?\nit takes the water all the same\n'
    'and hums, and goes on wandering.\n\na loop of thread, a loop of sound;\nwhat was, is read again, and then\n'
    'the same small wheel goes quickly round\nand writes the next word with its pen.\n\n'
    'i fold the past into one hand,\nand open it: a line of verse.\nthe zest is just to understand,\n'
    'quite exactly, or a little worse.\n'
)
SPECIAL = '<unk>'  # id 0, never in the text
B, T, UPDATES, LEARNING_RATE = 4, 10, 3, 0.5
MODELS = [
    ('pytorch-model', 11, 0.5, dict(nonlinearity='tanh', embedding_size=None, hidden_size=16, num_layers=1)),
    ('pytorch-model-2', 12, 0.3, dict(nonlinearity='relu', embedding_size=8, hidden_size=12, num_layers=2)),
]
# name, seed, config; steps, batch and lengths of the input
LOGITS = [
    ('pytorch-gru', 21, dict(cell='gru', vocab_size=7, embedding_size=4, hidden_size=5, num_layers=2), 6, 2, None),
    ('pytorch-lstm', 22, dict(cell='lstm', vocab_size=6, hidden_size=5), 7, 3, None),
    ('pytorch-bilstm-last', 23, dict(cell='lstm', vocab_size=6, embedding_size=3, hidden_size=4, num_layers=2, bidirectional=True,
                                     output_size=3, pooling='last'), 6, 3, [6, 2, 4]),
    ('pytorch-symbols', 24, dict(cell='gru', vocab_size=6, symbols=3, hidden_size=4, bidirectional=True, output_size=2,
                                 pooling='mean'), 5, 3, [3, 5, 1]),
    ('pytorch-vectors', 25, dict(cell='lstm', vocab_size=1, input_size=3, hidden_size=4, output_size=2, pooling='last',
                                 loss='squared'), 5, 2, [5, 2]),
]


class Net(torch.nn.Module):
    def __init__(self, vocab_size, embedding_size, hidden_size, num_layers, nonlinearity):
        super().__init__()
        self.vocab_size = vocab_size
        self.encoder = torch.nn.Embedding(vocab_size, embedding_size) if embedding_size else None
        self.rnn = torch.nn.RNN(embedding_size or vocab_size, hidden_size, num_layers, nonlinearity=nonlinearity)
        self.decoder = torch.nn.Linear(hidden_size, vocab_size)

    def forward(self, ids, state):
        x = self.encoder(ids) if self.encoder else F.one_hot(ids, self.vocab_size).to(self.decoder.weight.dtype)
        hidden, state = self.rnn(x, state)
        return self.decoder(hidden), state

    def zero_state(self, batch):
        return torch.zeros(self.rnn.num_layers, batch, self.rnn.hidden_size, dtype=self.decoder.weight.dtype)


def write_safetensors(path, tensors):
    """All F32. The reference's order (one dtype: by name), offsets without holes, header padded with spaces to 8."""
    entries, blocks, offset = ['"__metadata__":{"format":"pt"}'], [], 0
    for name in sorted(tensors):
        values = tensors[name].detach().to(torch.float32)
        data = struct.pack('<%df' % values.numel(), *values.reshape(-1).tolist())
        entry = dict(dtype='F32', shape=list(values.shape), data_offsets=[offset, offset + len(data)])
        entries.append('%s:%s' % (json.dumps(name), json.dumps(entry, separators=(',', ':'))))
        blocks.append(data)
        offset += len(data)
    header = ('{' + ','.join(entries) + '}').encode()
    header += b' ' * (-len(header) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(header)) + header + b''.join(blocks))


def write_json(path, value, **options):
    with open(path, 'w', encoding='utf-8') as file:
        json.dump(value, file, ensure_ascii=False, **options)
        file.write('\n')


def tokenizer(vocabulary):
    """Characters as the `tokenizers` library reads them: BPE without merges."""
    added = dict(id=0, content=SPECIAL, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
    split = dict(type='Split', pattern=dict(Regex='[\\s\\S]'), behavior='Isolated', invert=False)
    model = dict(type='BPE', dropout=None, unk_token=SPECIAL, continuing_subword_prefix=None, end_of_word_suffix=None,
                 fuse_unk=False, byte_fallback=False, ignore_merges=False, vocab=vocabulary, merges=[])
    return dict(version='1.0', truncation=None, padding=None, added_tokens=[added], normalizer=None, pre_tokenizer=split,
                post_processor=None, decoder=dict(type='Fuse'), model=model)


def stream_nll(net, ids):
    with torch.no_grad():
        logits, _ = net(ids[:-1].unsqueeze(1), net.zero_state(1))
        return F.cross_entropy(logits.squeeze(1), ids[1:]).item()


def sgd_updates(net, ids):
    n = len(ids) // B
    streams = ids[: n * B].view(B, n).t()  # [n, B], time-major
    trained = [p for name, p in net.named_parameters() if 'bias_hh' not in name]
    optimizer = torch.optim.SGD(trained, lr=LEARNING_RATE)
    state, losses = net.zero_state(B), []
    for k in range(UPDATES):
        x, y = streams[k * T : k * T + T], streams[k * T + 1 : k * T + T + 1]
        net.zero_grad()
        logits, state = net(x, state.detach())
        loss = F.cross_entropy(logits.reshape(B * T, -1), y.reshape(-1))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def logits_of(tensors, config, x, lengths):
    """What config says, in PyTorch's own layers: one-hot vectors or embeddings of S symbols summed, the cell, pooling, the output."""
    if config['input_size'] is None:
        table = tensors['encoder.weight'] if config['embedding_size'] else torch.eye(config['vocab_size'], dtype=torch.float64)
        x = table[x].sum(0) if config['symbols'] > 1 else table[x]
    make = dict(gru=torch.nn.GRU, lstm=torch.nn.LSTM)[config['cell']]
    rnn = make(x.shape[-1], config['hidden_size'], config['num_layers'], bidirectional=config['bidirectional']).double()
    rnn.load_state_dict({name[4:]: value for name, value in tensors.items() if name.startswith('rnn.')})
    steps, batch = x.shape[:2]
    lengths = torch.tensor(lengths or [steps] * batch)
    packed, state = rnn(torch.nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False))
    hidden, _ = torch.nn.utils.rnn.pad_packed_sequence(packed, total_length=steps)
    last = state[0] if config['cell'] == 'lstm' else state
    if config['pooling'] == 'last':
        hidden = torch.cat(list(last[-2:] if config['bidirectional'] else last[-1:]), dim=1)
    if config['pooling'] == 'mean':
        hidden = hidden.sum(0) / lengths[:, None]
    return F.linear(hidden, tensors['decoder.weight'], tensors['decoder.bias'])


def logit_models(out):
    expected = dict(source='PyTorch %s' % torch.__version__, models={})
    for name, seed, shape, steps, batch, lengths in LOGITS:
        torch.manual_seed(seed)
        config = dict(symbols=1, input_size=None, embedding_size=None, num_layers=1, bidirectional=False, output_size=None, pooling='none',
                      loss='nll')
        config.update(shape)
        width = config['embedding_size'] or config['input_size'] or config['vocab_size']
        make = dict(gru=torch.nn.GRU, lstm=torch.nn.LSTM)[config['cell']]
        net = torch.nn.Module()
        if config['embedding_size']:
            net.encoder = torch.nn.Embedding(config['vocab_size'], config['embedding_size'])
        net.rnn = make(width, config['hidden_size'], config['num_layers'], bidirectional=config['bidirectional'])
        outputs = config['output_size'] or config['vocab_size']
        net.decoder = torch.nn.Linear(config['hidden_size'] * (2 if config['bidirectional'] else 1), outputs)
        with torch.no_grad():
            for parameter in net.parameters():
                parameter.uniform_(-0.8, 0.8)
        sizes = (config['symbols'], steps, batch) if config['symbols'] > 1 else (steps, batch)
        x = torch.rand(steps, batch, config['input_size']).double() if config['input_size'] else torch.randint(config['vocab_size'], sizes)
        tensors = net.state_dict()
        with torch.no_grad():
            logits = logits_of({key: value.double() for key, value in tensors.items()}, config, x, lengths)
        folder = os.path.join(out, name)
        os.makedirs(folder, exist_ok=True)
        defaults = dict(symbols=1, input_size=None, output_size=None, pooling='none', loss='nll')
        written = dict(model_type='unrolled', nonlinearity='tanh', dropout=0, tie_weights=False)
        written.update((key, value) for key, value in config.items() if key not in defaults or defaults[key] != value)
        write_json(os.path.join(folder, 'config.json'), written, indent=2)
        write_safetensors(os.path.join(folder, 'model.safetensors'), tensors)
        expected['models'][name] = dict(input=x.tolist(), lengths=lengths, steps=steps, batch=batch, logits=logits.tolist())
    write_json(os.path.join(out, 'pytorch-logits.json'), expected)


def main(out):
    torch.set_num_threads(1)
    logit_models(out)
    characters = sorted(set(TEXT))
    vocabulary = {SPECIAL: 0, **{character: i + 1 for i, character in enumerate(characters)}}
    ids = torch.tensor([vocabulary[character] for character in TEXT])
    expected = dict(source='PyTorch %s' % torch.__version__, text=TEXT, ids=ids.tolist(), batch_size=B, bptt=T,
                    learning_rate=LEARNING_RATE, models={})
    for name, seed, scale, shape in MODELS:
        torch.manual_seed(seed)
        first = Net(len(vocabulary), **shape)
        with torch.no_grad():
            for parameter in first.parameters():
                parameter.uniform_(-scale, scale)
        weights = {key: value.clone() for key, value in first.state_dict().items()}
        folder = os.path.join(out, name)
        os.makedirs(folder, exist_ok=True)
        config = dict(model_type='unrolled', cell='rnn', nonlinearity=shape['nonlinearity'], vocab_size=len(vocabulary),
                      embedding_size=shape['embedding_size'], hidden_size=shape['hidden_size'],
                      num_layers=shape['num_layers'], bidirectional=False, dropout=0, tie_weights=False)
        write_json(os.path.join(folder, 'config.json'), config, indent=2)
        write_json(os.path.join(folder, 'tokenizer.json'), tokenizer(vocabulary), indent=1)
        write_safetensors(os.path.join(folder, 'model.safetensors'), weights)
        entry = {}
        for dtype in (torch.float64, torch.float32):
            net = Net(len(vocabulary), **shape).to(dtype)
            net.load_state_dict(weights)
            nll, losses = stream_nll(net, ids), sgd_updates(net, ids)
            after = {key: value.tolist() for key, value in net.state_dict().items()}
            entry[str(dtype).replace('torch.', '')] = dict(nll=nll, updates=dict(losses=losses, params=after))
            print(name, dtype, 'C', len(vocabulary), 'nll', nll, 'losses', losses)
        expected['models'][name] = entry
    write_json(os.path.join(out, 'pytorch-expected.json'), expected)


if __name__ == '__main__':
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__)))
