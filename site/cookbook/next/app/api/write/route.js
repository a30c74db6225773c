// GET /api/write?prompt=ROMEO: writes lines of a play, and streams them letter by letter. The model comes with the package.

import { loadModel, open, sample } from 'unrolled/node';

const model = loadModel('@shakespeare'); // once for all requests
const encoder = new TextEncoder();
const turn = () => new Promise(setImmediate); // after each letter the other requests get their turn

async function* written(prompt, signal) {
  const options = { prompt, length: 400, unknown: 'skip', seed: Math.floor(Math.random() * 2 ** 32) };
  for (const { text } of sample(open(model), options)) {
    if (signal.aborted) return; // the reader went away
    if (text) yield encoder.encode(text);
    await turn();
  }
}

export function GET(request) {
  const prompt = (new URL(request.url).searchParams.get('prompt') ?? '').slice(0, 200);
  return new Response(ReadableStream.from(written(prompt, request.signal)), {
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  });
}
