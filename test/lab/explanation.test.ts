// docs/explanation.md is the text of the lab for readers on GitHub. `npm run explanation` writes it anew.

import { expect, test } from 'vitest';
import { explanation } from '../../lab/text/build/assemble.ts';

test('docs/explanation.md is what the chapters give now (npm run explanation writes it)', async () => {
  await expect(explanation()).toMatchFileSnapshot('../../docs/explanation.md');
});
