"""The PyTorch twin of a model that `unrolled` made: it has the same architecture and the same tensor names, reads text, tokens and rows of tables as
`unrolled` does, and needs only PyTorch (1.13 or newer). In a folder that `unrolled export` wrote:

    import torch
    from modeling_unrolled import Unrolled

    def main():
        model = Unrolled.from_pretrained('.')                # this folder; in evaluation mode
        print(model.predict(['some text']))                  # by the task of the model: predict, or of a language model sample
        tokens = torch.zeros(50, 1, dtype=torch.long)        # [steps, batch], time first as everywhere here
        with torch.no_grad():
            logits, state = model(tokens)                    # [steps, batch, classes]
            logits, state = model(tokens[-1:], state)        # goes on from there

    main()

The arguments of the constructor are the keys of config.json, and model.safetensors loads with strict=True. The input of a call is token ids
[steps, batch], or [S, steps, batch] where a step has S > 1 symbols, or real vectors [steps, batch, input_size] where input_size is given. For
sequences of different lengths `lengths` [batch] says where the padding of each begins. With pooling 'last' the output reads the last state of each
sequence in both directions, with 'mean' the mean over the sequence's own steps. The output is logits, or log-probabilities with an adaptive
softmax, or numbers with the losses 'squared' and 'pinball'. The state is h, or (h, c) for an LSTM, each [layers * directions, batch, hidden_size].

transformers opens the folder with AutoModel.from_pretrained(folder, trust_remote_code=True), which gives this module too.
"""
import inspect
import json
import math
import os
import re
import struct
import sys
import unicodedata

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

# loaded already where AutoModel opens the folder; nothing here needs it, and loading it takes seconds
transformers = sys.modules.get('transformers')


class UnrolledConfig(transformers.PretrainedConfig if transformers else object):
    """The keys of config.json as attributes."""

    model_type = 'unrolled'

    def __init__(self, **options):
        if transformers:
            super().__init__(**options)
        else:
            self.__dict__.update(options)


class Unrolled(nn.Module):
    config_class = UnrolledConfig

    def __init__(self, vocab_size, cell='rnn', nonlinearity='tanh', symbols=1, input_size=None, embedding_size=None, hidden_size=256,
                 num_layers=1, bidirectional=False, dropout=0.0, tie_weights=False, output_size=None, pooling='none', loss='nll',
                 softmax='full', cutoffs=(), quantiles=()):
        super().__init__()
        self.vocab_size, self.cell, self.symbols, self.input_size = vocab_size, cell, symbols, input_size
        self.pooling, self.loss, self.adaptive = pooling, loss, softmax == 'adaptive'
        self.directions = 2 if bidirectional else 1
        self.reader = None
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
        return self.read_out(self.dropout(hidden)), state

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

    def read_out(self, hidden):
        if self.adaptive:
            rows = self.decoder.log_prob(hidden.reshape(-1, hidden.shape[-1]))
            return rows.reshape(*hidden.shape[:-1], -1)
        if isinstance(self.decoder, Bias):
            return F.linear(hidden, self.encoder.weight, self.decoder.bias)
        return self.decoder(hidden)

    @classmethod
    def from_pretrained(cls, folder='.', *_, config=None, dtype=None, torch_dtype=None, revision=None, **options):
        """Loads the model of a folder, or of a repository of the Hub, in evaluation mode.

        What transformers hands on beside these options concerns how files are found, and is not needed here.
        """
        wrong = [name for name in ('device_map', 'quantization_config') if options.get(name) is not None]
        if wrong:
            raise ValueError('%s: expected no such option, got %r; move the model with .to()' % (wrong[0], options[wrong[0]]))
        if not os.path.isdir(folder):
            try:
                from huggingface_hub import snapshot_download
            except ImportError:
                raise ValueError('%s: expected a folder of a model, got nothing there' % folder) from None
            folder = snapshot_download(folder, revision=revision)
        settings = read_json(folder, 'config.json')
        known = list(inspect.signature(cls.__init__).parameters)[1:]
        model = cls(**{key: value for key, value in settings.items() if key in known})
        model.load_state_dict(load_file(os.path.join(folder, 'model.safetensors')), strict=True)
        model.config = config or UnrolledConfig(**settings)
        task, tokens = read_json(folder, 'task.json'), read_json(folder, 'tokenizer.json')
        if task:
            model.reader = {'forecast': Series, 'series': Classes}.get(task['task'], Symbols)(task)
        elif tokens:
            model.reader = Tokens(tokens)
        number = dtype or torch_dtype
        if isinstance(number, torch.dtype):
            model.to(number)
        return model.eval()

    @classmethod
    def register_for_auto_class(cls, auto_class='AutoModel'):
        """transformers calls this where it opens the folder, so that what it saves names the class; config.json does already."""

    def encode(self, data):
        """Returns what the network reads, without the axis of the batch: ids [steps] or [S, steps], or standardized numbers [steps, D].

        A language model and one that classifies read a text, one that labels a list of tokens, one of tables the rows of one series.
        """
        if self.reader is None:
            raise ValueError('encode: expected a folder with task.json or tokenizer.json, as unrolled export writes it, got none')
        return self.reader.encode(data)

    def decode(self, ids):
        """Returns the text of a language model's ids."""
        return self.text_reader('decode').decode([int(each) for each in ids])

    def text_reader(self, name):
        if not isinstance(self.reader, Tokens):
            raise ValueError('%s: expected a language model with its tokenizer.json, got another model' % name)
        return self.reader

    @torch.no_grad()
    def predict(self, data):
        """What the model makes of data, by its task, in the words of `predict` of the library.

        classify   texts                [{'label', 'probability', 'classes': [{'label', 'probability'}, ...]}, ...], the most probable first
        label      lists of tokens      [[{'label', 'probability'}, ...], ...]
        series     rows, as dicts       [{'group', 'label', 'probability', 'classes'}, ...], or for each row {'group', 'row', 'label', 'probability'}
        forecast   rows, as dicts by column or lists of numbers in the order of the columns that it reads: [{'row', 'forecast', 'actual'}, ...],
                   with 'quantiles' where it forecasts them, and 'series' where a column of the dicts names them; None, '' or nan as the target of
                   the last rows says that it is still to come
        """
        if self.reader is None or isinstance(self.reader, Tokens):
            raise ValueError('predict: expected a model made for a task, got %s' % (
                'a language model; use sample' if self.reader else 'one without task.json; use unrolled export'))
        if isinstance(self.reader, Rows):
            if not isinstance(data, (list, tuple)) or not data:
                raise ValueError('predict: expected a list of rows, at least one, got %s' % shown(data))
            return self.reader.answers(data, self.outputs)
        is_one = (lambda each: isinstance(each, str)) if self.reader.steps != 'tokens' else is_list_of_texts
        if not isinstance(data, (list, tuple)) or not all(map(is_one, data)):
            raise ValueError('predict: expected a list of %s, got %s' % (
                'lists of tokens' if self.reader.steps == 'tokens' else 'texts', shown(data)))
        return [self.reader.choices(rows) for rows in self.outputs([self.encode(each) for each in data])]

    @torch.no_grad()
    def sample(self, prompt='', length=200, temperature=0.8, seed=None):
        """Returns `length` tokens with which the text goes on; temperature 0 takes the most probable one each time. Without a prompt a line
        begins. The token for what the vocabulary does not have is never written."""
        reader = self.text_reader('sample')
        ids = reader.encode(prompt).tolist() or [reader.line_end()]
        begin = len(reader.decode(ids))
        generator = torch.Generator()
        if seed is not None:
            generator.manual_seed(seed)
        logits, state = self(torch.tensor(ids)[:, None])
        for _ in range(length):
            scores = logits[-1, 0].double()
            if reader.unknown is not None and len(scores) > 1:
                scores[reader.unknown] = -math.inf
            if temperature == 0:
                ids.append(int(scores.argmax()))
            else:
                ids.append(int(torch.multinomial(torch.softmax(scores / temperature, -1), 1, generator=generator)))
            logits, state = self(torch.tensor(ids[-1:])[:, None], state)
        return reader.decode(ids)[begin:]

    def outputs(self, sequences):
        """Returns the outputs for encoded sequences, each [steps, C], or [1, C] with pooling, in float64."""
        results = [None] * len(sequences)
        axis = 1 if sequences and sequences[0].dim() == 2 and self.input_size is None else 0
        order = sorted(range(len(sequences)), key=lambda i: sequences[i].shape[axis])
        for begin in range(0, len(order), 64):
            some = order[begin:begin + 64]
            lengths = [sequences[i].shape[axis] for i in some]
            if not lengths[0]:
                raise ValueError('item %d: expected at least 1 step, got none' % (some[0] + 1))
            x = torch.stack([padded(sequences[i], axis, lengths[-1]) for i in some], axis + 1)
            rows, _ = self(x, lengths=lengths)
            for k, i in enumerate(some):
                results[i] = (rows[:lengths[k], k] if self.pooling == 'none' else rows[k:k + 1]).double()
        return results


def is_list_of_texts(data):
    return isinstance(data, (list, tuple)) and all(isinstance(each, str) for each in data)


def shown(data):
    """Data in a message, shortened."""
    text = repr(data)
    return text if len(text) <= 100 else text[:100] + '…'


def padded(x, axis, length):
    shape = list(x.shape)
    shape[axis] = length - shape[axis]
    return torch.cat([x, x.new_zeros(shape)], axis)


class Symbols:
    """Texts or tokens as task.json describes them: each step is one symbol on every plane, and the outputs are labels."""

    def __init__(self, task):
        if 'encoding' not in task:
            raise ValueError('task.json: expected the key encoding, which unrolled export writes, got none')
        self.labels, self.steps, self.planes = task['labels'], task['encoding']['steps'], task['encoding']['planes']
        self.ids = [{symbol: plane['unknown'] + 1 + i for i, symbol in enumerate(each['symbols'])}
                    for plane, each in zip(self.planes, task['features']['planes'])]

    def encode(self, data):
        if not (is_list_of_texts(data) if self.steps == 'tokens' else isinstance(data, str)):
            raise ValueError('encode: expected %s, got %s' % ('a list of tokens' if self.steps == 'tokens' else 'a text', shown(data)))
        if self.steps == 'words':
            data = words(data, JAVASCRIPT_SPACE)
        rows = [[ids.get(symbol(step, plane), plane['unknown']) for step in data] for ids, plane in zip(self.ids, self.planes)]
        return torch.tensor(rows if len(rows) > 1 else rows[0], dtype=torch.long)

    def choices(self, rows):
        return most_probable(rows, self.labels) if self.steps == 'tokens' else ranking(rows[0], self.labels)


def ranking(row, labels):
    classes = [dict(label=label, probability=each) for label, each in zip(labels, torch.softmax(row, -1).tolist())]
    classes.sort(key=lambda choice: -choice['probability'])
    return dict(classes[0], classes=classes)


def most_probable(rows, labels):
    probabilities = torch.softmax(rows, -1).tolist()
    best = [row.index(max(row)) for row in probabilities]
    return [dict(label=labels[c], probability=row[c]) for c, row in zip(best, probabilities)]


def symbol(word, plane):
    """The symbol of a word on a plane."""
    if 'shape' in plane:
        return shape_of(word, plane['shape'])
    text = word.lower() if plane.get('lowercase') else word
    if 'suffix' in plane:
        return text[-plane['suffix']:] if len(text) > plane['suffix'] else plane['mark'] + text
    if 'prefix' in plane:
        return text[:plane['prefix']] if len(text) > plane['prefix'] else text + plane['mark']
    return text


def shape_of(word, rule):
    shape = ''
    for character in word:
        category = unicodedata.category(character)
        if shape and category in rule['joined']:
            continue
        letter = next((each for each, categories in rule['classes'].items() if category in categories), rule['other'])
        if not shape.endswith(letter) and len(shape) < rule['longest']:
            shape += letter
    return '%s %s' % (shape, next((each for each in rule['lengths'] if len(word) <= each), rule['longer']))


class Rows:
    """Rows of a table, as dicts by column or lists of numbers; `columns` are those that are read."""

    commas, refusal = (), None

    def cell(self, row, column, at):
        if isinstance(row, dict):
            if column not in row:
                raise ValueError('row %d: expected the column %s, got %s' % (at + 1, column, shown(list(row))))
            return row[column]
        values = row if isinstance(row, (list, tuple)) else [row]
        if len(values) != len(self.columns):
            raise ValueError('row %d: expected numbers of %s, got %s' % (at + 1, ', '.join(self.columns), shown(row)))
        return values[self.columns.index(column)]

    def number(self, row, column, at):
        value = self.cell(row, column, at)
        if isinstance(value, str) and column in self.commas:
            raise ValueError('row %d, column %s: expected a number, as texts of this column have a decimal comma, got %s' % (at + 1, column, shown(value)))
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            raise ValueError('row %d, column %s: expected a number, got %s' % (at + 1, column, shown(value)))
        return number

    def groups(self, rows, group):
        """Returns the places of the rows of each series by its name, in the order in which they begin."""
        if self.refusal:
            raise ValueError(self.refusal)
        if group is None:
            return {None: range(len(rows))}
        places = {}
        for at, row in enumerate(rows):
            if not isinstance(row, dict):
                raise ValueError('row %d: expected a dict, whose column %s names the series, got %s' % (at + 1, group, shown(row)))
            value = self.cell(row, group, at)
            name = '' if value is None else str(value).strip(''.join(JAVASCRIPT_SPACE))
            if name == '':
                raise ValueError('row %d, column %s: expected the name of a series, got %s' % (at + 1, group, shown(value)))
            places.setdefault(name, []).append(at)
        return places


class Classes(Rows):
    """Rows of a table as task.json describes them: columns standardized by their mean and deviation, and a class for each series or each row."""

    def __init__(self, task):
        self.at, self.group, self.inputs, self.labels = task['at'], task['group'], task['inputs'], task['labels']
        self.columns = [each['column'] for each in self.inputs]
        table = task.get('table') or {}
        self.refusal = unknown_key('task.json', task, 'task at group label inputs labels table sound')
        self.refusal = self.refusal or unknown_key('task.json, table', table, 'numbers missing time calendar group')
        if table.get('calendar'):
            self.refusal = 'task.json: expected a model that reads no parts of the calendar, got %s; classify with the library' % ', '.join(table['calendar'])
        for each in self.inputs:
            self.refusal = self.refusal or unknown_key('task.json, column %s' % each['column'], each, 'column mean std')

    def encode(self, rows, places=None):
        if self.refusal:
            raise ValueError(self.refusal)
        places = range(len(rows)) if places is None else places
        values = torch.tensor([[(self.number(rows[at], each['column'], at) - each['mean']) / each['std'] for each in self.inputs]
                               for at in places], dtype=torch.float64).float()
        if not values.isfinite().all():
            raise ValueError('rows: expected numbers near those of the training, got some that are too large')
        return values

    def answers(self, rows, outputs):
        groups = self.groups(rows, self.group)
        found = outputs([self.encode(rows, places) for places in groups.values()])
        if self.at == 'sequence':
            return [dict(group=name, **ranking(each[0], self.labels)) for name, each in zip(groups, found)]
        steps = [dict(group=name, row=at + 1, **choice) for (name, places), each in zip(groups.items(), found)
                 for at, choice in zip(places, most_probable(each, self.labels))]
        return sorted(steps, key=lambda step: step['row'])


class Series(Rows):
    """Rows of a table as task.json describes them: columns, their changes and what is known ahead, standardized; and forecasts some rows ahead."""

    def __init__(self, task):
        self.inputs, self.target, self.horizon, self.window = task['inputs'], task['target'], task['horizon'], task['window']
        self.is_path, self.quantiles, self.group = 'from' in task, task.get('quantiles'), task.get('group')
        self.calibration = task.get('calibration')
        self.ahead = range(task.get('from', self.horizon), self.horizon + 1)
        self.scales = {each['name']: each for each in task['series']} if self.group else {None: dict(inputs=self.inputs, target=self.target)}
        changed = [self.target['column']] if 'change' in self.target else []
        self.columns = list(dict.fromkeys([each['column'] for each in self.inputs] + changed))
        self.furthest = max(each.get('ahead', 0) for each in self.inputs)
        table = task.get('table') or {}
        self.commas = [each['column'] for each in table.get('numbers', []) if each['decimal'] == ',']
        self.time = (table.get('time') or {}).get('column')
        self.refusal = unknown_key('task.json', task, 'task inputs target horizon from window quantiles group series season stride unit table calibration')
        self.refusal = self.refusal or unknown_key('task.json, table', table, 'numbers missing time calendar group')
        for each in self.inputs + [self.target]:
            self.refusal = self.refusal or unknown_key('task.json, column %s' % each['column'], each, 'column mean std change log ahead')
        if table.get('calendar'):
            self.refusal = 'task.json: expected a model that reads no parts of the calendar, got %s; forecast with the library' % ', '.join(table['calendar'])

    def parts(self, rows):
        """Returns the places of the rows of each series by its name, which is None where there is one alone."""
        places = self.groups(rows, self.group)
        for name, (at, *_) in places.items():
            if name not in self.scales:
                raise ValueError('row %d, column %s: expected a series that the model was trained on, %s, got %s' % (
                    at + 1, self.group, shown(list(self.scales)), shown(name)))
        return places

    def read(self, rows, name, places):
        """Returns the known values of a series' target, None for each where the rows do not have it, and what is read, [steps, D]."""
        scale, target, where = self.scales[name], self.target['column'], 'rows' if name is None else 'rows of %s' % name
        self.expect_order(rows, places)
        length = len(places)
        known = target in self.columns or (isinstance(rows[places[0]], dict) and target in rows[places[0]])
        while known and length and is_blank(self.cell(rows[places[length - 1]], target, places[length - 1])):
            length -= 1
        if length == 0:
            raise ValueError('%s: expected a value in the column %s, got blanks only' % (where, target))
        steps = min(length, len(places) - self.furthest)
        if steps < 1:
            raise ValueError('%s: expected at least %d, as columns are read %d rows ahead, got %d' % (
                where, self.furthest + 1, self.furthest, len(places)))
        numbers = lambda column, end: [self.number(rows[at], column, at) for at in places[:end]]
        values = torch.zeros(steps, len(self.inputs), dtype=torch.float64)
        for d, (each, own) in enumerate(zip(self.inputs, scale['inputs'])):
            change, ahead = each.get('change', 0), each.get('ahead', 0)
            column = numbers(each['column'], None if ahead else length)
            if each.get('log'):
                column = self.logarithms(column, each['column'], places)
            read = [column[t + ahead] - (column[t + ahead - change] if change else 0) for t in range(change, steps)]
            if read:  # before, no change is known: 0 is the mean
                values[change:, d] = torch.tensor([(value - own['mean']) / own['std'] for value in read], dtype=torch.float64)
        if not values.float().isfinite().all():
            raise ValueError('%s: expected numbers near those of the training, got some that are too large' % where)
        actual = numbers(target, length) if known else [None] * length
        if self.target.get('log'):
            self.logarithms(actual, target, places)
        return actual, values.float()

    def logarithms(self, values, column, places):
        wrong = next((i for i, value in enumerate(values) if not value > 0), None)
        if wrong is not None:
            raise ValueError('row %d, column %s: expected a positive number, as the change of the logarithm is learned, got %s' % (
                places[wrong] + 1, column, values[wrong]))
        return [math.log(value) for value in values]

    def expect_order(self, rows, places):
        """Times are not read here, but rows that are not in their order would be other rows."""
        before = ''
        for at in places:
            time = rows[at].get(self.time) if isinstance(rows[at], dict) else None
            if time is None:
                continue
            text = str(time)
            if not re.fullmatch(r'\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?)?', text) or (before and (len(text) != len(before) or text <= before)):
                raise ValueError('row %d, column %s: expected times in ascending order, such as 2024-03-01 or 2024-03-01T07:00, got %s; '
                                 'put the rows in order and leave the column out' % (at + 1, self.time, shown(time)))
            before = text

    def encode(self, rows):
        parts = self.parts(rows)
        if len(parts) != 1:
            raise ValueError('encode: expected the rows of one series, got those of %d' % len(parts))
        (name, places), = parts.items()
        return self.read(rows, name, places)[1]

    def answers(self, rows, outputs):
        width = len(self.quantiles) if self.quantiles else 1
        center = min(range(width), key=lambda q: abs(self.quantiles[q] - 0.5)) if self.quantiles else 0
        found = []
        for name, places in self.parts(rows).items():
            scale = self.scales[name]
            actual, values = self.read(rows, name, places)
            steps = self.outputs_of(values, outputs)
            for t in range(len(steps) - 1 if self.is_path else 0, len(steps)):
                for i, k in enumerate(self.ahead):
                    own = sorted(steps[t][i * width:(i + 1) * width])
                    if self.calibration:
                        own = sorted(each + move for each, move in zip(own, self.calibration[i]))
                    own = [self.changed(self.base(actual, scale, t, k), each * scale['target']['std'] + scale['target']['mean']) for each in own]
                    answer = dict(row=t + k + 1, forecast=own[center], actual=actual[t + k] if t + k < len(actual) else None)
                    found.append(dict(**(dict(series=name) if self.group else {}), **answer, **(dict(quantiles=own) if self.quantiles else {})))
        return found

    def base(self, actual, scale, t, k):
        """The value that a forecast changes from: the last known one of the same season, or 0 for a level."""
        season = self.target.get('change')
        if season is None:
            return 0
        at = t + k - season * -(-k // season)
        return actual[at] if at >= 0 else self.changed(actual[t], -scale['target']['mean'])

    def changed(self, base, change):
        return base * math.exp(change) if self.target.get('log') else base + change

    def outputs_of(self, values, outputs):
        """Returns the outputs of each step; each window begins before the rows that it reads first, so that the state knows some past."""
        spans, at, stride = [], 0, -(-self.window // 2)
        while at < len(values):
            begin = max(0, at - (self.window - stride))
            end = min(len(values), begin + self.window)
            spans.append((begin, at, end))
            at = end
        found = outputs([values[begin:end] for begin, _, end in spans])
        return [row for (begin, at, _), each in zip(spans, found) for row in each[at - begin:].tolist()]


def is_blank(value):
    return value is None or (isinstance(value, str) and not value.strip()) or (isinstance(value, float) and math.isnan(value))


def unknown_key(where, found, known):
    """A sentence about a key that is not known here, and may change what the numbers mean."""
    wrong = [key for key in found if key not in known.split()]
    return wrong and '%s: expected the keys %s, got %s, which this program does not know; forecast with the library' % (
        where, known.replace(' ', ', '), wrong[0])


WHITE_SPACE = set('\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000') | {chr(code) for code in range(0x2000, 0x200b)}
JAVASCRIPT_SPACE = WHITE_SPACE - {'\x85'} | {'\ufeff'}  # what \s is in JavaScript
CLOSING = '.,;:!?%)]}’”»…-—'  # print has no space before these
OPENING = '([{‘“«¿¡-—'  # and none after these


def is_word(character):
    return unicodedata.category(character)[0] in 'LMN'


def is_word_elsewhere(character):
    """\\w of Rust: Alphabetic, M, Nd, Pc and Join_Control. Other letters in circles and squares are Alphabetic too."""
    category, code = unicodedata.category(character), ord(character)
    return (category[0] in 'LM' or category in ('Nd', 'Nl', 'Pc') or code in (0x200c, 0x200d) or 0x24b6 <= code <= 0x24e9
            or 0x1f130 <= code <= 0x1f149 or 0x1f150 <= code <= 0x1f169 or 0x1f170 <= code <= 0x1f189)


def words(text, space, line_ends=False):
    """<unk>, <eos>, runs of letters, marks and digits with ' or ’ inside, and every other character that is no space by itself."""
    found, at = [], 0
    while at < len(text):
        end = at + 1
        if text.startswith(('<unk>', '<eos>'), at):
            end = at + 5
        elif is_word(text[at]):
            while end < len(text) and (is_word(text[end]) or (text[end] in "'’" and end + 1 < len(text) and is_word(text[end + 1]))):
                end += 1
        if text[at] not in space or (line_ends and text[at] == '\n'):
            found.append(text[at:end])
        at = end
    return found


def runs(text, kind_of):
    """The runs of characters of one kind; those of the kind None are left out."""
    found, before = [], None
    for character in text:
        kind = kind_of(character)
        if kind is not None and kind == before:
            found[-1] += character
        elif kind is not None:
            found.append(character)
        before = kind
    return found


class Tokens:
    """The tokens of a language model, as its tokenizer.json describes them: characters, bytes or words. Others are those of the package tokenizers."""

    def __init__(self, tokenizer):
        model, splitter = tokenizer['model'], tokenizer.get('pre_tokenizer') or {}
        vocabulary = model['vocab']
        self.ids = {token: i for i, token in enumerate(vocabulary)} if isinstance(vocabulary, list) else dict(vocabulary)
        added = tokenizer.get('added_tokens') or []
        self.ids.update({each['content']: each['id'] for each in added})
        self.tokens = {i: token for token, i in self.ids.items()}
        self.unknown = self.ids.get(model.get('unk_token'))
        self.special = sorted((each['content'] for each in added), key=len, reverse=True)
        self.lowercase = (tokenizer.get('normalizer') or {}).get('type') == 'Lowercase'
        if model['type'] == 'WordLevel':
            self.level = splitter['type'] if splitter['type'] != 'Split' else (
                'pretokenized' if splitter['pattern'] == {'Regex': '\\s+'} else 'words')
        elif model['type'] != 'BPE' or model.get('merges'):
            self.level, self.file, self.packaged = 'others', tokenizer, None
        else:
            self.level = 'bytes' if (tokenizer.get('decoder') or {}).get('type') == 'ByteLevel' else 'characters'

    def encode(self, text):
        if not isinstance(text, str):
            raise ValueError('encode: expected a text, got %s' % shown(text))
        if self.level == 'bytes':
            return torch.tensor(list(text.encode('utf-8')), dtype=torch.long)
        if self.level == 'others':
            ids = [each.encode(text, add_special_tokens=False).ids for each in self.of_package()]
            if ids[0] != ids[-1]:
                raise ValueError('text: expected characters of the vocabulary, got others in %s' % shown(text))
            return torch.tensor(ids[0], dtype=torch.long)
        ids = [self.ids.get(token, self.unknown) for token in self.cut(text)]
        if None in ids:
            raise ValueError('text: expected characters of the vocabulary, got %r' % self.cut(text)[ids.index(None)])
        return torch.tensor(ids, dtype=torch.long)

    def of_package(self):
        """The tokenizer of the package tokenizers; and where it leaves unknown characters out in silence, another that has a token for them."""
        if self.packaged is None:
            try:
                from tokenizers import Tokenizer
            except ImportError:
                raise ValueError('tokenizer.json: expected the Python package tokenizers, which reads this one, got none; install it') from None
            files = [self.file]
            if self.unknown is None:
                files.append(dict(self.file, model=dict(self.file['model'], unk_token=self.tokens[0])))
            self.packaged = [Tokenizer.from_str(json.dumps(each)) for each in files]
        return self.packaged

    def cut(self, text):
        if self.level == 'characters':
            return list(text)
        if self.level == 'words':
            return ['<eos>' if word == '\n' else word for word in words(text, WHITE_SPACE, line_ends=True)]
        if self.level == 'pretokenized':
            found = runs(text, lambda c: c == '\n' and object() or (None if c in WHITE_SPACE else 'word'))
            return ['<eos>' if word == '\n' else word for word in found]
        parts = re.split('(%s)' % '|'.join(map(re.escape, self.special)), text) if self.special else [text]
        kinds = (lambda c: None if c in WHITE_SPACE else is_word_elsewhere(c)) if self.level == 'Whitespace' else (
            lambda c: None if c in WHITE_SPACE else True)
        found = []
        for i, part in enumerate(parts):
            if i % 2:
                found.append(part)
                continue
            found += runs(''.join(c.lower() for c in part) if self.lowercase else part, kinds)
        return found

    def decode(self, ids):
        wrong = [each for each in ids if not (0 <= each < 256 if self.level == 'bytes' else each in self.tokens)]
        if wrong:
            raise ValueError('decode: expected ids of the vocabulary, got %s' % wrong[0])
        if self.level == 'bytes':
            return bytes(ids).decode('utf-8', 'replace')
        if self.level == 'others':
            return self.of_package()[0].decode(ids, skip_special_tokens=False)
        tokens = [self.tokens[each] for each in ids]
        if self.level == 'characters':
            return ''.join(tokens)
        if self.level in ('Whitespace', 'WhitespaceSplit'):
            return ' '.join(tokens)
        text, space = '', False
        plain = self.level == 'words'
        for token in tokens:
            if token == '<eos>':
                text, space = text + '\n', False
                continue
            text += ' ' + token if space and not (plain and token[0] in CLOSING) else token
            space = not (plain and token[-1] in OPENING)
        return text

    def line_end(self):
        if self.level == 'bytes':
            return 10
        if self.level in ('Whitespace', 'WhitespaceSplit'):
            return 0
        if self.level == 'others':
            ends = [self.ids[token] for token in ('\n', 'Ċ', '<0x0A>') if token in self.ids]
            return next((each for each in ends if self.decode([each]) == '\n'), 0)
        return min((self.ids[token] for token in ('\n', '<eos>') if token in self.ids), default=0)


def read_json(folder, name):
    """The content of a file of JSON; None where it is not there."""
    path = os.path.join(folder, name)
    if not os.path.exists(path) and name != 'config.json':
        return None
    with open(path, encoding='utf-8') as file:
        return json.load(file)


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
