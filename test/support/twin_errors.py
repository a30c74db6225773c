"""What the PyTorch twin says of wrong inputs.

usage: twin_errors.py GOLDEN        prints a JSON list: the kind and the words of each error
"""
import json
import os
import sys

golden = sys.argv[1]
sys.path.insert(0, os.path.join(golden, '..', '..', 'python'))
from modeling_unrolled import Unrolled  # noqa: E402

models = {name: Unrolled.from_pretrained(os.path.join(golden, 'task-' + name)) for name in 'classify label forecast words letters'.split()}
row = dict(hour=1, sun=0, wind=1, temperature=2)
asked = [
    lambda: models['classify'].predict('Rossi'),
    lambda: models['classify'].predict([3]),
    lambda: models['classify'].predict(['x' * 1000, None]),
    lambda: models['classify'].predict(['Rossi', '']),
    lambda: models['label'].predict(['the']),
    lambda: models['label'].predict([['the', 3]]),
    lambda: models['forecast'].predict([]),
    lambda: models['forecast'].predict([row, {'hour': 1}]),
    lambda: models['forecast'].predict([[1, 2]]),
    lambda: models['forecast'].predict([row, dict(row, sun='x')]),
    lambda: models['forecast'].predict([dict(row, wind=float('nan'))]),
    lambda: models['words'].predict(['x']),
    lambda: models['letters'].sample('\u6771'),
    lambda: models['words'].decode([99999]),
    lambda: models['classify'].sample('a'),
    lambda: Unrolled.from_pretrained(os.path.join(golden, 'task-label'), device_map='auto'),
]
answers = []
for ask in asked:
    try:
        answers.append(['no error', repr(ask())])
    except Exception as error:
        answers.append([type(error).__name__, str(error)])
print(json.dumps(answers))
