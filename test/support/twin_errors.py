"""What the PyTorch twin says of wrong inputs.

usage: twin_errors.py GOLDEN        prints a JSON list: the kind and the words of each error
"""
import json
import os
import sys

golden = sys.argv[1]
sys.path.insert(0, os.path.join(golden, '..', '..', 'python'))
from modeling_unrolled import Series, Tokens, Unrolled  # noqa: E402

sys.modules['tokenizers'] = None  # as where the package is not installed
names = 'classify label forecast change season shops words letters'.split()
models = {name: Unrolled.from_pretrained(os.path.join(golden, 'task-' + name)) for name in names}
with open(os.path.join(golden, 'task-shops', 'task.json'), encoding='utf-8') as file:
    task = json.load(file)
subwords = Tokens(dict(model=dict(type='BPE', vocab=dict(a=0, b=1, ab=2), merges=['a b'])))
row = dict(hour=1, sun=0, wind=1, temperature=2)
sale = dict(shop='South', promo=1, price=2, sold=3)
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
    lambda: models['shops'].predict([dict(promo=1, sold=2)]),
    lambda: models['shops'].predict([[1, 2]]),
    lambda: models['shops'].predict([dict(sale, shop='West')] * 9),
    lambda: models['shops'].predict([sale] * 9 + [dict(sale, shop='North', sold=None)] * 9),
    lambda: models['shops'].predict([sale] * 3),
    lambda: models['shops'].predict([sale] * 3 + [dict(sale, sold='')] + [sale]),
    lambda: models['shops'].predict([dict(sale, sold=1e300)] * 9),
    lambda: models['shops'].encode([sale, dict(sale, shop='North')]),
    lambda: models['change'].predict([[2, 1]] * 9),
    lambda: models['change'].predict([[2, 1, 3]] * 8 + [[2, None, None]]),
    lambda: Series(dict(task, filter=3)).encode([sale]),
    lambda: Series(dict(task, inputs=[dict(task['inputs'][0], lag=2)])).encode([sale]),
    lambda: Series(dict(task, table=dict(task['table'], calendar=['hour', 'month']))).encode([sale]),
    lambda: Series(dict(task, table=dict(task['table'], zone='UTC'))).encode([sale]),
    lambda: Series(dict(task, table=dict(task['table'], numbers=[dict(column='sold', decimal=',', sign='')]))).encode([dict(sale, sold='1.234')] * 9),
    lambda: models['season'].predict([dict(sale, day='2024-03-02'), dict(sale, day='2024-03-01')]),
    lambda: models['season'].predict([dict(sale, day='1.3.2024')]),
    lambda: subwords.encode('ab'),
    lambda: subwords.decode([2]),
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
