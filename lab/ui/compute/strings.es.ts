// The Spanish words of the switch between CPU and GPU.

import { formatCount, formatShort } from '../../format.ts';
import type { computeStrings } from './strings.ts';

export const words: typeof computeStrings = {
  title: 'Calcular en',
  cpu: 'CPU',
  gpu: 'GPU',
  measuring: 'Se miden las dos.',
  lost: (why, step) => `webgpu: ${why}; el entrenamiento sigue en la CPU desde el paso ${formatCount(step)}`,
  speeds: (device, speeds) =>
    speeds
      ? `${device}: ${formatShort(speeds.gpu)} tokens/s, la CPU ${formatShort(speeds.cpu)}. Para esta red es más rápida la ${speeds.gpu > speeds.cpu ? 'GPU' : 'CPU'}. Los pasos sueltos y lentos los calcula la CPU.`
      : `${device}. Los pasos sueltos y lentos los calcula la CPU.`,
};
