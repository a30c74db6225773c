"""The PyTorch twin of a model that `unrolled` made: it has the same architecture and the same tensor names, and needs only PyTorch (1.13 or newer).

The arguments of the constructor are the keys of config.json, and model.safetensors loads with strict=True. In the folder of the model's files:

    import torch
    from modeling_unrolled import Unrolled

    def main():
        model = Unrolled.from_pretrained('.')                # this folder; in evaluation mode
        tokens = torch.zeros(50, 1, dtype=torch.long)        # [steps, batch], time first as everywhere here
        with torch.no_grad():
            logits, state = model(tokens)                    # [steps, batch, classes]
            logits, state = model(tokens[-1:], state)        # goes on from there

    main()

The input is token ids [steps, batch], or [S, steps, batch] where a step has S > 1 symbols, or real vectors [steps, batch, input_size] where
input_size is given. For sequences of different lengths `lengths` [batch] says where the padding of each begins. With pooling 'last' the output
reads the last state of each sequence in both directions, with 'mean' the mean over the sequence's own steps. The output is logits, or
log-probabilities with an adaptive softmax, or numbers with the loss 'squared'. The state is h, or (h, c) for an LSTM, each
[layers * directions, batch, hidden_size].
"""
import inspect
import json
import os
import struct

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class Unrolled(nn.Module):
    def __init__(self, vocab_size, cell='rnn', nonlinearity='tanh', symbols=1, input_size=None, embedding_size=None, hidden_size=256,
                 num_layers=1, bidirectional=False, dropout=0.0, tie_weights=False, output_size=None, pooling='none', loss='nll',
                 softmax='full', cutoffs=(), quantiles=()):
        super().__init__()
        self.vocab_size, self.cell, self.symbols, self.input_size = vocab_size, cell, symbols, input_size
        self.pooling, self.loss, self.adaptive = pooling, loss, softmax == 'adaptive'
        self.directions = 2 if bidirectional else 1
        self.dropout = nn.Dropout(dropout)
        self.encoder = nn.Embedding(vocab_size, embedding_size) if embedding_size else None
        width = input_size or embedding_size or vocab_size
        sizes = dict(num_layers=num_layers, bidirectional=bidirectional, dropout=dropout if num_layers > 1 else 0.0)
        if cell == 'gru':
            self.rnn = nn.GRU(width, hidden_size, **sizes)
        elif cell == 'lstm':
            self.rnn = nn.LSTM(width, hidden_size, **sizes)
        elif cell == 'rnn' and nonlinearity in ('tanh', 'relu'):
            self.rnn = nn.RNN(width, hidden_size, nonlinearity=nonlinearity, **sizes)
        elif cell == 'mingru' or (cell == 'rnn' and nonlinearity == 'sigmoid'):
            self.rnn = StepByStep(cell, width, hidden_size, **sizes)
        else:
            raise ValueError('cell: expected rnn (tanh, relu or sigmoid), gru, lstm or mingru, got %s (%s)' % (cell, nonlinearity))
        wide = hidden_size * self.directions
        if self.adaptive:
            self.decoder = nn.AdaptiveLogSoftmaxWithLoss(wide, vocab_size, list(cutoffs), div_value=4.0, head_bias=True)
        elif tie_weights:
            self.decoder = Bias(vocab_size)
        else:
            self.decoder = nn.Linear(wide, output_size or vocab_size)

    def forward(self, x, state=None, lengths=None):
        x = self.embed(x)
        if lengths is None:
            hidden, state = self.rnn(x, state)
        elif isinstance(self.rnn, StepByStep):
            hidden, state = self.rnn(x, state, torch.as_tensor(lengths))
        else:
            packed = pack_padded_sequence(x, torch.as_tensor(lengths).cpu(), enforce_sorted=False)
            hidden, state = self.rnn(packed, state)
            hidden, _ = pad_packed_sequence(hidden, total_length=x.shape[0])
        if self.pooling == 'last':
            last = state[0] if self.cell == 'lstm' else state
            hidden = torch.cat(list(last[-self.directions:]), dim=1)
        elif self.pooling == 'mean':  # `hidden` is zero after the end of a sequence
            counts = torch.full((x.shape[1],), x.shape[0]) if lengths is None else torch.as_tensor(lengths)
            hidden = hidden.sum(0) / counts.to(hidden)[:, None]
        return self.decode(self.dropout(hidden)), state

    def embed(self, x):
        """Returns x(t): vectors as they are, or else the sum of the embeddings or one-hot vectors of a step's symbols."""
        if self.input_size is not None:
            return x
        if self.encoder is not None:
            x = self.encoder(x)
        else:
            x = F.one_hot(x, self.vocab_size).to(next(self.parameters()).dtype)
        x = x.sum(0) if self.symbols > 1 else x
        return self.dropout(x) if self.encoder is not None else x

    def decode(self, hidden):
        if self.adaptive:
            rows = self.decoder.log_prob(hidden.reshape(-1, hidden.shape[-1]))
            return rows.reshape(*hidden.shape[:-1], -1)
        if isinstance(self.decoder, Bias):
            return F.linear(hidden, self.encoder.weight, self.decoder.bias)
        return self.decoder(hidden)

    @classmethod
    def from_pretrained(cls, folder='.'):
        """Loads the model of a folder with config.json and model.safetensors, in evaluation mode."""
        with open(os.path.join(folder, 'config.json'), encoding='utf-8') as file:
            config = json.load(file)
        known = list(inspect.signature(cls.__init__).parameters)[1:]
        model = cls(**{key: value for key, value in config.items() if key in known})
        model.load_state_dict(load_file(os.path.join(folder, 'model.safetensors')), strict=True)
        return model.eval()


class Bias(nn.Module):
    """The output layer of tied weights: its matrix is the embedding, and only the bias is its own."""

    def __init__(self, size):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(size))


class StepByStep(nn.Module):
    """The cells for which PyTorch has no layer, computed step by step, with PyTorch's names, shapes and state.

    rnn      h = sigmoid(W_ih x + b_ih + W_hh h + b_hh)
    mingru   h = (1 - z) h + z n,  z = sigmoid(W_iz x + b_iz),  n = W_in x + b_in      (no W_hh, no b_hh)
    """

    def __init__(self, cell, input_size, hidden_size, num_layers, bidirectional, dropout):
        super().__init__()
        self.cell, self.hidden_size, self.num_layers, self.dropout = cell, hidden_size, num_layers, dropout
        self.suffixes = ('', '_reverse') if bidirectional else ('',)
        rows = hidden_size * (2 if cell == 'mingru' else 1)
        for layer in range(num_layers):
            width = input_size if layer == 0 else hidden_size * len(self.suffixes)
            for suffix in self.suffixes:
                shapes = dict(weight_ih=(rows, width), weight_hh=(rows, hidden_size), bias_ih=(rows,), bias_hh=(rows,))
                for name, shape in shapes.items():
                    if cell == 'mingru' and name.endswith('_hh'):
                        continue
                    values = torch.empty(shape).uniform_(-hidden_size ** -0.5, hidden_size ** -0.5)
                    self.register_parameter('%s_l%d%s' % (name, layer, suffix), nn.Parameter(values))

    def forward(self, x, state=None, lengths=None):
        steps, batch = x.shape[:2]
        if state is None:
            state = x.new_zeros(self.num_layers * len(self.suffixes), batch, self.hidden_size)
        lengths = torch.full((batch,), steps) if lengths is None else lengths
        time = torch.arange(steps, device=x.device)[:, None]
        lengths = lengths.to(x.device)[None, :]
        real = (time < lengths).to(x)[:, :, None]
        mirror = torch.where(time < lengths, lengths - 1 - time, time)  # reverses each sequence and leaves its padding in place
        last = []
        for layer in range(self.num_layers):
            outputs = []
            for suffix in self.suffixes:
                order = mirror if suffix else time.expand(steps, batch)
                h, hidden = state[len(last)], []
                for t, a in enumerate(self.project(gather(x, order), '_l%d%s' % (layer, suffix))):
                    h = torch.where(real[t] > 0, self.step(a, h, '_l%d%s' % (layer, suffix)), h)
                    hidden.append(h * real[t])
                outputs.append(gather(torch.stack(hidden), order))
                last.append(h)
            x = torch.cat(outputs, dim=-1)
            if layer < self.num_layers - 1:
                x = F.dropout(x, self.dropout, self.training)
        return x, torch.stack(last)

    def project(self, x, name):
        return F.linear(x, getattr(self, 'weight_ih' + name), getattr(self, 'bias_ih' + name))

    def step(self, a, h, name):
        if self.cell == 'rnn':
            return torch.sigmoid(a + F.linear(h, getattr(self, 'weight_hh' + name), getattr(self, 'bias_hh' + name)))
        z, n = a.chunk(2, dim=-1)
        z = torch.sigmoid(z)
        return (1 - z) * h + z * n


def gather(x, order):
    """Puts the steps of each sequence of x [steps, batch, n] into another order [steps, batch]."""
    return x.gather(0, order[:, :, None].expand_as(x))


def load_file(path):
    """Reads the tensors of a safetensors file, with the package safetensors where it is installed."""
    try:
        from safetensors.torch import load_file as load
        return load(path)
    except ImportError:
        pass
    types = dict(F64=torch.float64, F32=torch.float32, F16=torch.float16, BF16=torch.bfloat16)
    with open(path, 'rb') as file:
        (length,) = struct.unpack('<Q', file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        if name == '__metadata__':
            continue
        begin, end = entry['data_offsets']
        tensor = torch.frombuffer(memoryview(data)[begin:end], dtype=types[entry['dtype']])
        tensors[name] = tensor.reshape(entry['shape'])
    return tensors
