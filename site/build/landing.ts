// The first page: a network that trains in its first screen, then what the library is, in the words and figures of README.md.

/**
 * The page.
 * @param readme the text of README.md
 * @param render Markdown as HTML
 * @param cookbook the first page of the cookbook as HTML: its lists become cards
 */
export function landing(readme: string, render: (markdown: string) => string, cookbook: string): string {
  const part = (title: string): string => {
    const [, text] = new RegExp(`\\n## ${title}\\n([\\s\\S]*?)(?=\\n## |$)`).exec(readme) ?? [];
    if (text === undefined) throw new Error(`site: README.md: expected a part "${title}", got none`);
    return render(text);
  };
  return `<section class="hero">
<div class="claim">
<h1>Recurrent networks that learn where you are.</h1>
<p>unrolled is a library, a command line and a page for recurrent networks in TypeScript. It trains with exact gradients in a browser, in Node, in Deno, and shows every number on the way.</p>
<p>Press the button: a network of 128 units, which knows nothing yet, begins to read a story, in this page.</p>
<p class="acts"><button type="button" class="primary" id="train">Train it</button><a class="button" href="guide.html">Read the guide</a></p>
<pre class="install" tabindex="0"><code>npm install unrolled</code></pre>
</div>
<section class="demo" aria-label="A network that learns to write">
<dl class="figures"><div><dt>updates</dt><dd id="updates">0</dd></div><div><dt>loss, in nats per character</dt><dd id="loss">–</dd></div><div><dt>guesses among</dt><dd id="choices">–</dd></div></dl>
<svg id="curve" viewBox="0 0 600 110" preserveAspectRatio="none" role="img" aria-label="The loss by updates: it falls as the network learns"><g class="grid"></g><path class="area"></path><path class="line"></path></svg>
<div class="written" id="written" role="region" tabindex="0" aria-label="What the network writes"></div>
<p class="legend"><span class="s0">unsure</span> <span class="s1">·</span> <span class="s2">·</span> <span class="s3">sure of the character</span></p>
<ol class="stages" id="stages" aria-label="What it wrote before"></ol>
</section>
</section>
<section class="band"><h2>Ten lines</h2>
<div class="two"><div>${part('Ten lines')}</div><div>${part('What it has')}</div></div></section>
<section class="band cards"><h2>Programs to copy</h2>
${cookbook.slice(cookbook.indexOf('<h2')).replaceAll('h2', 'h3')}</section>
<section class="band"><h2>Every number, explained</h2>
<div class="two"><div class="prose"><p>The lab unrolls a network over time and explains each of its numbers, down to the weights that it is made of. Beside it stands <a href="explanation.html">an explanation of recurrent networks</a> from the beginning, with <a href="math.html">the mathematics</a> and the lines of code that compute it.</p><p><a class="button strong" href="lab/">Open the lab</a></p></div>
<a href="lab/" class="picture"><img src="pictures/lab/readme.jpg" width="960" height="600" loading="lazy" alt="The lab: a network unrolled over time, with the numbers of a run"></a></div></section>
<section class="band"><h2>What it reaches</h2>
<div class="prose">${part('What it reaches')}<p><a href="comparison.html">Beside other libraries</a> stands what each of them does better.</p></div></section>`;
}
