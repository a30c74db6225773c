// The page: asks the route to write, and shows the letters as they come.

'use client';

import { useState } from 'react';

export default function Page() {
  const [prompt, setPrompt] = useState('ROMEO:');
  const [text, setText] = useState('');

  async function write(event) {
    event.preventDefault();
    setText(prompt);
    const response = await fetch(`/api/write?${new URLSearchParams({ prompt })}`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) setText((text) => text + part.value);
  }

  return (
    <main>
      <form onSubmit={write}>
        <label>
          It begins with <input value={prompt} onChange={(event) => setPrompt(event.target.value)} />
        </label>{' '}
        <button type="submit">Write</button>
      </form>
      <pre>{text}</pre>
    </main>
  );
}
