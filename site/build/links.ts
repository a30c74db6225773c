// Dead links: every `href` and `src` of the built pages that leads nowhere inside the site, and every address that is not relative to the page, which
// would break under a sub-path.

import { posix } from 'node:path';

/**
 * One sentence for each.
 * @param pages the HTML of the pages by their paths
 * @param files the paths of all other files of the site
 */
export function deadLinks(pages: ReadonlyMap<string, string>, files: ReadonlySet<string>): string[] {
  const anchors = new Map(
    [...pages].map(([path, html]) => [path, new Set([...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id))]),
  );
  return [...pages].flatMap(([path, html]) =>
    [
      ...html.replaceAll(/<pre[\s\S]*?<\/pre>/g, '').matchAll(/ (?:href|src|data-program|data-root)="([^"]*)"/g),
    ].flatMap(([, target]) => {
      if (/^(?:https:|mailto:)/.test(target)) return [];
      if (/^(?:\/|\w+:)/.test(target)) return [`${path}: ${target} is not relative`];
      const [file, anchor] = target.split('#');
      const there = file === '' ? path : posix.join(posix.dirname(path), file.replace(/[?].*/, ''));
      const page = there.endsWith('/') ? posix.join(there, 'index.html') : there;
      if (!pages.has(page) && !files.has(page)) return [`${path}: ${target} leads nowhere`];
      if (anchor && anchors.has(page) && !anchors.get(page)!.has(anchor)) return [`${path}: ${target} has no anchor`];
      return [];
    }),
  );
}
