"""What transformers' AutoModel makes of an exported folder, with the cache of its modules in another.

usage: auto_model.py FOLDER CACHE        prints JSON: the class, that of its config, and the most probable class of a name
"""
import json
import os
import sys

os.environ.update(HF_HUB_OFFLINE='1', HF_HOME=sys.argv[2], TRANSFORMERS_VERBOSITY='error')
from transformers import AutoConfig, AutoModel  # noqa: E402

model = AutoModel.from_pretrained(sys.argv[1], trust_remote_code=True)
config = AutoConfig.from_pretrained(sys.argv[1], trust_remote_code=True)
print(json.dumps(dict(model=type(model).__name__, config=type(config).__name__, cell=config.cell, training=model.training,
                      answer=model.predict(['Rossi'])[0])))
