"""What the PyTorch twin says of exported folders.

usage: twin_logits.py CASES.json        prints one JSON list: logits and state of each case {folder, shape, x, lengths, integers}
"""
import importlib.util
import json
import os
import sys

import torch

torch.set_num_threads(1)
answers = []
for case in json.load(open(sys.argv[1], encoding='utf-8')):
    # the file in the folder, not the one in the repository
    spec = importlib.util.spec_from_file_location('modeling_unrolled', os.path.join(case['folder'], 'modeling_unrolled.py'))
    twin = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(twin)
    model = twin.Unrolled.from_pretrained(case['folder'])
    x = torch.tensor(case['x'], dtype=torch.long if case['integers'] else torch.float32).reshape(case['shape'])
    with torch.no_grad():
        logits, state = model(x, lengths=case['lengths'])
    h, c = state if isinstance(state, tuple) else (state, torch.zeros(0))
    answers.append({key: value.flatten().tolist() for key, value in dict(logits=logits, state=h, cell=c).items()})
print(json.dumps(answers))
