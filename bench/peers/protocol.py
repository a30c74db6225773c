"""The child's side of the benchmark protocol, for Python peers (bench/peers.mjs is the other side, protocol.mjs the twin in JavaScript).

One JSON line a request on stdin, one JSON line a reply on stdout; the first line says {"ready": true} or {"unavailable": reason}.
What a request names is opened and warmed up when first seen, so that compiling and allocating are not measured, and goes on from there when
seen again; one thing is open at a time. `step()` is one whole step and returns a loss in nats.
"""
import json
import resource
import statistics
import sys
import time

LOSSES_KEPT = 5
TOO_SLOW, WARMING_UP = 8.0, 1.5  # seconds: see protocol.mjs


def reply(**fields):
    print(json.dumps(fields), flush=True)


def peak():
    """The process's peak memory in MiB. On Linux its maxrss would begin with that of the process that started it."""
    if sys.platform == 'linux':
        with open('/proc/self/status') as status:
            return next(int(line.split()[1]) for line in status if line.startswith('VmHWM')) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024)


def open_up(step):
    start = time.perf_counter()
    losses = [step()]
    first = time.perf_counter() - start
    end = time.perf_counter() + WARMING_UP
    while first < TOO_SLOW and (len(losses) < 2 or (len(losses) < LOSSES_KEPT and time.perf_counter() < end)):
        losses.append(step())
    return dict(losses=losses, firstMs=first * 1e3)


def measure(step, losses, seconds):
    times, cpu_times, end = [], [], time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        cpu_start = time.process_time()
        start = time.perf_counter()
        loss = step()
        times.append(time.perf_counter() - start)
        cpu_times.append(time.process_time() - cpu_start)
        if len(losses) < LOSSES_KEPT:
            losses.append(loss)
    return dict(msPerStep=statistics.median(times) * 1e3, cpuMsPerStep=statistics.median(cpu_times) * 1e3, steps=len(times))


def serve(versions, threads, tasks):
    """tasks: by name, what a request may ask for, as functions of its sizes that return step."""
    reply(ready=True, versions=versions, threads=threads, peakMiB=peak())
    opened, step, facts = None, None, None
    for line in sys.stdin:
        request = json.loads(line)
        if request.pop('quit', False):
            return
        task, name, seconds = request.pop('task', 'train'), request.pop('case'), request.pop('seconds')
        try:
            if opened != (task, name):
                opened = step = None
                if task not in tasks:
                    raise NotImplementedError('does not %s' % task)
                step = tasks[task](**request)
                facts = open_up(step)
                opened = (task, name)
            turn = measure(step, facts['losses'], seconds) if seconds > 0 else {}
            reply(case=name, **facts, **turn, peakMiB=peak())
        except Exception as error:  # one failing case must not end the others
            reply(case=name, error='%s: %s' % (type(error).__name__, error))
