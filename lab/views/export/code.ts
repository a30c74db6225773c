// A run as code: a program with the library, a command line, a program with PyTorch. Each has every setting of the run, whether it is the default or not.
// Pure; the tests run what it writes.

import { cellOf } from '../../../src/core.ts';
import { cellConfig, type Settings } from '../../settings.ts';

/** What of a run its code depends on. */
export interface RunToWrite {
  readonly settings: Settings;
  /** Updates to make. */
  readonly updates: number;
  /** Whether a part of the text is held out. */
  readonly holdsOut: boolean;
  /** Whether the run began with weights that its seed does not give: they are then in model.safetensors. */
  readonly hasWeights: boolean;
}

/** A piece of code, and what it cannot say. */
export interface Code {
  readonly text: string;
  readonly lacks: readonly Lack[];
}
export type Lack = 'gain' | 'carry' | 'weights' | 'random' | 'words';

const heldOut = ({ settings: { share }, holdsOut }: RunToWrite): number =>
  holdsOut ? Math.round((1 - share) * 1e6) / 1e6 : 0;

/** A program that makes the run with the library, with the very numbers. */
export function libraryCode(run: RunToWrite): Code {
  const { settings, updates, hasWeights } = run;
  const { cell, nonlinearity } = cellConfig(settings.cell);
  const { level, hidden, layers, init, gain, seed, batch, T, carry, opt, lr, decay, clip, restart } = settings;
  const validation = heldOut(run);
  const isCut = !carry;
  const names = ['createModel', ...(hasWeights ? [] : ['languageModel']), 'train'];
  const lines = [
    "import { readFileSync } from 'node:fs';",
    hasWeights
      ? "import { languageModel, train, unpackModelFile } from 'unrolled';"
      : `import { ${names.join(', ')} } from 'unrolled';`,
    ...(isCut ? ["import { splitValidation, streams, textSource } from 'unrolled/core';"] : []),
    "import { saveModel } from 'unrolled/node';",
    '',
    "const text = readFileSync('text.txt', 'utf8');",
  ];
  if (hasWeights)
    lines.push(
      "const { model } = unpackModelFile(readFileSync('model.safetensors'), 'model.safetensors');",
      `const task = languageModel(text, { tokenizer: model.tokenizer, level: '${level}', validation: ${validation} });`,
    );
  else
    lines.push(
      `const task = languageModel(text, { level: '${level}', validation: ${validation} });`,
      'const model = createModel(task, {',
      `  cell: '${cell}',`,
      ...(cell === 'rnn' ? [`  nonlinearity: '${nonlinearity}',`] : []),
      `  hiddenSize: ${hidden},`,
      `  numLayers: ${layers},`,
      ...(level === 'word' ? ['  embeddingSize: null,', "  softmax: 'full',"] : []),
      '  dropout: 0,',
      `  init: '${init}',`,
      `  gain: ${gain},`,
      `  seed: ${seed},`,
      '});',
    );
  let data = 'task';
  if (isCut) {
    data = 'windows';
    lines.push(
      'const ids = model.tokenizer.encode(text);',
      validation > 0 ? `const { training } = splitValidation(ids, ${validation});` : 'const training = ids;',
      `// no state is carried from a window to the next`,
      `const windows = textSource(streams(training, ${batch}), ${T}, false);`,
    );
  }
  lines.push(
    `const reports = train(model, ${data}, {`,
    ...(isCut ? [] : [`  batchSize: ${batch},`, `  bptt: ${T},`]),
    `  optimizer: '${opt}',`,
    `  learningRate: ${lr},`,
    `  weightDecay: ${decay},`,
    `  clip: ${clip},`,
    `  restart: ${carry ? restart : 0},`,
    "  schedule: 'constant',",
    '  patience: 0,',
    `  updates: ${updates},`,
    `  seed: ${seed},`,
    '});',
    'for await (const report of reports)',
    "  if (report.kind === 'update') console.log(report.update, report.loss);",
    '',
    "await saveModel('run', model);",
    '',
  );
  return { text: lines.join('\n'), lacks: [] };
}

/** The command that makes the run. */
export function commandLine(run: RunToWrite): Code {
  const { settings, updates, hasWeights } = run;
  const config = cellConfig(settings.cell);
  const { level, hidden, layers, init, gain, seed, batch, T, carry, opt, lr, decay, clip, restart } = settings;
  const options: readonly (readonly [string, string | number])[] = [
    ['out', 'run'],
    ['validation', heldOut(run)],
    ...(hasWeights
      ? ([['init-from', 'model']] as const)
      : ([
          ['level', level],
          ['cell', config.cell],
          ...(config.cell === 'rnn' ? [['nonlinearity', config.nonlinearity] as const] : []),
          ['hidden', hidden],
          ['layers', layers],
          ...(level === 'word'
            ? ([
                ['embedding', 0],
                ['softmax', 'full'],
              ] as const)
            : []),
          ['dropout', 0],
          ['init', init],
        ] as const)),
    ['batch', batch],
    ['bptt', T],
    ['optimizer', opt],
    ['lr', lr],
    ['weight-decay', decay],
    ['clip', clip],
    ['restart', carry ? restart : 0],
    ['schedule', 'constant'],
    ['patience', 0],
    ['updates', updates],
    ['seed', seed],
  ];
  const usual = init === 'orthogonal' ? cellOf(config).orthogonalGain : 1;
  const lacks: Lack[] = [
    ...(init !== 'uniform' && gain !== usual && !hasWeights ? (['gain'] as const) : []),
    ...(carry ? [] : (['carry'] as const)),
    ...(hasWeights ? (['weights'] as const) : []),
  ];
  const text = ['npx unrolled train text.txt', ...options.map(([name, value]) => `  --${name} ${value}`)].join(' \\\n');
  return { text: `${text}\n`, lacks };
}

const torchOptimizers: Readonly<Record<Settings['opt'], (lr: number, decay: number) => string>> = {
  sgd: (lr, decay) => `torch.optim.SGD(parameters, lr=${lr}, weight_decay=${decay})`,
  momentum: (lr, decay) => `torch.optim.SGD(parameters, lr=${lr}, momentum=0.9, weight_decay=${decay})`,
  nesterov: (lr, decay) => `torch.optim.SGD(parameters, lr=${lr}, momentum=0.9, nesterov=True, weight_decay=${decay})`,
  adagrad: (lr, decay) => `torch.optim.Adagrad(parameters, lr=${lr}, eps=1e-8, weight_decay=${decay})`,
  rmsprop: (lr, decay) => `torch.optim.RMSprop(parameters, lr=${lr}, alpha=0.95, eps=1e-8, weight_decay=${decay})`,
  adam: (lr, decay) => `torch.optim.Adam(parameters, lr=${lr}, weight_decay=${decay})`,
  adamw: (lr, decay) => `torch.optim.AdamW(parameters, lr=${lr}, weight_decay=${decay})`,
  muon: (lr, decay) => `Muon(network, lr=${lr}, weight_decay=${decay})`,
};

const muon = `class Muon:
    """Steps of the recurrent weights are made orthogonal, and all others are those of AdamW."""

    def __init__(self, network, lr, weight_decay):
        named = list(network.named_parameters())
        self.matrices = [(w, torch.zeros_like(w)) for name, w in named if "weight_hh" in name]
        self.others = torch.optim.AdamW([w for name, w in named if "weight_hh" not in name], lr, weight_decay=weight_decay)
        self.zero_grad, self.lr, self.shrink = network.zero_grad, lr, 1 - lr * weight_decay

    @torch.no_grad()
    def step(self):
        self.others.step()
        for weights, momentum in self.matrices:
            momentum.mul_(0.95).add_(weights.grad)
            for w, n in zip(weights.split(H), (weights.grad + 0.95 * momentum).split(H)):
                x = n / n.norm()
                for _ in range(3):
                    a = x @ x.t()
                    x = 3.4445 * x + (-4.775 * a + 2.0315 * a @ a) @ x
                w.mul_(self.shrink).sub_(0.2 * math.sqrt(H) * self.lr * x)


`;

const minGru = `class MinGRU(nn.Module):
    """h(t) = (1 - z) h(t-1) + z n, with z = sigmoid(a_z) and n = a_n of a = b + U x(t)."""

    def __init__(self, inputs, units, layers):
        super().__init__()
        self.layers = layers
        for k in range(layers):
            bound = 1 / math.sqrt(units)
            weight = torch.empty(2 * units, inputs if k == 0 else units).uniform_(-bound, bound)
            self.register_parameter(f"weight_ih_l{k}", nn.Parameter(weight))
            self.register_parameter(f"bias_ih_l{k}", nn.Parameter(torch.empty(2 * units).uniform_(-bound, bound)))

    def forward(self, x, state):
        last = []
        for k in range(self.layers):
            a = nn.functional.linear(x, getattr(self, f"weight_ih_l{k}"), getattr(self, f"bias_ih_l{k}"))
            z, n = a.chunk(2, dim=-1)
            z = torch.sigmoid(z)
            h, states = state[k], []
            for t in range(len(x)):
                h = (1 - z[t]) * h + z[t] * n[t]
                states.append(h)
            x = torch.stack(states)
            last.append(h)
        return x, torch.stack(last)


`;

/** A program that makes the run with PyTorch. Given the weights of the lab's step 0 it has the lab's losses, but for rounding. */
export function pytorchCode(run: RunToWrite): Code {
  const { settings, updates, hasWeights } = run;
  const { cell, nonlinearity } = cellConfig(settings.cell);
  const { level, hidden, layers, init, gain, seed, batch, T, carry, opt, lr, decay, clip, restart } = settings;
  const isMinGru = cell === 'mingru';
  const isLstm = cell === 'lstm';
  const kind = { rnn: 'nn.RNN', gru: 'nn.GRU', lstm: 'nn.LSTM', mingru: 'MinGRU' }[cell];
  const extra = cell === 'rnn' ? `, nonlinearity="${nonlinearity}"` : '';
  const read = {
    char: 'tokens = list(text)\nvocabulary = sorted(set(tokens))',
    byte: 'tokens = list(text.encode("utf-8"))\nvocabulary = list(range(256))',
    word: `tokens = ["<eos>" if word == "\\n" else word for word in re.findall(r"\\n|<unk>|<eos>|[^\\W_]+(?:['\\u2019][^\\W_]+)*|\\S", text)]
counts = Counter(token for token in tokens if token not in ("<unk>", "<eos>"))
once = sum(count == 1 for count in counts.values())
least = 1 if "<unk>" in tokens or 5 * once > sum(counts.values()) else 2  # words that occur once train <unk>
frequent = [word for word in counts if counts[word] >= least]
vocabulary = ["<unk>", "<eos>"] + sorted(frequent, key=lambda word: (-counts[word], word))`,
  }[level as 'char' | 'byte' | 'word'];
  const first = [
    ...(init === 'uniform' || isMinGru
      ? []
      : [
          'if name.startswith("weight_hh"):',
          ...(init === 'identity'
            ? [`    values.copy_(${gain} * torch.eye(H))`]
            : ['    for gate in values.split(H):', `        nn.init.orthogonal_(gate, gain=${gain})`]),
        ]),
    ...(init === 'identity' ? ['if name.startswith("bias_ih"):', '    values.zero_()'] : []),
    ...(isLstm ? ['if name.startswith("bias_ih"):', '    values[H : 2 * H] = 1  # of the forget gate'] : []),
    ...(isMinGru
      ? []
      : [
          'if name.startswith("bias_hh"):  # the lab has one bias where PyTorch adds two',
          ...(cell === 'gru'
            ? ['    values[: 2 * H] = 0', '    second[: 2 * H] = 0']
            : ['    values.zero_()', '    second.zero_()']),
          '    values_of.register_hook(lambda gradient, kept=second: gradient * kept)',
        ]),
  ];
  const hasFirst = first.length > 0;
  const indent = (lines: readonly string[], by: string): string => lines.map((line) => by + line).join('\n');
  const zeros = isLstm ? '(torch.zeros(layers, B, H), torch.zeros(layers, B, H))' : 'torch.zeros(layers, B, H)';
  const restarts = carry && restart > 0;
  const keep = isLstm ? 'tuple(part * going for part in state)' : 'state * going';
  const detach = isLstm ? 'tuple(part.detach() for part in state)' : 'state.detach()';
  const text = `# A run of the lab with PyTorch: the same text, network, optimizer and order of windows.
#   python run.py                      begins with random weights
#   python run.py model.safetensors    begins with those that the lab saved
import json
import math
import re
import struct
import sys
from collections import Counter

import torch
from torch import nn

text = open("text.txt", encoding="utf-8", newline="").read()
${read}
index = {token: i for i, token in enumerate(vocabulary)}
ids = torch.tensor([index.get(token, 0) for token in tokens])
training = ids[: len(ids) - math.floor(${heldOut(run)} * len(ids))]

H, layers, T, B, C = ${hidden}, ${layers}, ${T}, ${batch}, len(vocabulary)
torch.manual_seed(${seed})


${isMinGru ? minGru : ''}${opt === 'muon' ? muon : ''}class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = ${kind}(C, H, layers${extra})
        self.decoder = nn.Linear(H, C)
${
  hasFirst
    ? `        for name, values_of in self.rnn.named_parameters():
            values, second = values_of.data, torch.ones_like(values_of)
${indent(first, '            ')}
`
    : ''
}
    def forward(self, tokens, state):
        h, state = self.rnn(nn.functional.one_hot(tokens, C).float(), state)
        return self.decoder(h), state


def weights_of(path):
    """The tensors of a file of safetensors in float32."""
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__", None)
    tensors = {}
    for name, about in header.items():
        begin, end = (8 + size + at for at in about["data_offsets"])
        tensors[name] = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32).reshape(about["shape"])
    return tensors


network = Network()
if len(sys.argv) > 1:
    network.load_state_dict(weights_of(sys.argv[1]))
parameters = list(network.parameters())
optimizer = ${torchOptimizers[opt](lr, decay)}

length = len(training) // B
streams = training[: length * B].view(B, length).t()  # [length, B]
T = min(T, length - 1)
start = 0
state = ${zeros}
for update in range(1, ${updates} + 1):
${carry ? '' : `    state = ${zeros}\n`}${restarts ? `    going = (torch.rand(B, 1) >= ${restart}).float()\n    state = ${keep}\n` : ''}    end = min(start + T, length - 1)
    output, state = network(streams[start:end], state)
    loss = nn.functional.cross_entropy(output.reshape(-1, C), streams[start + 1 : end + 1].reshape(-1))
    optimizer.zero_grad()
    loss.backward()
${clip > 0 ? `    nn.utils.clip_grad_norm_(parameters, ${clip})\n` : ''}    optimizer.step()
    print(update, loss.item())
    start = end
    state = ${detach}
    if start >= length - 1:  # an epoch is over
        start = 0
        state = ${zeros}

torch.save(network.state_dict(), "model.pt")
`;
  const lacks: Lack[] = [
    ...(hasWeights ? [] : (['random'] as const)),
    ...(hasWeights ? (['weights'] as const) : []),
    ...(level === 'word' ? (['words'] as const) : []),
  ];
  return {
    text: text
      .replace('import re\n', level === 'word' ? 'import re\n' : '')
      .replace('from collections import Counter\n', level === 'word' ? 'from collections import Counter\n' : ''),
    lacks,
  };
}
