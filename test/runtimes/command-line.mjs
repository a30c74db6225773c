// The run of program.js in Node, Deno or Bun, by the door for them. It prints its result as JSON.

import * as library from '../../dist/node.js';
import { trained } from './program.js';

console.log(JSON.stringify(await trained(library)));
