// `unrolled models`: the trained models that come with the package, each with what it does, how good it is, what it was made of, and a command to try.

import { builtInModels, sizeOfModel } from '../node/built-in.ts';
import type { modelsOptions } from './option-tables.ts';
import type { RequestOf } from './options.ts';
import { bold, print, programName, say } from './output.ts';
import { byteSize } from './text.ts';

export async function runModels({ values }: RequestOf<typeof modelsOptions>): Promise<number> {
  const models = builtInModels().map((model) => ({ ...model, bytes: sizeOfModel(model.name) }));
  if (values.json) {
    for (const { name, ...facts } of models) print(JSON.stringify({ name: `@${name}`, ...facts }));
    return 0;
  }
  for (const [i, { name, does, figure, data, license, bytes, example }] of models.entries()) {
    if (i > 0) print('');
    print(bold(`@${name}`));
    say(`${does}.`, '  ');
    say(`${figure} (${byteSize(bytes)})`, '  ');
    say(`Data: ${data}. License of the model: ${license}`, '  ');
    print(`  ${example.replaceAll(/\bunrolled\b/g, () => programName())}`);
  }
  return 0;
}
