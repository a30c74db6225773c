// Which network a task has where data are few: the small one, unless somebody asks for another.

import type { TaskDefaults } from './task.ts';

/** Whether options of a network ask for one: then few data have the usual one too, but for what is asked. */
export function asksForNetwork(options: object): boolean {
  return Object.entries(options).some(
    ([name, value]) => value !== undefined && !['dropout', 'init', 'gain', 'seed'].includes(name),
  );
}

/** The network of a task where options say nothing. */
export const networkFor = ({ network, usual }: TaskDefaults, options: object): TaskDefaults['network'] =>
  usual && asksForNetwork(options) ? usual.network : network;
