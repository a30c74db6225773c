"""How the PyTorch twin encodes and decodes texts.

usage: twin_tokens.py CASES.json TWIN        prints one JSON list: of each case {tokenizer, texts} a list of {ids, text}
"""
import importlib.util
import json
import sys

spec = importlib.util.spec_from_file_location('modeling_unrolled', sys.argv[2])
twin = importlib.util.module_from_spec(spec)
spec.loader.exec_module(twin)
answers = []
for case in json.load(open(sys.argv[1], encoding='utf-8')):
    tokens = twin.Tokens(case['tokenizer'])
    ids = [tokens.encode(text).tolist() for text in case['texts']]
    answers.append([dict(ids=each, text=tokens.decode(each)) for each in ids])
print(json.dumps(answers))
