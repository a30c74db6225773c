// The words of the switch between CPU and GPU.

import { formatCount, formatShort } from '../../format.ts';
import { catalogue } from '../../language.ts';

export const computeStrings = catalogue('ui/compute', {
  title: 'Compute on',
  cpu: 'CPU',
  gpu: 'GPU',
  measuring: 'Measuring both.',
  lost: (why: string, step: number): string =>
    `webgpu: ${why}; training goes on on the CPU from step ${formatCount(step)}`,
  speeds: (device: string, speeds: { readonly cpu: number; readonly gpu: number } | null): string =>
    speeds
      ? `${device}: ${formatShort(speeds.gpu)} tokens/s, the CPU ${formatShort(speeds.cpu)}. ${speeds.gpu > speeds.cpu ? 'The GPU is faster for this network.' : 'The CPU is faster for this network.'} Single and slow steps are the CPU’s.`
      : `${device}. Single and slow steps are the CPU’s.`,
});
