"""The child's side of the benchmark protocol, for Python peers (bench/peers.mjs is the other side, protocol.mjs the twin in JavaScript).

One JSON line a request on stdin, one JSON line a reply on stdout; the first line says {"ready": true} or {"unavailable": reason}.
A case is opened and warmed up when first seen, so that compiling and allocating are not measured; every later request of the same
case goes on training the same network. `step()` is one whole training step and returns the mean cross-entropy in nats.
"""
import json
import statistics
import sys
import time


def reply(**fields):
    print(json.dumps(fields), flush=True)


def warm_up(step):
    start = time.perf_counter()
    loss = step()
    slow = time.perf_counter() - start > 0.5
    for _ in range(0 if slow else 3):
        step()
    return loss


def measure(step, seconds):
    times, cpu_times, end = [], [], time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        start, cpu_start = time.perf_counter(), time.process_time()
        step()
        times.append(time.perf_counter() - start)
        cpu_times.append(time.process_time() - cpu_start)
    return dict(msPerStep=statistics.median(times) * 1e3, cpuMsPerStep=statistics.median(cpu_times) * 1e3, steps=len(times))


def serve(versions, threads, open_case):
    reply(ready=True, versions=versions, threads=threads)
    opened = {}
    for line in sys.stdin:
        request = json.loads(line)
        if request.get('quit'):
            return
        name = request['case']
        try:
            if name not in opened:
                step = open_case(*(request[key] for key in 'BTHC'), embedding=name == 'word')
                opened[name] = (step, warm_up(step))
            step, loss = opened[name]
            reply(case=name, loss=loss, **measure(step, request['seconds']))
        except Exception as error:  # one failing case must not end the others
            reply(case=name, error='%s: %s' % (type(error).__name__, error))
