// The syntax trees of the code that meets outside data: src/ and lab/, for tests that look for a form of expression everywhere. What builds the page
// (lab/text/build, the Vite configuration) reads the repository's own files and is left out.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export { ts };

const root = fileURLToPath(new URL('../..', import.meta.url));
const apart = [/^src\/engine\/binaries\.ts$/, /^src\/reference\//, /^lab\/text\/build\//, /^lab\/vite\.config\.ts$/];

/** Calls `visit` with every node of every file, and with the file's path from the root of the repository. */
export function walk(visit: (node: ts.Node, path: string) => void): void {
  for (const path of paths()) {
    const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
    const text = readFileSync(join(root, path), 'utf8');
    const each = (node: ts.Node): void => {
      visit(node, path);
      ts.forEachChild(node, each);
    };
    each(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind));
  }
}

function paths(): string[] {
  return ['src', 'lab']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
        (path) => `${folder}/${path.replaceAll('\\', '/')}`,
      ),
    )
    .filter((path) => /\.tsx?$/.test(path) && !apart.some((pattern) => pattern.test(path)));
}
