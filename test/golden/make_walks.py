#!/usr/bin/env python3
"""The models of docs/from-python.md: runs the programs of the page, and writes what they save, with what PyTorch says.

usage: /usr/bin/python3 test/golden/make_walks.py        (Debian: python3-torch)

Each program runs as it is printed, in test/golden/walks/. What it saved is read back in float64, and walks.json gets, for each model, inputs and the
outputs for them.
"""
import json
import os
import pathlib
import re

import torch

root = pathlib.Path(__file__).resolve().parents[2]
folder = root / 'test/golden/walks'
folder.mkdir(exist_ok=True)
os.chdir(folder)
os.symlink(root / 'texts', 'texts')
programs = re.findall(r'```python\n# (\w+)\.py\n(.*?)```', (root / 'docs/from-python.md').read_text(encoding='utf-8'), re.S)
expected = {}
for name, program in programs:
    world = {}
    exec(compile(program, f'{name}.py', 'exec'), world)
    model = world['model']
    # what was saved in half precision, in float64
    model.load_state_dict({key: tensor.half() for key, tensor in model.state_dict().items()})
    model.double().eval()
    with torch.no_grad():
        if name == 'names':
            asked = ['Takahashi', 'Virtanen', 'Rossi', 'Murphy', 'Ito']
            outputs = [model(world['encode'](text))[0].tolist() for text in asked]
        elif name == 'river':
            asked = ['The river ', 'Ida said nothing,', 'a']
            ids = [[world['characters'].index(c) for c in text] for text in asked]
            outputs = [model(torch.tensor([one]))[0][0, -1].tolist() for one in ids]
        elif name == 'tagger':
            asked = ['The old clock stopped .'.split(), 'A zebra stopped at noon .'.split()]
            words = world['words']
            outputs = [model(torch.tensor([[words.index(w) if w in words else 0 for w in one]]))[0].flatten().tolist() for one in asked]
        elif name == 'weather':
            asked = world['table'][:30].tolist()
            x = (torch.tensor(asked).double() - world['mean'].double()) / world['std'].double()
            column = world['columns'].index(world['target'])
            outputs = (model(x[None])[0, :, 0] * world['std'][column].double() + world['mean'][column].double()).tolist()
        else:
            asked = ['a great story .', 'the ending was awful .', 'the music was not bad !', 'a marvellous book .']
            outputs = torch.sigmoid(torch.cat([model(world['encode'](text)) for text in asked])).tolist()
    expected[name] = dict(asked=asked, outputs=outputs)
    print(name, 'done')
os.remove('texts')
(folder / 'walks.json').write_text(json.dumps(expected) + '\n', encoding='utf-8')
