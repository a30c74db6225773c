#!/usr/bin/env python3
"""The numbers of test/golden/sound.json: what librosa makes of a sound that the test makes again.

usage: python3 test/golden/make_sound.py        (pip install librosa; written with librosa 0.11.0, float64)

The sound is a sum of two chirps and a noise that falls off, all from whole numbers, so that the test has the same samples.
"""
import json
import pathlib

import librosa
import numpy as np


def sound(rate, seconds):
    count = int(rate * seconds)
    state, samples = 1, []
    for n in range(count):
        state = (state * 1103515245 + 12345) % 2 ** 31
        noise = state / 2 ** 30 - 1
        t = n / rate
        tones = 0.5 * np.sin(2 * np.pi * (300 + 900 * t) * t) + 0.2 * np.sin(2 * np.pi * (2500 - 400 * t) * t)
        samples.append(np.round((tones + 0.05 * noise * 0.5 ** (8 * t)) * 32767 * (0 if 0.2 < t < 0.25 else 1)) / 32768)
    return np.array(samples)


cases = []
for rate, seconds, options in [
    (16000, 0.5, {}),
    (8000, 0.4, dict(frame=32, hop=16, mels=26, coefficients=20, deltas=2)),
    (22050, 0.3, dict(frame=25, hop=10, mels=40, coefficients=13, deltas=1)),
    (44100, 0.2, dict(frame=20, hop=7.5, mels=128, coefficients=20)),
]:
    own = dict(dict(frame=25, hop=10, mels=40, coefficients=13, deltas=0), **options)
    length, hop = [int(np.floor(own[name] * rate / 1000 + 0.5)) for name in ('frame', 'hop')]
    size = 4
    while size < length:
        size *= 2
    found = librosa.feature.mfcc(y=sound(rate, seconds), sr=rate, n_mfcc=own['coefficients'], n_fft=size, win_length=length,
                                 hop_length=hop, n_mels=own['mels'], dtype=np.float64)
    parts = [found]
    for _ in range(own['deltas']):
        parts.append(librosa.feature.delta(parts[-1], width=5, mode='nearest'))
    vectors = np.concatenate(parts).T
    frames = sorted({*range(0, len(vectors), max(1, len(vectors) // 6)), 1, len(vectors) - 2, len(vectors) - 1})
    cases.append(dict(rate=rate, seconds=seconds, options=options, length=len(vectors), frames=frames,
                      vectors=[[float('%.10g' % value) for value in vectors[t]] for t in frames]))
path = pathlib.Path(__file__).with_name('sound.json')
path.write_text(json.dumps(dict(librosa=librosa.__version__, cases=cases)) + '\n')
