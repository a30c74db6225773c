// A server that streams text with server-sent events, and a page that shows it.
//   node server.mjs [MODEL] [PORT]

import { createServer } from 'node:http';
import { argv } from 'node:process';
import { loadModel, open, sample, UnrolledError } from 'unrolled/node';

const [name = '@shakespeare', port = '8080'] = argv.slice(2);
const model = loadModel(name);

const page = `<!doctype html>
<html lang="en">
<title>It writes</title>
<form><label>It begins with <input name="prompt" value="ROMEO:"></label> <button>Write</button></form>
<pre></pre>
<script type="module">
  let source;
  const [form, output] = ['form', 'pre'].map((name) => document.querySelector(name));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    source?.close();
    output.textContent = form.prompt.value;
    source = new EventSource('/write?' + new URLSearchParams(new FormData(form)));
    source.addEventListener('message', ({ data }) => output.append(JSON.parse(data)));
    source.addEventListener('end', () => source.close());
  });
</script>
`;

/** Writes for one reader; after each letter the others get their turn. */
async function write(prompt, response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const seed = Math.floor(Math.random() * 2 ** 32);
  for (const { text } of sample(open(model), { prompt, length: 400, unknown: 'skip', seed })) {
    if (response.destroyed) return; // the reader went away
    if (text) response.write(`data: ${JSON.stringify(text)}\n\n`);
    await new Promise(setImmediate);
  }
  response.end('event: end\ndata:\n\n');
}

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (pathname === '/') return response.setHeader('content-type', 'text/html; charset=utf-8').end(page);
  if (pathname !== '/write') return response.writeHead(404).end();
  try {
    await write((searchParams.get('prompt') ?? '').slice(0, 200), response);
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
    response.end(`event: end\ndata: ${error.message}\n\n`);
  }
});
server.listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
