// A server that writes text with one model for many people at once, over HTTP. Each person has a session, of which only the state is kept between two
// requests: here in a Map, elsewhere in a database or a signed cookie. The answer is streamed token by token.
//   node examples/serve.mjs [MODEL] [PORT]
//   curl -N 'http://127.0.0.1:8080/?person=ida&text=The%20river&length=80'
// The next request of the same person continues where the last one stopped.

import { createServer } from 'node:http';
import { loadModel, open, sample, UnrolledError } from 'unrolled/node';

const [folder = 'my-first-model', port = '8080'] = process.argv.slice(2);
const model = loadModel(folder);
const states = new Map();
const maxPeople = 100_000; // beyond that, whoever was away longest starts again
const maxLength = 2000;

const server = createServer(async (request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const person = searchParams.get('person') ?? '';
  const text = searchParams.get('text') ?? '';
  const length = Math.min(Number(searchParams.get('length') ?? 100), maxLength);
  try {
    const session = open(model); // all sessions of a model share one compiled step
    if (states.has(person)) session.restore(states.get(person));
    const pieces = sample(session, {
      prompt: text,
      length,
      unknown: 'skip',
      seed: Math.floor(Math.random() * 2 ** 32),
    });
    response.setHeader('content-type', 'text/plain; charset=utf-8');
    for (const piece of pieces) {
      if (response.destroyed) return;
      if (piece.text) response.write(piece.text);
      await new Promise(setImmediate); // after each token the other requests get a turn
    }
    response.end('\n');
    states.delete(person);
    states.set(person, session.state());
    if (states.size > maxPeople) states.delete(states.keys().next().value);
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
    response.statusCode = 400;
    response.end(`${error.message}\n`);
  }
});
server.listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
