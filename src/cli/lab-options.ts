// The options of `unrolled lab`.

import type { Command } from './options.ts';

export const labOptions: Command['groups'] = [
  {
    title: 'Options',
    options: {
      port: {
        type: 'integer',
        least: 0,
        most: 65_535,
        help: 'where it listens; 0 takes any that is free',
        defaultText: '7353, or any that is free where that is taken',
      },
      open: { type: 'flag', help: 'show it in the browser' },
    },
  },
];
