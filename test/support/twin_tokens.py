"""How the PyTorch twin encodes and decodes texts.

usage: twin_tokens.py CASES.json TWIN        prints one JSON list: of each case {tokenizer, texts} a list of {ids, text, line_end}; texts that are `strange` are to be refused
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
    answers.append([dict(ids=each, text=tokens.decode(each), line_end=tokens.line_end()) for each in ids])
    for text in case.get('strange', []):
        try:
            sys.exit('%r: expected a refusal, got %s' % (text, tokens.encode(text).tolist()))
        except ValueError:
            pass
print(json.dumps(answers))
