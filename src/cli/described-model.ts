// The description of a model in the folder of a run, without its weights: the checkpoint has those that go on.

import { join } from 'node:path';
import { UnrolledError } from '../errors.ts';
import { parseConfig } from '../formats/config.ts';
import { parseObject } from '../formats/json.ts';
import { readTokenizerJson } from '../formats/tokenizer-json.ts';
import type { Model } from '../network/model.ts';
import { readTextIfThere } from '../node/replacement.ts';

/** The architecture, and the vocabulary or the task, of a folder whose weights may be missing. */
export function describedModel(directory: string, hasTask: boolean): Omit<Model, 'parameters'> {
  const read = (name: string): string => {
    const text = readTextIfThere(join(directory, name));
    if (text !== undefined) return text;
    throw new UnrolledError(`${join(directory, name)}: expected the file of the run, got none`, 'failure');
  };
  const config = parseConfig(read('config.json'), join(directory, 'config.json'));
  if (!hasTask)
    return { config, tokenizer: readTokenizerJson(read('tokenizer.json'), join(directory, 'tokenizer.json')) };
  // what the end of a run has added is found out anew
  const { calibration: _, ...task } = parseObject(read('task.json'), join(directory, 'task.json'));
  return { config, task };
}
