#!/usr/bin/env python3
"""What Python makes of texts, tokens and rows with the models in task-*: the ids that it reads, and its labels, probabilities and forecasts.

usage: make_tasks.py [OUTPUT]        (needs python3 with torch >= 1.13; default: tasks.json beside this file)

The models are those of make-tasks.mjs; the program is python/modeling_unrolled.py. Writes for each model its inputs and answers; of the language
models the ids of texts, the text that the ids give again, and a continuation by the most probable tokens. `program` is what the model card shows,
run in the folder, and `printed` its output.
"""
import contextlib
import io
import json
import os
import re
import sys
from datetime import date, timedelta

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, '..', '..', 'python'))

import torch  # noqa: E402
from modeling_unrolled import Rows, Tokens, Unrolled  # noqa: E402

torch.set_num_threads(1)
STRANGE = ['Ó Briain', 'İstanbul', 'ΟΔΟΣ Σ', 'straße', 'x', '東京 2', '🙂a', 'e\u0301te\u0301', 'a\u0085b\ufeffc\u00a0d', "o'", '<unk> <eos>']
INPUTS = {
    'classify': ['Rossi', 'Suzuki', 'Virtanen', "O'Brien"] + STRANGE,
    'reviews': ['A good film .', "the book's twin wasn't dull!", 'fine,great;poor'] + STRANGE,
    'label': [['The', 'river', 'runs', '.'], ['She', 'has', 'THREE', 'hats', ',', 'of', 'iOS-17b', '!']] + [each.split() for each in STRANGE],
    'words': ['The clockmaker’s river,\nand the (old) bridge.\n\n"Stay," she said'] + STRANGE,
    'letters': ['The river.\nIt '],
}


def rows(count):
    return [dict(hour=t % 24, sun=round(max(0.0, 1 - abs(t % 24 - 12) / 6), 2), wind=3 + t % 5 * 0.7, temperature=9.5 + t % 24 * 0.3)
            for t in range(count)]


def sales(count, blank, shop=None):
    """Of the last rows nobody knows yet what is sold."""
    found = [dict(promo=int(t % 4 == 1), price=2 + t % 6 / 10, sold=round(11 + t / 5 + 3 * (t % 5 == 2) + 9 * (t % 4 == 1), 2)) for t in range(count)]
    for t in range(count - blank, count):
        found[t]['sold'] = None
    return [dict(shop=shop, **each) for each in found] if shop else found


def mixed(*parts):
    return [part[t] for t in range(max(map(len, parts))) for part in parts if t < len(part)]


INPUTS['forecast'] = [rows(27), rows(4), rows(1)]
INPUTS['change'] = [sales(23, 2), sales(9, 1), sales(9, 0), sales(3, 2)]
INPUTS['season'] = [[dict(day=str(date(2024, 2, 20) + timedelta(t)), **row) for t, row in enumerate(each)]
                    for each in (sales(31, 0), sales(12, 3), sales(4, 0), sales(1, 0))]
INPUTS['shops'] = [
    mixed(sales(21, 3, 'South'), sales(17, 3, 'Süd 2'), sales(12, 5, 'North')),
    sales(5, 3, ' North '),
    mixed(sales(4, 0, 'North'), sales(8, 4, 'South')),
]

INPUTS['growth'] = [[dict(sold=each['sold']) for each in sales(count, 0)] for count in (23, 9, 1)]
INPUTS['series'] = INPUTS['steps'] = [
    [dict(wave=' %s ' % wave, height=round(5 + sign * t / 4 + t % 3 / 5, 2), width=t % 4) for t in range(9) for wave, sign in (('a', 1), ('b', -1), ('c', 0))
     if wave != 'c' or t < 4],
    [dict(wave='one', height=4.5, width=3)],
]


def run_card(folder):
    """Runs the Python program of a folder's card there; returns it and what it prints."""
    with open(os.path.join(folder, 'README.md'), encoding='utf-8') as file:
        program = re.search('```python\n(.*?)```', file.read(), re.S).group(1)
    printed, before = io.StringIO(), os.getcwd()
    os.chdir(folder)
    with contextlib.redirect_stdout(printed):
        torch.manual_seed(0)
        exec(program, {})
    os.chdir(before)
    return dict(program=program, printed=printed.getvalue())


found = {}
for name, inputs in INPUTS.items():
    model = Unrolled.from_pretrained(os.path.join(here, 'task-' + name))
    # several series are encoded one by one
    group = getattr(model.reader, 'group', None)
    ids = [[model.encode([row for row in each if row[group] == one]).tolist() for one in dict.fromkeys(row[group] for row in each)]
           if group else model.encode(each).tolist() for each in inputs]
    if isinstance(model.reader, Rows):
        answers = [model.predict(each) for each in inputs]
    elif isinstance(model.reader, Tokens):
        answers = [dict(text=model.decode(each), continued=model.sample(text, length=30, temperature=0)) for text, each in zip(inputs, ids)]
    else:
        answers = model.predict(inputs)
    found[name] = dict(inputs=inputs, ids=ids, answers=answers, card=run_card(os.path.join(here, 'task-' + name)))
with open(sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, 'tasks.json'), 'w', encoding='utf-8') as file:
    json.dump(found, file, ensure_ascii=True, indent=None, separators=(',', ':'))
    file.write('\n')
