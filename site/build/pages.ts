// The pages of the site in the order of its menu, and the frame that all of them stand in.

import { posix } from 'node:path';
import { escaped, type Section } from './markdown.ts';
import { overview, referencePlaces } from './reference.ts';

/** A page that is made of a Markdown file of the repository. */
export interface Page {
  /** Where it lies in the site, such as `cookbook/tag.html`. */
  readonly path: string;
  /** The file that it is made of, from the root of the repository. */
  readonly source: string;
  /** Its name in the menu. */
  readonly name: string;
}

const page = (path: string, source: string, name: string): Page => ({ path, source, name });

/** The Markdown pages by the groups of the menu. The lab comes between them by its own path. */
export const groups: readonly (readonly [group: string, pages: readonly Page[]])[] = [
  [
    'Begin',
    [
      page('guide.html', 'docs/guide.md', 'The guide'),
      page('from-python.html', 'docs/from-python.md', 'From Python to the page'),
      page('comparison.html', 'docs/comparison.md', 'Beside other libraries'),
    ],
  ],
  [
    'Cookbook',
    [
      page('cookbook/index.html', 'site/cookbook/index.md', 'The cookbook'),
      page('cookbook/tag.html', 'site/cookbook/tag.md', 'Tag a sentence in a page'),
      page('cookbook/text.html', 'site/cookbook/text.md', 'Learn a text, write more'),
      page('cookbook/names.html', 'site/cookbook/names.md', 'Tell what a name is'),
      page('cookbook/forecast.html', 'site/cookbook/forecast.md', 'Forecast with an interval'),
      page('cookbook/worker.html', 'site/cookbook/worker.md', 'Train in a Worker'),
      page('cookbook/react.html', 'site/cookbook/react.md', 'A React component'),
      page('cookbook/server.html', 'site/cookbook/server.md', 'A server that streams text'),
      page('cookbook/next.html', 'site/cookbook/next.md', 'Next.js'),
      page('cookbook/notebook.html', 'site/cookbook/notebook.md', 'A notebook'),
    ],
  ],
  [
    'Understand',
    [
      page('explanation.html', 'docs/explanation.md', 'Recurrent networks, explained'),
      page('math.html', 'docs/math.md', 'The mathematics'),
      page('about-lab.html', 'docs/lab.md', 'About the lab'),
      page('insight.html', 'docs/insight.md', 'Looking into a model'),
    ],
  ],
  [
    'Measured',
    [
      page('results.html', 'docs/results.md', 'Results'),
      page('performance.html', 'docs/performance.md', 'Performance'),
      page('experiments.html', 'docs/experiments.md', 'What was tried'),
      page('reliability.html', 'docs/reliability.md', 'What is promised'),
    ],
  ],
  ['The API', []],
  [
    'Reference',
    [
      page('formats.html', 'docs/formats.md', 'File formats'),
      page('architecture.html', 'docs/architecture.md', 'The architecture'),
      page('changes.html', 'CHANGELOG.md', 'Changes'),
      page('security.html', 'SECURITY.md', 'Security'),
      page('contributing.html', 'CONTRIBUTING.md', 'How we work on the code'),
    ],
  ],
];

export const pages: readonly Page[] = groups.flatMap(([, list]) => list);

/** Places in the menu that are no Markdown pages. */
const others: Readonly<Record<string, readonly (readonly [path: string, name: string])[]>> = {
  Begin: [['lab/', 'The lab']],
  'The API': referencePlaces([
    'unrolled',
    'unrolled/node',
    'unrolled/insight',
    'unrolled/core',
    'unrolled/onnx',
    'unrolled/webgpu',
  ]),
};

export interface Frame {
  readonly path: string;
  readonly title: string;
  readonly description: string;
  readonly sections?: readonly Section[];
  /** More class names of the body; `home` has no menu at the side. */
  readonly kind?: string;
  readonly script: string;
  readonly style: string;
  readonly version: string;
  /** The address of the repository, where there is one. */
  readonly repository?: string;
}

/** A page in its frame: bar, menu, text, and nothing that is not on this site. */
export function framed(body: string, { path, title, description, sections = [], kind = '', ...site }: Frame): string {
  const to = (target: string): string => {
    const link = posix.relative(posix.dirname(path), target) || './';
    return target.endsWith('/') && !link.endsWith('/') ? `${link}/` : link;
  };
  const root = to('index.html').replace('index.html', '') || './';
  const here = (target: string) => (target === path ? ' aria-current="page"' : '');
  const link = (target: string, name: string) => `<a href="${to(target)}"${here(target)}>${name}</a>`;
  const contents = sections.filter(({ level }) => level === 2);
  const within = (target: string): string =>
    target === path && contents.length > 1
      ? `<ul>${contents.map(({ id, title }) => `<li><a href="#${id}">${escaped(title)}</a></li>`).join('')}</ul>`
      : '';
  const menu = groups
    .map(([group, list]) => {
      const places = [...list.map(({ path, name }) => [path, name] as const), ...(others[group] ?? [])];
      const items = places.map(([target, name]) => `<li>${link(target, name)}${within(target)}</li>`).join('\n');
      return `<h2>${group}</h2>\n<ul>${items}</ul>`;
    })
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${escaped(description)}">
<title>${escaped(title)}</title>
<link rel="icon" href="${to('icon.svg')}" type="image/svg+xml">
<script src="${to('theme.js')}"></script>
<link rel="stylesheet" href="${to(site.style)}">
<script type="module" src="${to(site.script)}"></script>
</head>
<body class="${kind}">
<a class="skip" href="#main">To the text</a>
<header class="top">
<a class="brand" href="${root}"><svg viewBox="0 0 60 24" aria-hidden="true"><path d="M2 12h8m8 0h9m8 0h9"/><circle cx="14" cy="12" r="4"/><circle cx="31" cy="12" r="4"/><circle cx="48" cy="12" r="4" class="now"/></svg>unrolled</a>
<nav class="places" aria-label="Main">${[
    link('guide.html', 'Guide'),
    link('cookbook/index.html', 'Cookbook'),
    link('explanation.html', 'Explanation'),
    link(overview, 'API'),
    link('lab/', 'Lab'),
  ].join('')}<a class="to-menu" href="#menu">Menu</a></nav>
<form class="search" role="search" data-root="${root}"><label><span class="visually-hidden">Search</span><input type="search" placeholder="Search" autocomplete="off" spellcheck="false"></label><output aria-live="polite" hidden></output></form>
<button type="button" class="theme" title="Colors: light or dark"><span class="visually-hidden">Light or dark</span><svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="7"/><path d="M10 3a7 7 0 0 1 0 14z"/></svg></button>
</header>
<div class="page">
<main id="main">
${body}
</main>
<nav id="menu" class="menu" aria-label="All pages">
${menu}
</nav>
</div>
<footer class="foot">unrolled ${site.version}. MIT license; the model @pos is under CC BY-SA 4.0.${site.repository ? ` <a href="${site.repository}">The repository</a>` : ''}</footer>
</body>
</html>
`;
}
