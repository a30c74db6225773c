// The licenses of what a build bundles: a file that names each package of node_modules of which code is really in the output, with its license whole.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin, Rolldown } from 'vite';

const nodeModules = fileURLToPath(new URL('../node_modules', import.meta.url));

/** The text of the Apache License 2.0, for packages that name it and leave it out. */
const apache = join(nodeModules, 'typescript/LICENSE.txt');

/** Plugins that share what they have seen: one for each part of a build, such as its Workers, and one for the last part, which writes the file. */
export interface LicensePlugins {
  note(): Plugin;
  write(fileName: string): Plugin;
}

/** @param others files with the licenses of what is bundled and comes from no package */
export function licensePlugins(others: readonly string[] = []): LicensePlugins {
  /** The bundled files of each package, by the package's name. */
  const found = new Map<string, Set<string>>();
  const note = (bundle: Rolldown.OutputBundle): void => {
    for (const part of Object.values(bundle))
      for (const [id, { renderedLength }] of part.type === 'chunk' ? Object.entries(part.modules) : []) {
        const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll('\\', '/')) ?? [];
        if (name && renderedLength > 0) found.set(name, (found.get(name) ?? new Set()).add(id.replace(/\?.*/, '')));
      }
  };
  return {
    note: () => ({ name: 'note-licenses', apply: 'build', generateBundle: (_, bundle) => note(bundle) }),
    write: (fileName) => ({
      name: 'write-licenses',
      apply: 'build',
      generateBundle(_, bundle) {
        note(bundle);
        const names = [...found.keys()].sort();
        const sections = names.map((name) => section(name, [...found.get(name)!].sort()));
        const source = [...sections, ...others.map((path) => readFileSync(path, 'utf8'))].join(
          `\n${'-'.repeat(80)}\n\n`,
        );
        this.emitFile({ type: 'asset', fileName, source });
      },
    }),
  };
}

/** What the file says about one package. */
function section(name: string, files: readonly string[]): string {
  const folder = join(nodeModules, name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const own = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  const texts = own ? [readFileSync(join(folder, own), 'utf8')] : withoutFile(name, license, files);
  return [`${name} ${version} (${license})`, ...texts.map((text) => text.trim())].join('\n\n').concat('\n');
}

/** The licenses of a package that has no file for them: the Apache License where it names it, and the notices at the head of the bundled files. */
function withoutFile(name: string, license: string, files: readonly string[]): string[] {
  const notices = new Set(
    files.flatMap((file) => (existsSync(file) ? /^(?:\/\/.*\n)+/.exec(readFileSync(file, 'utf8')) : null) ?? []),
  );
  const texts = [...notices].filter((notice) => /copyright/i.test(notice)).map((each) => each.replace(/^\/\/ ?/gm, ''));
  if (texts.length === 0 || !license.includes('Apache-2.0'))
    throw new Error(`licenses: ${name}: expected a file with its license, got none; add its text`);
  return [...texts, readFileSync(apache, 'utf8')];
}
