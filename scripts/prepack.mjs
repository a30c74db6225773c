// npm's `prepack` and `postpack`. The address of the repository stands in one place, `repository` in package.json, which whoever publishes sets:
//
//   npm pkg set repository=github:OWNER/NAME
//
// From it the packed package.json gets `homepage` and `bugs`, and the packed README.md absolute links, since npm's page shows it without the files
// around it. The packed package.json has no `prepare`, which builds from sources that are not packed. `postpack` puts both files back. A pack that was
// killed in between is put right by the next one.

import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The web address of a repository as package.json may name it; undefined where there is none. */
export function addressOf(repository) {
  const text = (typeof repository === 'object' ? repository?.url : repository)?.trim();
  if (!text) return undefined;
  const hosts = { github: 'https://github.com/', gitlab: 'https://gitlab.com/', bitbucket: 'https://bitbucket.org/' };
  const [, host = 'github', path] = /^(?:(github|gitlab|bitbucket):)?([\w.-]+\/[\w./-]+)$/.exec(text) ?? [];
  const url = path
    ? hosts[host] + path
    : text
        .replace(/^git\+/, '')
        .replace(/^(?:git|ssh):\/\/(?:[^@/]+@)?/, 'https://')
        .replace(/^git@([^:/]+):/, 'https://$1/');
  if (!/^https:\/\/[^/]+\/.+/.test(url))
    throw new Error(
      `package.json: repository: expected an address such as github:OWNER/NAME, got ${JSON.stringify(text)}`,
    );
  return url.replace(/\/$/, '').replace(/\.git$/, '');
}

/** package.json without `prepare`, and with the addresses that follow from that of the repository, where there is one and they are not set. */
export function packedManifest({ scripts: { prepare: _, ...scripts } = {}, ...manifest }, address) {
  const addresses = address ? { homepage: `${address}#readme`, bugs: `${address}/issues` } : {};
  return { ...addresses, ...manifest, scripts };
}

/** A page whose relative links lead to the repository at a version, as GitHub and GitLab have them: pictures raw, everything else as a page. */
export function packedPage(text, address, version) {
  return text.replace(
    /(!?)(\[(?:[^\]\\]|\\.)*\])\((?!https?:|#|mailto:)([^)\s]+)\)/g,
    (_, picture, label, path) => `${picture}${label}(${address}/${picture ? 'raw' : 'blob'}/v${version}/${path})`,
  );
}

/** Puts back what `prepack` has changed. */
function restore(root, kept) {
  for (const name of ['package.json', 'README.md'])
    if (existsSync(join(kept, name)))
      replace(join(root, name), readFileSync(join(kept, name)), statSync(join(kept, name)));
  rmSync(kept, { recursive: true, force: true });
}

/** Writes a file that keeps its time: a newer package.json would have everything built again. */
function replace(path, bytes, { atime, mtime }) {
  writeFileSync(path, bytes);
  utimesSync(path, atime, mtime);
}

function prepack(root, kept) {
  restore(root, kept);
  const [manifestPath, readmePath] = [join(root, 'package.json'), join(root, 'README.md')];
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
  const address = addressOf(manifest.repository);
  const [manifestTimes, readmeTimes] = [statSync(manifestPath), statSync(readmePath)];
  mkdirSync(kept, { recursive: true });
  replace(join(kept, 'package.json'), readFileSync(manifestPath), manifestTimes);
  replace(join(kept, 'README.md'), readFileSync(readmePath), readmeTimes);
  replace(manifestPath, `${JSON.stringify(packedManifest(manifest, address), null, 2)}\n`, manifestTimes);
  if (!address) {
    console.error(
      'prepack: package.json names no repository, so README keeps its relative links, and homepage and bugs are left out; npm pkg set repository=github:OWNER/NAME',
    );
    return;
  }
  replace(readmePath, packedPage(readFileSync(readmePath, 'utf8'), address, manifest.version), readmeTimes);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const kept = join(root, 'node_modules/.cache/unrolled-prepack');
  if (process.argv[2] === 'restore') restore(root, kept);
  else prepack(root, kept);
}
