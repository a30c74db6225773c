#!/usr/bin/env python3
"""Does PyTorch read a model folder of ours, strictly, and find the same loss?

usage: python3 bench/peers/reads_model.py DIR FILE      (one-hot input, tanh or ReLU; needs torch)

Loads DIR/model.safetensors with strict=True into nn.RNN and nn.Linear under the names of docs/formats.md, and prints the mean negative
log-likelihood of FILE's characters read as one stream: what `unrolled eval DIR FILE` prints.
"""
import json
import os
import struct
import sys

sys.path.pop(0)  # this folder has a torch.py of its own
import numpy  # noqa: E402
import torch  # noqa: E402

folder, file = sys.argv[1:3]
raw = open(os.path.join(folder, "model.safetensors"), "rb").read()
length = struct.unpack("<Q", raw[:8])[0]
header, data = json.loads(raw[8 : 8 + length]), raw[8 + length :]
tensors = {
    name: torch.from_numpy(numpy.frombuffer(data[slice(*entry["data_offsets"])], dtype="<f4").reshape(entry["shape"]).copy())
    for name, entry in header.items()
    if name != "__metadata__"
}
config = json.load(open(os.path.join(folder, "config.json")))
vocabulary = json.load(open(os.path.join(folder, "tokenizer.json")))["model"]["vocab"]


class Net(torch.nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, nonlinearity):
        super().__init__()
        self.rnn = torch.nn.RNN(vocab_size, hidden_size, num_layers=num_layers, nonlinearity=nonlinearity)
        self.decoder = torch.nn.Linear(hidden_size, vocab_size)


size = config["vocab_size"]
net = Net(size, config["hidden_size"], config["num_layers"], config["nonlinearity"])
print(net.load_state_dict(tensors, strict=True))
ids = torch.tensor([vocabulary[character] for character in open(file, encoding="utf-8", newline="").read()])
with torch.no_grad():
    states, _ = net.rnn(torch.nn.functional.one_hot(ids[:-1], size).float().unsqueeze(1))
    print("nats per character:", torch.nn.functional.cross_entropy(net.decoder(states[:, 0]), ids[1:]).item())
